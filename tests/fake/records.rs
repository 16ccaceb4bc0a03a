//! What the fake records of its requests.

use http::Method;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{AppId, JobStatus, ProfileIds, Retry, SegmentId};

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
    assert_eq!(last.uri().host(), Some("artisan.example"));
    assert_eq!(fake.clear_requests().requests().len(), 0);
}

/// Promise 8: the fake's own types show no key.
#[test]
fn nothing_shows_the_keys() {
    let fake = FakeArtisan::with_sample_data();
    fake.fail_next(Fault::echo());
    fake.client().options(Retry::none()).list_apps().send_blocking().unwrap_err();
    let request = fake.last_request().unwrap();
    let shown = format!(
        "{fake:?} {request:?} {request} {:?} {:?}",
        fake.exchange(http::Request::get("/").body("").unwrap()),
        Fault::echo(),
    );
    for key in ["fake-public-key", "fake-secret-key"] {
        assert!(!shown.contains(key), "{shown}");
    }
    assert!(shown.contains("authorization: [redacted]"), "{shown}");
}

/// A request that could not be sent is not recorded.
#[test]
fn a_request_that_was_not_sent_does_not_count() {
    let fake = FakeArtisan::new();
    fake.fail_next(Fault::not_sent());
    fake.client().options(Retry::none()).list_apps().send_blocking().unwrap_err();
    assert_eq!(fake.requests().len(), 0);
}

/// A fault for a misspelt endpoint would never occur, so it is refused.
#[test]
#[should_panic(
    expected = "`listapps` is not an endpoint of the fake: there are list_apps, get_profile, export_profiles, \
                list_segments, export_segment, list_jobs, get_job, download_job"
)]
fn a_fault_for_an_unknown_endpoint_is_refused_at_once() {
    FakeArtisan::new().fail_next_for("listapps", Fault::html_page());
}

#[test]
fn both_routes_of_a_method_have_its_name() {
    let fake = FakeArtisan::with_sample_data();
    let client = fake.client();
    client.export_profiles(APP, ProfileIds::artisan(["a"]).unwrap()).send_blocking().unwrap();
    client.export_profiles(APP, ProfileIds::shared_user(["a"]).unwrap()).send_blocking().unwrap();
    let unknown = client.list_segments(SegmentId::from_static("x").as_str().parse::<AppId>().unwrap());
    assert!(unknown.send_blocking().unwrap_err().is_not_found());
    let endpoints: Vec<_> = fake.requests().iter().map(|request| request.endpoint()).collect();
    assert_eq!(endpoints, [Some("export_profiles"), Some("export_profiles"), Some("list_segments")]);
}
