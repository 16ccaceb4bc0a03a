//! The calls of the scenarios, over either kind of client, and the comparison of their outcomes.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use useartisan::{
    AppId, AsyncBackend, BlockingBackend, Client, Error, ErrorKind, JobId, JobStatus, Position, Profile,
    ProfileId, ProfileIds, QueuedJob, SegmentId, Sent, Timeouts,
};

pub(crate) const APP: AppId = AppId::from_static("5550dd57330eb93d8700000c");
pub(crate) const SEGMENT: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");
pub(crate) static QUEUED: JobId = JobId::from_static("5584469c7d891c1d06000001");
pub(crate) static COMPLETE: JobId = JobId::from_static("5584566b7d891ce0ab000001");
pub(crate) const ARTISAN: &str = "bdbbf66f-d661-4236-8237-76d4159344fe";
pub(crate) const SHARED: &str = "3ebb8a9f-6a36-43b2-82da-1f785c562fdd";
pub(crate) const CALLBACK: &str = "http://10.0.0.5:8080/done?run=7";

/// The most bytes of a body in these calls.
pub(crate) const LIMIT: usize = 64 * 1024;

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    ListApps,
    GetProfile(&'static str),
    GetUser(&'static str),
    ExportProfiles,
    ExportUsers,
    ListSegments,
    /// Of an app that does not exist.
    ListSegmentsElsewhere,
    ExportSegment,
    ListJobs,
    ListJobsComplete,
    GetJob(&'static JobId),
    /// Read whole, into profiles.
    DownloadJob(&'static JobId),
    /// Read as bytes, after only the head was read.
    DownloadBytes(&'static JobId),
    /// The answer unchanged.
    ListAppsRaw,
}

/// The compared parts. Headers are left out, because a server adds its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Done(String),
    Failed(Box<Failed>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failed {
    pub(crate) kind: ErrorKind,
    pub(crate) status: Option<StatusCode>,
    pub(crate) sent: Sent,
    pub(crate) text: String,
    pub(crate) endpoint: Option<&'static str>,
    pub(crate) api_message: Option<String>,
    pub(crate) position: Option<Position>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) not_found: bool,
}

/// Both kinds of client from one list of calls.
macro_rules! ask {
    ($client:ident, $ask:ident, $($suffix:ident)?, $($await:tt)*) => {
        match $ask {
            Ask::ListApps => digest(json, ask!(@ $client.list_apps(), send, $($suffix)?) $($await)*),
            Ask::GetProfile(id) => digest(profile, ask!(@ $client.get_profile(APP, artisan(id)), send, $($suffix)?) $($await)*),
            Ask::GetUser(id) => digest(profile, ask!(@ $client.get_profile(APP, user(id)), send, $($suffix)?) $($await)*),
            Ask::ExportProfiles => digest(queued, ask!(@ $client.export_profiles(APP, artisans()).callback_url(callback()), send, $($suffix)?) $($await)*),
            Ask::ExportUsers => digest(queued, ask!(@ $client.export_profiles(APP, users()), send, $($suffix)?) $($await)*),
            Ask::ListSegments => digest(json, ask!(@ $client.list_segments(APP), send, $($suffix)?) $($await)*),
            Ask::ListSegmentsElsewhere => digest(json, ask!(@ $client.list_segments(ELSEWHERE), send, $($suffix)?) $($await)*),
            Ask::ExportSegment => digest(queued, ask!(@ $client.export_segment(APP, SEGMENT).callback_url(callback()), send, $($suffix)?) $($await)*),
            Ask::ListJobs => digest(json, ask!(@ $client.list_jobs(), send, $($suffix)?) $($await)*),
            Ask::ListJobsComplete => digest(json, ask!(@ $client.list_jobs().status(JobStatus::Complete), send, $($suffix)?) $($await)*),
            Ask::GetJob(id) => digest(json, ask!(@ $client.get_job(id), send, $($suffix)?) $($await)*),
            Ask::DownloadJob(id) => digest(profiles, ask!(@ $client.download_job(id), send, $($suffix)?) $($await)*),
            Ask::DownloadBytes(id) => digest(text, ask!(@ $client.download_job(id), bytes, $($suffix)?, LIMIT) $($await)*),
            Ask::ListAppsRaw => digest(raw, ask!(@ $client.list_apps(), send_raw, $($suffix)?) $($await)*),
        }
    };
    (@ $call:expr, $method:ident, blocking $(, $argument:expr)?) => { blocking!($call, $method $(, $argument)?) };
    (@ $call:expr, $method:ident, $(, $argument:expr)?) => { $call.$method($($argument)?) };
}

macro_rules! blocking {
    ($call:expr, send) => {
        $call.send_blocking()
    };
    ($call:expr, send_raw) => {
        $call.send_raw_blocking()
    };
    ($call:expr, bytes, $limit:expr) => {
        $call.bytes_blocking($limit)
    };
}

const ELSEWHERE: AppId = AppId::from_static("no-such-app");

pub(crate) async fn ask<B: AsyncBackend>(client: &Client<B>, ask: Ask) -> Outcome {
    ask!(client, ask, , .await)
}

pub(crate) fn ask_blocking<B: BlockingBackend>(client: &Client<B>, ask: Ask) -> Outcome {
    ask!(client, ask, blocking,)
}

fn digest<T>(digest: impl FnOnce(T) -> String, result: Result<T, Error>) -> Outcome {
    match result {
        Ok(value) => Outcome::Done(digest(value)),
        Err(error) => Outcome::Failed(Box::new(Failed {
            kind: error.kind(),
            status: error.status(),
            sent: error.sent(),
            text: error.to_string(),
            endpoint: error.endpoint(),
            api_message: error.api_message().map(str::to_owned),
            position: error.position(),
            location: error.location().map(str::to_owned),
            retry_after: error.retry_after(),
            not_found: error.is_not_found(),
        })),
    }
}

fn json<T: Serialize>(value: T) -> String {
    serde_json::to_string(&value).unwrap()
}

fn text(bytes: Bytes) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn queued(job: QueuedJob) -> String {
    format!("{} {:?}", job.id(), job.message())
}

fn profile(profile: Profile) -> String {
    let (id, source) = (profile.identifier(), profile.identifier_source());
    format!("{id:?} {source:?} {:?} {}", profile.href(), json(profile.attributes()))
}

fn profiles(list: Vec<Profile>) -> String {
    list.into_iter().map(profile).collect::<Vec<_>>().join("\n")
}

fn raw(response: http::Response<Bytes>) -> String {
    format!("{} {:?}", response.status(), response.body())
}

fn artisan(id: &str) -> ProfileId {
    ProfileId::artisan(id).unwrap()
}

fn user(id: &str) -> ProfileId {
    ProfileId::shared_user(id).unwrap()
}

fn artisans() -> ProfileIds {
    ProfileIds::artisan([ARTISAN, "no-such-profile"]).unwrap()
}

fn users() -> ProfileIds {
    ProfileIds::shared_user([SHARED, "quo\"te"]).unwrap()
}

fn callback() -> useartisan::CallbackUrl {
    CALLBACK.parse().unwrap()
}

/// The expected outcome, over any carrier.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    Done,
    Fails(ErrorKind, u16),
    /// While the body of a 200 is read.
    Breaks(ErrorKind),
    /// Without an answer.
    Lost(ErrorKind, Sent),
}

impl Failed {
    /// The kind of error of a POST that the service may have acted on.
    fn of_its_method(&self, kind: ErrorKind, sent: Sent) -> ErrorKind {
        let post = self.endpoint.is_some_and(|name| name.starts_with("export_"));
        if post && sent == Sent::Maybe { ErrorKind::OutcomeUnknown } else { kind }
    }
}

impl Expected {
    /// Short only for answers that never arrive, so a busy machine does not end a call that continues.
    pub(crate) fn timeouts(self, timeouts: Timeouts) -> Timeouts {
        let short = Duration::from_millis(300);
        match self {
            Expected::Lost(ErrorKind::TimedOut, _) => timeouts.with_head(short),
            Expected::Fails(ErrorKind::TimedOut, _) | Expected::Breaks(ErrorKind::TimedOut) => {
                timeouts.with_stall(short)
            }
            _ => timeouts,
        }
    }

    #[track_caller]
    pub(crate) fn check(self, outcome: &Outcome, scenario: &dyn Debug) {
        let met = match (self, outcome) {
            (Expected::Done, Outcome::Done(_)) => true,
            (Expected::Fails(kind, status), Outcome::Failed(failed)) => {
                let sent = known(kind, status);
                failed.kind == failed.of_its_method(kind, sent)
                    && failed.status.map(|status| status.as_u16()) == Some(status)
                    && failed.sent == sent
            }
            (Expected::Breaks(kind), Outcome::Failed(failed)) => {
                failed.kind == kind && failed.status == Some(StatusCode::OK) && failed.sent == Sent::Answered
            }
            (Expected::Lost(kind, sent), Outcome::Failed(failed)) => {
                let kind = failed.of_its_method(kind, sent);
                failed.kind == kind && failed.status.is_none() && failed.sent == sent
            }
            _ => false,
        };
        assert!(met, "{scenario:?}: {outcome:?} is not {self:?}");
    }
}

/// What an answer without an output shows of a request. Of the 5xx here, only the 503 has `success`.
fn known(kind: ErrorKind, status: u16) -> Sent {
    match status {
        200..=299 if !matches!(kind, ErrorKind::Rejected | ErrorKind::NotFound) => Sent::Maybe,
        500..=599 if status != 503 => Sent::Maybe,
        _ => Sent::Answered,
    }
}
