//! What the fake remembers of what it was sent, and what a test expected of it.

use http::Method;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{AppId, JobStatus, ProfileIds, SegmentId};

const APP: AppId = AppId::from_static("5550dd57330eb93d8700000c");

#[test]
fn requests_are_remembered_in_order() {
    let fake = FakeArtisan::with_sample_data();
    assert_eq!(fake.last_request().map(|request| request.line()), None);
    let client = fake.client();
    client.list_jobs().status(JobStatus::Complete).send_blocking().unwrap();
    client.export_profiles(APP, ProfileIds::artisan(["a", "b"]).unwrap()).send_blocking().unwrap();
    let lines: Vec<String> = fake.requests().iter().map(|request| request.line()).collect();
    assert_eq!(
        lines,
        [
            "GET /public/api/jobs?status=COMPLETE".to_owned(),
            format!("POST /public/api/apps/{APP}/users/export"),
        ]
    );
    let last = fake.last_request().unwrap();
    assert_eq!((last.endpoint(), last.method()), (Some("export_profiles"), &Method::POST));
    assert_eq!(last.body(), r#"{"ids":"a,b","callback_url":""}"#);
    assert_eq!(last.headers()["public-api-key"], "fake-public-key");
    assert_eq!(last.uri().host(), Some("artisantools.com"));
    assert_eq!(fake.clear_requests().requests().len(), 0);
}

/// Promise 8: the fake's own types show neither key.
#[test]
fn nothing_shows_the_keys() {
    let fake = FakeArtisan::with_sample_data();
    fake.fail_next(Fault::echo());
    fake.client().list_apps().send_blocking().unwrap_err();
    fake.expect("list_jobs");
    let request = fake.last_request().unwrap();
    let shown = format!(
        "{fake:?} {request:?} {request} {:?} {:?} {:?}",
        fake.exchange(http::Request::get("/").body("").unwrap()),
        Fault::echo(),
        fake.verify(),
    );
    for key in ["fake-public-key", "fake-secret-key"] {
        assert!(!shown.contains(key), "{shown}");
    }
    assert!(shown.contains("authorization: [redacted]"), "{shown}");
}

/// What is expected, how often `list_jobs` is called, and what is said.
type ExpectationCase = (fn(&FakeArtisan), usize, Option<&'static str>);

#[test]
fn expectations_hold_or_say_why_not() {
    let call = |fake: &FakeArtisan, times: usize| {
        for _ in 0..times {
            fake.client().list_jobs().send_blocking().unwrap();
        }
    };
    let expect_once: fn(&FakeArtisan) = |fake| drop(fake.expect("list_jobs"));
    let cases: [ExpectationCase; 10] = [
        (expect_once, 1, None),
        (expect_once, 0, Some("expected list_jobs once, it came 0 times; nothing came")),
        (|fake| fake.expect("list_jobs").times(2), 2, None),
        (
            |fake| fake.expect("list_jobs").times(2),
            1,
            Some("expected list_jobs 2 times, it came once; what came: GET /public/api/jobs"),
        ),
        (
            |fake| fake.expect("list_jobs").times(1),
            2,
            Some(
                "expected list_jobs once, it came 2 times; what came: GET /public/api/jobs, GET /public/api/jobs",
            ),
        ),
        (|fake| fake.expect("list_jobs").at_least(1), 2, None),
        (
            |fake| fake.expect("list_jobs").at_least(1),
            0,
            Some("expected list_jobs at least once, it came 0 times; nothing came"),
        ),
        (|fake| fake.expect("list_jobs").never(), 0, None),
        (
            |fake| fake.expect("list_jobs").never(),
            1,
            Some("expected list_jobs never, it came once; what came: GET /public/api/jobs"),
        ),
        (
            |fake| fake.expect("get_job").times(3),
            1,
            Some("expected get_job 3 times, it came 0 times; what came: GET /public/api/jobs"),
        ),
    ];
    for (expect, times, unmet) in cases {
        let fake = FakeArtisan::new();
        expect(&fake);
        call(&fake, times);
        assert_eq!(fake.verify().err().map(|unmet| unmet.to_string()).as_deref(), unmet);
    }
}

#[test]
fn calls_are_counted_from_where_they_are_expected() {
    let fake = FakeArtisan::new();
    fake.client().list_apps().send_blocking().unwrap();
    fake.expect("list_apps").times(1);
    fake.client().list_apps().send_blocking().unwrap();
    fake.clear_requests();
    fake.verify().unwrap();
}

/// What could not be sent has not come.
#[test]
fn a_request_that_was_not_sent_does_not_count() {
    let fake = FakeArtisan::new();
    fake.expect("list_apps").never();
    fake.fail_next(Fault::not_sent()).client().list_apps().send_blocking().unwrap_err();
    fake.verify().unwrap();
    assert_eq!(fake.requests().len(), 0);
}

/// A fault for an endpoint that is never called, or misspelt, is found out.
#[test]
fn a_fault_that_was_not_met_is_told() {
    let fake = FakeArtisan::new();
    fake.fail_next_for("get_jbo", Fault::html_page().times(2));
    fake.fail_next_for("list_apps", Fault::interrupted());
    let unmet = fake.verify().unwrap_err();
    let text = "the scripted fault html_page for get_jbo (2 times) was not met; \
                the scripted fault interrupted for list_apps was not met; nothing came";
    assert_eq!((unmet.to_string().as_str(), format!("{unmet:?}").as_str()), (text, text));
    fake.clear_faults().verify().unwrap();
}

#[test]
fn both_routes_of_a_method_have_its_name() {
    let fake = FakeArtisan::with_sample_data();
    fake.expect("export_profiles").times(2);
    fake.expect("export_segment").never();
    let client = fake.client();
    client.export_profiles(APP, ProfileIds::artisan(["a"]).unwrap()).send_blocking().unwrap();
    client.export_profiles(APP, ProfileIds::shared_user(["a"]).unwrap()).send_blocking().unwrap();
    let unknown = client.list_segments(SegmentId::from_static("x").as_str().parse::<AppId>().unwrap());
    assert!(unknown.send_blocking().unwrap_err().is_not_found());
    fake.verify().unwrap();
}
