//! The published forms of answers.

use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use super::data::{Exports, JobData, ProfileData};
use super::json::Json;
use crate::endpoint::UNRESERVED_KEPT;
use crate::id::Which;
use crate::id::{AppId, Id, JobId, ProfileId, QueryValue, SegmentId};
use crate::model::{App, Job, JobStatus, Segment};

/// Which edition of the reference the answers follow.
///
/// ```
/// use useartisan::fake::{Edition, FakeArtisan};
///
/// let fake = FakeArtisan::with_sample_data().edition(Edition::Earlier);
/// let jobs = fake.client().list_jobs().send_blocking()?;
/// assert!(jobs.iter().any(|job| job.result_url().is_some()));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edition {
    /// The published one.
    #[default]
    Published,
    /// The one before it: an export answers without an envelope; jobs are wrapped once more and have a
    /// `result_url`; `get_job` answers in the form of a list; a job that is complete is `COMPLETED`.
    Earlier,
}

/// An app or a segment.
pub(super) fn named(id: &impl Id, name: &str) -> Json {
    Json::object([("id", text(id)), ("name", name.to_owned().into())])
}

/// An app as the crate reads it.
pub(super) fn readable_app(id: &AppId, name: &str) -> App {
    named(id, name).read()
}

/// A segment as the crate reads it.
pub(super) fn readable_segment(id: &SegmentId, name: &str) -> Segment {
    named(id, name).read()
}

/// A job as the crate reads it.
pub(super) fn readable_job(job: &JobData) -> Job {
    details(job).read()
}

/// A profile, as it answers to this id of its. `base` is the base URL, here and below.
pub(super) fn profile(base: &str, app: &AppId, profile: &ProfileData, id: &ProfileId) -> Json {
    // The source of a shared user id is undocumented, probably this.
    let source = match id.0 {
        Which::Artisan(_) => "artisan",
        Which::SharedUser(_) => "custom",
    };
    let [app, id_in_path] =
        [app.as_str(), id.as_str()].map(|id| utf8_percent_encode(id, UNRESERVED_KEPT).to_string());
    let href = format!("{base}/public/api/apps/{app}/users/{id_in_path}?source={source}");
    let response = Json::object([
        ("identifier", id.as_str().to_owned().into()),
        ("identifierSource", source.into()),
        ("href", href.into()),
        ("attributes", Json::Object(profile.attributes.clone())),
    ]);
    Json::object([("success", Json::Bool(true)), ("response", response)])
}

pub(super) fn failure(error: String) -> Json {
    Json::object([("success", Json::Bool(false)), ("error", error.into())])
}

/// The answer to an export. That `success` is text here is published.
pub(super) fn queued(edition: Edition, job: &JobId) -> Json {
    let response = Json::object([("message", "Job queued successfully.".into()), ("job", text(job))]);
    match edition {
        Edition::Published => Json::object([("response", response), ("success", "True".into())]),
        Edition::Earlier => response,
    }
}

pub(super) fn job_list<'a>(edition: Edition, base: &str, jobs: impl Iterator<Item = &'a JobData>) -> Json {
    let item = |job: &JobData| match edition {
        Edition::Published => Json::object([
            ("id", text(&job.id)),
            ("type", job.kind()),
            ("created_at", created(job.created_at)),
            ("start", started(job.start)),
            ("end", Json::Null),
            ("status", text(&job.status)),
        ]),
        Edition::Earlier => Json::object([("jobs", earlier_details(base, job))]),
    };
    Json::object([("jobs", Json::list(jobs.map(item)))])
}

pub(super) fn job(edition: Edition, base: &str, job: &JobData) -> Json {
    match edition {
        Edition::Published => details(job),
        Edition::Earlier => job_list(edition, base, std::iter::once(job)),
    }
}

/// A job in full. As published, it has no end even when it is complete.
fn details(job: &JobData) -> Json {
    Json::object([
        ("_id", text(&job.id)),
        ("created_at", created(job.created_at)),
        ("description", "".into()),
        ("end", Json::Null),
        ("identifier", job.identifier()),
        ("organization_id", ORGANIZATION.into()),
        ("start", started(job.start)),
        ("status", text(&job.status)),
        ("type", job.kind()),
        ("updated_at", created(job.updated_at)),
    ])
}

fn earlier_details(base: &str, job: &JobData) -> Json {
    let (status, result_url) = match job.status {
        JobStatus::Complete => {
            ("COMPLETED".into(), { Json::from(format!("{base}{}", download_path(&job.id))) })
        }
        _ => (text(&job.status), Json::Null),
    };
    Json::object([
        ("_id", text(&job.id)),
        ("created_at", created(job.created_at)),
        ("description", "".into()),
        ("end", Json::Null),
        ("result_url", result_url),
        ("identifier", "".into()),
        ("organization_id", ORGANIZATION.into()),
        ("start", started(job.start)),
        ("status", status),
        ("type", "".into()),
        ("updated_at", created(job.updated_at)),
    ])
}

/// The result of an export. The list's name is published for a segment, and undocumented for profiles.
pub(super) fn result(profiles: Vec<&ProfileData>) -> Json {
    Json::object([("artisanUserIds", Json::list(profiles.into_iter().map(record)))])
}

/// A profile in a download: flat, with its ids among the attributes.
fn record(profile: &ProfileData) -> Json {
    let mut attributes = profile.attributes.clone();
    if !attributes.iter().any(|(name, _)| name == "artisanId") {
        attributes.push(("artisanId".into(), text(&profile.id)));
    }
    Json::Object(attributes)
}

/// Where a job's result is downloaded.
pub(super) fn download_path(job: &JobId) -> String {
    format!("/public/api/jobs/{}/download", utf8_percent_encode(job.as_str(), UNRESERVED_KEPT))
}

const ORGANIZATION: &str = "52e7df69e206e7f84e000005";

impl JobData {
    fn kind(&self) -> Json {
        match self.exports {
            Exports::Segment(..) => "Segments Export".into(),
            // Undocumented.
            Exports::Profiles(..) => "Users Export".into(),
        }
    }

    fn identifier(&self) -> Json {
        match self.exports {
            Exports::Segment(..) => "sgmt-export".into(),
            // Undocumented.
            Exports::Profiles(..) => "user-export".into(),
        }
    }
}

fn text(id: &impl QueryValue) -> Json {
    Json::from(id.as_query().to_owned())
}

/// Some times are published with `Z` …
fn created(at: Option<Timestamp>) -> Json {
    at.map(|at| at.to_string()).into()
}

/// … and some with an offset.
fn started(at: Option<Timestamp>) -> Json {
    at.map(|at| at.to_string().replace('Z', "+00:00")).into()
}
