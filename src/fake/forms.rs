//! The published forms of answers.

use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use super::Edition;
use super::data::ProfileData;
use super::jobs::{Exports, JobData};
use super::json::Json;
use super::state::State;
use crate::id::Which;
use crate::scrub::UNRESERVED_KEPT;
use crate::{AppId, Id, JobId, JobStatus, ProfileId, QueryValue};

/// An app or a segment.
pub(super) fn named(id: &impl Id, name: &str) -> Json {
    Json::object([("id", text(id)), ("name", name.to_owned().into())])
}

/// A profile, as it answers to this id of its.
pub(super) fn profile(state: &State, app: &AppId, profile: &ProfileData, id: &ProfileId) -> Json {
    // The source of a shared user id is undocumented, probably this.
    let source = match id.0 {
        Which::Artisan(_) => "artisan",
        Which::SharedUser(_) => "custom",
    };
    let [app, id_in_path] =
        [app.as_str(), id.as_str()].map(|id| utf8_percent_encode(id, UNRESERVED_KEPT).to_string());
    let base = state.api.base_url();
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

pub(super) fn job_list<'a>(state: &State, jobs: impl Iterator<Item = &'a JobData>) -> Json {
    let item = |job: &JobData| match state.edition {
        Edition::Published => Json::object([
            ("id", text(&job.id)),
            ("type", job.kind()),
            ("created_at", created(job.created_at)),
            ("start", started(job.start)),
            ("end", Json::Null),
            ("status", text(&job.status)),
        ]),
        Edition::Earlier => Json::object([("jobs", earlier_details(state, job))]),
    };
    Json::object([("jobs", Json::list(jobs.map(item)))])
}

pub(super) fn job(state: &State, job: &JobData) -> Json {
    match state.edition {
        Edition::Published => details(job),
        Edition::Earlier => job_list(state, std::iter::once(job)),
    }
}

/// A job in full. As published, it has no end even when it is complete.
pub(super) fn details(job: &JobData) -> Json {
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

fn earlier_details(state: &State, job: &JobData) -> Json {
    let (status, result_url) = match job.status {
        JobStatus::Complete => ("COMPLETED".into(), {
            Json::from(format!("{}{}", state.api.base_url(), download_path(&job.id)))
        }),
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
pub(super) fn result(state: &State, exports: &Exports) -> Json {
    let (app, members) = match exports {
        Exports::Profiles(app, ids) => (state.app(app), ids.as_slice()),
        Exports::Segment(app, segment) => {
            let app = state.app(app);
            let segment = app.and_then(|app| app.segment(segment.as_str()));
            (app, segment.map_or(&[][..], |segment| &segment.members))
        }
    };
    let records = members.iter().filter_map(|id| Some(record(app?.profile(id)?)));
    Json::object([("artisanUserIds", Json::list(records))])
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
