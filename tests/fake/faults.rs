//! The fake fails as scripted: each fault has the outcome of its name, and says whether the service has acted.

use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use useartisan::ErrorKind::{
    ContentCoding, Limit, OutcomeUnknown, Redirect, Rejected, TimedOut, Transport, UnexpectedBody,
};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{AppId, Client, Credentials, Error, ErrorKind, Retry, SegmentId, Sent, Timeouts};

const APP: AppId = AppId::from_static("5550dd57330eb93d8700000c");
const PHILADELPHIANS: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");

/// A client with one attempt for each call, so that a single fault shows.
fn once(fake: &FakeArtisan) -> Client<FakeArtisan> {
    fake.client().options(Retry::none())
}

fn failed(client: &Client<FakeArtisan>) -> Error {
    client.list_apps().send_blocking().unwrap_err()
}

/// Each constructor: the error's kind, its status, what is known of the request, and whether an export made a job.
#[test]
fn each_fault_comes_to_what_it_is_named_after() {
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    let cases: [(Fault, ErrorKind, Option<u16>, Sent, bool); 18] = [
        (Fault::status(unavailable), Rejected, Some(503), Sent::Answered, false),
        (Fault::status(unavailable).after_acting(), Rejected, Some(503), Sent::Answered, true),
        (Fault::failure("no"), Rejected, Some(200), Sent::Answered, false),
        (Fault::html_page(), Rejected, Some(500), Sent::Maybe, false),
        (Fault::empty(), UnexpectedBody, Some(200), Sent::Maybe, false),
        (Fault::oversize(10 * 1024 * 1024 + 1), Limit, Some(200), Sent::Maybe, false),
        (Fault::redirect("/elsewhere"), Redirect, Some(302), Sent::Answered, false),
        (Fault::echo(), Rejected, Some(500), Sent::Maybe, false),
        (Fault::content_coding("gzip"), ContentCoding, Some(200), Sent::Maybe, true),
        (Fault::not_sent(), Transport, None, Sent::No, false),
        (Fault::interrupted(), Transport, None, Sent::Maybe, false),
        (Fault::interrupted().after_acting(), Transport, None, Sent::Maybe, true),
        (Fault::timed_out(), TimedOut, None, Sent::Maybe, false),
        (Fault::timed_out().after_acting(), TimedOut, None, Sent::Maybe, true),
        (Fault::slow(Duration::from_secs(31)), TimedOut, None, Sent::Maybe, true),
        (Fault::cut_body(5), Transport, Some(200), Sent::Maybe, true),
        (Fault::cut_silently(5), UnexpectedBody, Some(200), Sent::Maybe, true),
        (Fault::stalled(5), TimedOut, Some(200), Sent::Maybe, true),
    ];
    for (fault, kind, status, sent, acted) in cases {
        let fake = FakeArtisan::with_sample_data();
        let name = format!("{fault:?}");
        fake.fail_next(fault);
        let client = once(&fake);
        let error = client.export_segment(APP, PHILADELPHIANS).send_blocking().unwrap_err();
        let is = (error.kind(), error.status().map(|status| status.as_u16()), error.sent());
        let of_a_post = if sent == Sent::Maybe { OutcomeUnknown } else { kind };
        assert_eq!(is, (of_a_post, status, sent), "{name}: {error}");
        assert_eq!(fake.jobs().len() == 4, acted, "{name}");
        assert_eq!(fake.requests().len(), usize::from(sent != Sent::No), "{name}");
        // The fault occurs in one call, and not in the next.
        client.export_segment(APP, PHILADELPHIANS).send_blocking().unwrap();
    }
}

#[test]
fn an_answer_is_given_its_headers_and_its_body() {
    let fake = FakeArtisan::new();
    let name = HeaderName::from_static("x-request-id");
    fake.fail_next(
        Fault::status(StatusCode::TOO_MANY_REQUESTS)
            .header(name, HeaderValue::from_static("7"))
            .retry_after(12)
            .body(r#"{"error":"Slow down."}"#),
    );
    let error = failed(&once(&fake));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(12)));
    assert_eq!(error.api_message(), Some("Slow down."));
    assert_eq!(error.headers().unwrap()["x-request-id"], "7");

    // A body needs an answer that replaces the service's own.
    fake.fail_next(Fault::cut_silently(usize::MAX).body("x"));
    assert_eq!(once(&fake).list_apps().send_blocking().unwrap(), []);
}

#[test]
fn a_redirect_has_its_location() {
    let fake = FakeArtisan::new();
    for (location, expected) in [("//evil.example/x", "//evil.example/x"), ("/a\nb", "/a%0Ab"), ("", "")] {
        fake.fail_next(Fault::redirect(location));
        assert_eq!(failed(&once(&fake)).location(), Some(expected));
    }
}

#[test]
fn faults_are_met_in_order_and_as_often_as_they_say() {
    let fake = FakeArtisan::new();
    fake.fail_next(Fault::failure("first").times(2)).fail_next(Fault::failure("second"));
    let client = once(&fake);
    let met = [0; 3].map(|_| failed(&client).api_message().unwrap().to_owned());
    assert_eq!(met, ["first", "first", "second"]);
    assert_eq!(client.list_apps().send_blocking().unwrap(), []);
}

/// A fault that no request can reach is a mistake in a test.
#[test]
#[should_panic(expected = "a fault must fail at least one request: `times(0)` would never be met")]
fn a_fault_that_is_never_met_is_refused_at_once() {
    let _ = Fault::html_page().times(0);
}

/// The client of a fake has the usual defaults: a call fails if each of its four attempts fails. Waits take virtual time.
#[test]
fn a_call_is_retried_as_by_any_client() {
    let outcome = |client: fn(&FakeArtisan) -> Client<FakeArtisan>, times| {
        let fake = FakeArtisan::new().fail_next(Fault::interrupted().times(times));
        let result = client(&fake).list_apps().send_blocking();
        (result.map_err(|error| error.attempts()), fake.requests().len(), fake.slept())
    };
    let own = |fake: &FakeArtisan| Client::new(fake.api(), fake.clone());
    for times in 1..=5 {
        let (result, requests, slept) = outcome(FakeArtisan::client, times);
        assert_eq!(result.as_ref().err(), (times >= 4).then_some(&4), "{times}");
        assert_eq!((requests, slept.len()), (4.min(times + 1), 3.min(times)), "{times}");
        assert_eq!((result, requests, slept), outcome(own, times), "{times}");
    }
}

#[test]
fn a_fault_may_be_for_one_endpoint() {
    let fake = FakeArtisan::new();
    fake.fail_next_for("list_jobs", Fault::failure("jobs"));
    fake.fail_next(Fault::failure("any"));
    let client = once(&fake);
    assert_eq!(failed(&client).api_message(), Some("any"));
    assert!(client.list_apps().send_blocking().is_ok());
    assert_eq!(client.list_jobs().send_blocking().unwrap_err().api_message(), Some("jobs"));
    assert!(client.list_jobs().send_blocking().is_ok());

    fake.fail_next(Fault::html_page()).clear_faults();
    assert!(client.list_apps().send_blocking().is_ok());
}

#[test]
fn an_oversize_body_has_the_size_it_says() {
    let fake = FakeArtisan::new();
    for (size, length) in [(0, 13), (13, 13), (14, 14), (100, 100)] {
        fake.fail_next(Fault::oversize(size));
        let answer = once(&fake).list_apps().send_raw_blocking().unwrap();
        assert_eq!(answer.body().len(), length);
        assert!(serde_json::from_slice::<serde_json::Value>(answer.body()).is_ok());
    }
}

/// Time passes in the fake: a slow answer takes its time, and the client waits for a missing one as long as set.
#[test]
fn waiting_takes_virtual_time() {
    let timeouts = Timeouts::default().with_head(Duration::from_secs(3)).with_stall(Duration::from_secs(7));
    for (fault, seconds, ends_well) in [
        (Fault::slow(Duration::from_secs(2)), 2, true),
        (Fault::slow(Duration::from_secs(3)), 3, true),
        (Fault::slow(Duration::from_secs(4)), 3, false),
        (Fault::slow(Duration::MAX), 3, false),
        (Fault::timed_out(), 3, false),
        (Fault::stalled(1), 7, false),
        (Fault::interrupted(), 0, false),
    ] {
        let fake = FakeArtisan::new().fail_next(fault);
        let result = once(&fake).options(timeouts).list_apps().send_blocking();
        assert_eq!((fake.now().as_secs(), result.is_ok()), (seconds, ends_well));
    }
}

/// The total time-out bounds the others.
#[test]
fn the_total_bounds_every_wait() {
    let timeouts = Timeouts::default().with_total(Duration::from_secs(5));
    for fault in [Fault::timed_out(), Fault::stalled(1), Fault::slow(Duration::from_secs(6))] {
        let fake = FakeArtisan::new().fail_next(fault);
        let error = once(&fake).options(timeouts).list_apps().send_blocking().unwrap_err();
        assert_eq!((error.kind(), fake.now().as_secs()), (TimedOut, 5));
    }
}

/// Promise 8: no error shows keys that a server echoes.
#[test]
fn an_echo_has_the_keys_and_an_error_has_not() {
    let fake = FakeArtisan::with_credentials(Credentials::new("c4nary-public", "c4nary-secret").unwrap());
    let client = once(&fake);
    fake.fail_next(Fault::echo().times(2));
    let echoed = client.list_apps().send_raw_blocking().unwrap();
    let text = String::from_utf8(echoed.body().to_vec()).unwrap();
    assert!(text.contains("c4nary-public") && text.contains("c4nary-secret"), "{text}");

    let error = failed(&client);
    let shown = format!("{error} {error:?} {:?}", String::from_utf8_lossy(error.body()));
    assert!(!shown.contains("c4nary"), "{shown}");
}

/// A length is announced wherever a status may have one (RFC 9110, section 8.6). For a cut body it is the whole length.
#[test]
fn a_length_is_announced_where_a_status_has_one() {
    let fake = FakeArtisan::with_sample_data();
    let list = || useartisan::Endpoint::request(&useartisan::ListApps::new(), &fake.api());
    let length = |fault: Fault| {
        fake.fail_next(fault);
        let answer = fake.exchange(list()).answer.unwrap();
        let length = answer.headers().get("content-length").map(|length| length.to_str().unwrap().to_owned());
        (length, answer.body().len())
    };
    for (status, announced) in
        [(100, false), (103, false), (200, true), (204, false), (304, false), (404, true)]
    {
        let (length, _) = length(Fault::status(StatusCode::from_u16(status).unwrap()));
        assert_eq!(length.as_deref(), announced.then_some("0"), "{status}");
    }
    let whole = fake.answer(list()).body().len();
    assert_eq!(length(Fault::cut_body(5)), (Some(whole.to_string()), 5));
    assert_eq!(length(Fault::stalled(5)), (Some(whole.to_string()), 5));
    assert_eq!(length(Fault::cut_silently(5)), (None, 5));
    assert_eq!(length(Fault::oversize(100)), (Some("100".to_owned()), 100));
    assert_eq!(length(Fault::oversize(0)).1, r#"{"filler":""}"#.len());
}

/// The allowed method is named in the header and in words (RFC 9110, section 15.5.6).
#[test]
fn another_method_is_told_which_is_allowed() {
    let fake = FakeArtisan::with_sample_data();
    let start = useartisan::ExportSegment::new(APP, PHILADELPHIANS);
    for (mut request, other, allowed) in [
        (useartisan::Endpoint::request(&useartisan::ListApps::new(), &fake.api()), "DELETE", "GET"),
        (useartisan::Endpoint::request(&start, &fake.api()), "GET", "POST"),
    ] {
        *request.method_mut() = other.parse().unwrap();
        let answer = fake.answer(request);
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], allowed);
        assert!(String::from_utf8_lossy(answer.body()).contains(&format!("{allowed} is")));
    }
}

/// `Debug` shows each fault by the name of its constructor.
#[test]
fn a_fault_shows_its_name() {
    let faults = [
        (Fault::status(StatusCode::OK), "status"),
        (Fault::failure("no"), "failure"),
        (Fault::html_page(), "html_page"),
        (Fault::empty(), "empty"),
        (Fault::oversize(9), "oversize"),
        (Fault::redirect("/"), "redirect"),
        (Fault::echo(), "echo"),
        (Fault::content_coding("br"), "content_coding"),
        (Fault::not_sent(), "not_sent"),
        (Fault::interrupted(), "interrupted"),
        (Fault::timed_out(), "timed_out"),
        (Fault::slow(Duration::ZERO), "slow"),
        (Fault::cut_body(9), "cut_body"),
        (Fault::cut_silently(9), "cut_silently"),
        (Fault::stalled(9), "stalled"),
    ];
    for (fault, name) in faults {
        assert_eq!(format!("{fault:?}"), format!("Fault {{ name: {name:?}, times: 1, .. }}"));
    }
}

/// What a response cannot show is answered as by a proxy: 504 if no answer arrived in time, otherwise 502.
#[test]
fn a_missing_answer_is_told_as_a_proxy_does() {
    let fake = FakeArtisan::with_sample_data();
    let list = || useartisan::Endpoint::request(&useartisan::ListApps::new(), &fake.api());
    for (fault, status) in [(Fault::timed_out(), 504), (Fault::interrupted(), 502), (Fault::not_sent(), 502)]
    {
        fake.fail_next(fault);
        assert_eq!(fake.answer(list()).status(), status);
    }
}
