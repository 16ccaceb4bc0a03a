//! The scenarios: what each endpoint does in the normal case and in the common failures, and what else can happen to a call.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use useartisan::ErrorKind::{
    AccessDenied, ContentCoding, Limit, NotFound, Redirect, Rejected, TimedOut, Transport, UnexpectedBody,
};
use useartisan::fake::{Edition, FakeArtisan, Fault};
use useartisan::{ArtisanId, JobStatus, Sent};

use crate::ask::Expected::{Breaks, Done, Fails, Lost};
use crate::ask::{ARTISAN, Ask, COMPLETE, Expected, LIMIT, QUEUED, SHARED};

/// One scenario: the fake is prepared, the call is made, and the outcome is checked and compared.
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) ask: Ask,
    pub(crate) prepare: fn(&FakeArtisan),
    pub(crate) expected: Expected,
    /// Who calls, and where: usually with the right keys at the right address.
    pub(crate) at: At,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum At {
    Service,
    /// An address without a listener.
    Nowhere,
    /// The service, with other keys than its own.
    WrongKeys,
}

/// Each endpoint, by both kinds of id.
const ENDPOINTS: [Ask; 11] = [
    Ask::ListApps,
    Ask::GetProfile(ARTISAN),
    Ask::GetUser(SHARED),
    Ask::ExportProfiles,
    Ask::ExportUsers,
    Ask::ListSegments,
    Ask::ExportSegment,
    Ask::ListJobs,
    Ask::ListJobsComplete,
    Ask::GetJob(&COMPLETE),
    Ask::DownloadJob(&COMPLETE),
];

type Common = (&'static str, fn(&FakeArtisan), Expected);

/// The scenarios of each endpoint.
const COMMON: [Common; 6] = [
    ("success", |_| {}, Done),
    ("failure under 200", |fake| script(fake, Fault::failure("It is Monday.")), Fails(Rejected, 200)),
    ("failure under 503", |fake| script(fake, unavailable()), Fails(Rejected, 503)),
    ("HTML with 500", |fake| script(fake, Fault::html_page()), Fails(Rejected, 500)),
    ("empty body", |fake| script(fake, Fault::empty()), Fails(UnexpectedBody, 200)),
    ("oversize body", |fake| script(fake, Fault::oversize(LIMIT + 1)), Fails(Limit, 200)),
];

type Single = (&'static str, Ask, fn(&FakeArtisan), Expected);

/// An id with every character that is special in a URL, and two outside ASCII.
const ODD: &str = "a/b?c#d%2e &+=ü💡";

const SINGLE: [Single; 38] = [
    // Things that do not exist, or not yet.
    ("unknown profile", Ask::GetProfile("123456789"), |_| {}, Fails(NotFound, 404)),
    ("unknown user", Ask::GetUser("123456789"), |_| {}, Fails(NotFound, 404)),
    (
        "unknown profile under 200",
        Ask::GetProfile("123456789"),
        |fake| drop(fake.profile_not_found_status(StatusCode::OK)),
        Fails(NotFound, 200),
    ),
    ("unknown app", Ask::ListSegmentsElsewhere, |_| {}, Fails(NotFound, 404)),
    ("vanished job", Ask::GetJob(&QUEUED), |fake| drop(fake.remove_job(&QUEUED)), Fails(NotFound, 404)),
    ("download too early", Ask::DownloadJob(&QUEUED), |_| {}, Fails(Rejected, 409)),
    ("open too early", Ask::DownloadBytes(&QUEUED), |_| {}, Fails(Rejected, 409)),
    // Ids are one segment of the path, encoded once.
    ("odd id", Ask::GetProfile(ODD), odd_profile, Done),
    ("odd shared id", Ask::GetUser(ODD), odd_profile, Done),
    // Jobs.
    ("running", Ask::GetJob(&QUEUED), |fake| drop(fake.advance(&QUEUED)), Done),
    ("failed", Ask::GetJob(&QUEUED), |fake| drop(fake.set_status(&QUEUED, JobStatus::Failed)), Done),
    ("unknown status", Ask::GetJob(&QUEUED), |fake| drop(fake.set_status(&QUEUED, paused())), Done),
    ("completed by a poll", Ask::GetJob(&QUEUED), |fake| drop(fake.complete_jobs_after(1)), Done),
    // The earlier edition.
    ("flat export", Ask::ExportSegment, earlier, Done),
    ("flat export of profiles", Ask::ExportProfiles, earlier, Done),
    ("nested jobs", Ask::ListJobs, earlier, Done),
    ("nested jobs of a status", Ask::ListJobsComplete, earlier, Done),
    ("one nested job", Ask::GetJob(&COMPLETE), earlier, Done),
    // Downloads that are read as they arrive.
    ("bytes", Ask::DownloadBytes(&COMPLETE), |_| {}, Done),
    ("bytes in pieces", Ask::DownloadBytes(&COMPLETE), |fake| drop(fake.pieces_of(7)), Done),
    ("bytes over the limit", Ask::DownloadBytes(&COMPLETE), long_result, Breaks(Limit)),
    (
        "bytes cut",
        Ask::DownloadBytes(&COMPLETE),
        |fake| script(fake, Fault::cut_body(100)),
        Breaks(Transport),
    ),
    (
        "bytes stalled",
        Ask::DownloadBytes(&COMPLETE),
        |fake| script(fake, Fault::stalled(100)),
        Breaks(TimedOut),
    ),
    // What is in between.
    ("redirect", Ask::ListApps, |fake| script(fake, Fault::redirect("http://evil.example/")), MOVED),
    ("redirected download", Ask::DownloadJob(&COMPLETE), |fake| script(fake, Fault::redirect(RESULT)), Done),
    ("download led astray", Ask::DownloadJob(&COMPLETE), |fake| script(fake, Fault::redirect("/x")), ASTRAY),
    (
        "download led away",
        Ask::DownloadJob(&COMPLETE),
        |fake| script(fake, Fault::redirect("http://a.example")),
        MOVED,
    ),
    ("no content", Ask::ListApps, no_content, Fails(UnexpectedBody, 204)),
    ("content coding", Ask::ListApps, |fake| script(fake, Fault::content_coding("gzip")), CODED),
    ("wrong address", Ask::ListApps, |fake| drop(fake.refuse_address(true)), Fails(AccessDenied, 403)),
    ("long failure", Ask::ListApps, long_failure, Fails(Rejected, 500)),
    ("raw failure", Ask::ListAppsRaw, |fake| script(fake, Fault::html_page()), Done),
    // Transport.
    ("cut body", Ask::ListApps, |fake| script(fake, Fault::cut_body(10)), CUT),
    ("silently cut body", Ask::ListApps, |fake| script(fake, Fault::cut_silently(10)), SHORT),
    ("stalled body", Ask::ListApps, |fake| script(fake, Fault::stalled(10)), STALLED),
    ("interrupted export", Ask::ExportSegment, |fake| script(fake, Fault::interrupted()), BROKEN),
    ("lost answer", Ask::ExportSegment, |fake| script(fake, Fault::interrupted().after_acting()), BROKEN),
    ("no answer", Ask::ListApps, |fake| script(fake, Fault::timed_out()), Lost(TimedOut, Sent::Maybe)),
];

/// The path of the complete job's result.
const RESULT: &str = "/public/api/jobs/5584566b7d891ce0ab000001/download";

const ASTRAY: Expected = Fails(Rejected, 404);
const CUT: Expected = Fails(Transport, 200);
const STALLED: Expected = Fails(TimedOut, 200);
const SHORT: Expected = Fails(UnexpectedBody, 200);
const MOVED: Expected = Fails(Redirect, 302);
const CODED: Expected = Fails(ContentCoding, 200);
const BROKEN: Expected = Lost(Transport, Sent::Maybe);

pub(crate) fn scenarios() -> Vec<Scenario> {
    let service =
        |name: String, ask, prepare, expected| Scenario { name, ask, prepare, expected, at: At::Service };
    let common = ENDPOINTS.into_iter().flat_map(|ask| {
        COMMON.map(|(name, prepare, expected)| service(format!("{ask:?}, {name}"), ask, prepare, expected))
    });
    let single = SINGLE
        .map(|(name, ask, prepare, expected)| service(format!("{ask:?}, {name}"), ask, prepare, expected));
    let elsewhere = [
        Scenario {
            at: At::Nowhere,
            ..service(
                "nobody listens".into(),
                Ask::ExportSegment,
                |fake| script(fake, Fault::not_sent()),
                Lost(Transport, Sent::No),
            )
        },
        Scenario {
            at: At::WrongKeys,
            ..service("wrong keys".into(), Ask::ListApps, |_| {}, Fails(AccessDenied, 401))
        },
    ];
    common.chain(single).chain(elsewhere).collect()
}

fn script(fake: &FakeArtisan, fault: Fault) {
    fake.fail_next(fault);
}

fn unavailable() -> Fault {
    Fault::status(StatusCode::SERVICE_UNAVAILABLE)
        .retry_after(120)
        .body(r#"{"success":"False","error":"Down for maintenance."}"#)
}

fn earlier(fake: &FakeArtisan) {
    fake.edition(Edition::Earlier);
}

fn odd_profile(fake: &FakeArtisan) {
    fake.put_profile(crate::ask::APP, ArtisanId::from_static(ODD), [("sharedUserId", ODD)]);
}

fn paused() -> JobStatus {
    "PAUSED".parse().unwrap()
}

fn long_result(fake: &FakeArtisan) {
    let result = format!(r#"{{"artisanUserIds":[{{"note":"{}"}}]}}"#, "x".repeat(LIMIT));
    fake.set_result(&COMPLETE, result);
}

fn no_content(fake: &FakeArtisan) {
    script(fake, Fault::status(StatusCode::NO_CONTENT));
}

/// Longer than what is read of a failure.
fn long_failure(fake: &FakeArtisan) {
    let text = HeaderValue::from_static("text/plain");
    let fault = Fault::status(StatusCode::INTERNAL_SERVER_ERROR).header(CONTENT_TYPE, text);
    script(fake, fault.body("x".repeat(1024 * 1024)));
}
