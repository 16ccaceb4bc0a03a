//! `Debug` and `Display` show enough to find a fault, but only the sizes of bodies and heads.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::response::Parts;
use useartisan::decode::{BodyRecords, Check, Decoder, Records};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::machine::{Event, Exchange, Export, Machine, Step, WaitForJob};
use useartisan::{
    Api, AppId, Credentials, DownloadJob, Endpoint, ErrorKind, ExportSegment, Job, JobId, JobStatus,
    ListApps, Profile, SegmentId, TransportError, TransportErrorKind,
};

const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");

fn api() -> Api {
    Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap()
}

fn head() -> Parts {
    Response::builder().header("x-echo", "HIDDEN").header("x-more", "HIDDEN").body(()).unwrap().into_parts().0
}

/// The text shows each of these, and nothing secret.
#[track_caller]
fn shows(value: &impl Debug, parts: &[&str]) {
    let shown = format!("{value:?}");
    for part in parts {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(!shown.contains("HIDDEN"), "{shown}");
}

#[test]
fn events_and_steps_show_sizes() {
    shows(&Event::Start, &["Start"]);
    shows(&Event::Woke, &["Woke"]);
    shows(&Event::Head(head()), &["Head { status: 200, headers: 2, .. }"]);
    let body = Event::Body { bytes: Bytes::from("HIDDEN"), complete: true };
    shows(&body, &["Body { len: 6, complete: true }"]);
    shows(
        &Event::Failed(TransportError::not_sent("no route")),
        &["Failed(TransportError { kind: NotSent", "no route"],
    );

    let mut exchange = Exchange::new(&api(), ListApps::new());
    let mut step = |event| exchange.step(Duration::ZERO, event).unwrap();
    shows(
        &step(Event::Start),
        &["Send { method: GET, host: Some(\"artisan.example\"), timeouts: Timeouts {"],
    );
    shows(&step(Event::Head(head())), &["Read { limit: 10485760, timeouts: Timeouts {"]);
    let apps = Event::Body { bytes: Bytes::from(r#"{"apps":[]}"#), complete: true };
    shows(&step(apps), &["Done([])"]);
    shows(&Step::<()>::Sleep(Duration::from_secs(3)), &["Sleep(3s)"]);
}

#[test]
fn a_machine_shows_how_far_it_is() {
    let mut exchange = Exchange::new(&api(), ListApps::new());
    shows(&exchange, &["Exchange {", "state: Ready"]);
    let step = |exchange: &mut Exchange<ListApps>, event| exchange.step(Duration::ZERO, event);
    step(&mut exchange, Event::Start).unwrap();
    shows(&exchange, &["state: Sent", "endpoint: ListApps"]);
    step(&mut exchange, Event::Head(head())).unwrap();
    shows(&exchange, &["state: Reading(Head { status: 200, headers: 2, .. })"]);
    step(&mut exchange, Event::Failed(TransportError::interrupted("reset"))).unwrap();
    shows(&exchange, &["state: Waiting(Error { kind: Transport"]);
    step(&mut exchange, Event::Head(head())).unwrap_err();
    shows(&exchange, &["state: Ended"]);

    let mut open = Exchange::open(&api(), DownloadJob::new(JOB));
    open.step(Duration::ZERO, Event::Start).unwrap();
    shows(&open, &["hops: Some(Hops { made: 0, left: false, .. })"]);
    shows(
        &Api::builder("https://artisan.example").header("x-token", "HIDDEN"),
        &["ApiBuilder {", "(\"x-token\", [6 bytes])"],
    );

    shows(&WaitForJob::new(&api(), JOB), &["WaitForJob { job: JobId(\"5584", "polls: 0, state: Ready"]);
    let export = ExportSegment::new(AppId::from_static("557ade8b"), SegmentId::from_static("557ee469"));
    let export = Export::new(&api(), export).on_progress(|_| ());
    shows(&export, &["Export {", "watch: Watch { polling: Polling {", "is_observed: true, notifier: None"]);
    shows(&export, &["stage: Starting(Exchange"]);
}

#[test]
fn a_decoder_shows_no_record() {
    let document = r#"{"artisanUserIds":[{"email":"HIDDEN"}]}"#;
    let mut decoder = Decoder::default();
    assert!(decoder.advance(&mut document.as_bytes()).unwrap());
    shows(&decoder, &["Decoder { records: 1, state: Between, .. }"]);
    shows(&decoder.record(), &["ProfileRecord { len: 1, bytes: "]);
    shows(&Records::new(document.as_bytes()), &["Records { decoder: Decoder { records: 0"]);
    shows(&BodyRecords::new(document.to_owned()), &["BodyRecords { decoder: Decoder { records: 0"]);
    let mut check = Check::default();
    shows(&check, &["Check { failed: None, .. }"]);
    check.push(b"]").unwrap_err();
    shows(&check, &["Check { failed: Some("]);
}

#[test]
fn a_profile_shows_sizes_and_a_job_all_but_its_other_members() {
    let profile = r#"{"identifier":"HIDDEN","identifierSource":"artisan","attributes":{"email":"HIDDEN"}}"#;
    shows(
        &serde_json::from_str::<Profile>(profile).unwrap(),
        &[
            "Profile { identifier_len: Some(6), identifier_source: Some(\"artisan\"), attributes: Attributes { len: 1",
        ],
    );
    let job = r#"{"id":"5584566b","status":"PAUSED","type":"Export","description":"HIDDEN"}"#;
    shows(
        &serde_json::from_str::<Job>(job).unwrap(),
        &["Job { id: JobId(\"5584566b\"), status: Other(", "PAUSED", "other: Attributes { len: 1"],
    );
}

#[test]
fn the_fake_shows_what_it_holds() {
    let fake = FakeArtisan::with_sample_data();
    let client = fake.client();
    client.list_apps().send_blocking().unwrap();
    fake.advance_time(Duration::from_secs(5));
    shows(&fake, &["FakeArtisan { api: Api {", "apps: 2", "requests: 1", "now: 5s"]);
    let request = fake.last_request().unwrap();
    assert_eq!(request.to_string(), format!("{request:?}"));
    shows(&request, &["GET /public/api/apps HTTP/1.1", "authorization: [redacted]"]);
    shows(&Fault::html_page().times(3), &["Fault { name: \"html_page\", times: 3, .. }"]);
    let reply = fake.exchange(ListApps::new().request(&fake.api()));
    shows(&reply, &["Reply { delay: 0ns, status, headers and bytes: Ok((200, ", "end: Whole"]);

    let job = JobId::from(fake.jobs().remove(0));
    fake.set_status(&job, JobStatus::Complete);
    fake.set_result(&job, "HIDDEN");
    let request = DownloadJob::new(&job).request(&fake.api());
    let answer = useartisan::BlockingBackend::send(&fake, request, &Default::default()).unwrap();
    shows(answer.body(), &["FakeBody { given: 0, rest: 6, end: Whole, .. }"]);
}

/// One line for each kind. The cause is not in it, but is its source.
#[test]
fn a_failure_says_what_it_means() {
    for (kind, told) in [
        (TransportErrorKind::NotSent, "the request could not be sent"),
        (TransportErrorKind::Interrupted, "the exchange was interrupted"),
        (TransportErrorKind::TimedOut, "a time-out passed"),
        (TransportErrorKind::Other, "the backend failed"),
    ] {
        let failure = TransportError::new(kind, "cause");
        assert_eq!(failure.to_string(), told);
        assert_eq!(std::error::Error::source(&failure).unwrap().to_string(), "cause");
    }
}

#[test]
fn a_kind_of_error_is_shown_in_words() {
    let error = AppId::new("").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    shows(&error, &["Error { kind: InvalidInput, message: \"app id is empty\"", "status: None"]);
}
