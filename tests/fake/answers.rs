//! Promise 33: the fake answers in the published forms, and checks each request against the documented one.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;
use useartisan::fake::{Edition, FakeArtisan, Fault};
use useartisan::{
    Api, AppId, ArtisanId, Endpoint, ErrorKind, ExportProfiles, ExportSegment, GetJob, GetProfile, JobId,
    JobStatus, ListApps, ListJobs, ListSegments, ProfileId, ProfileIds, SegmentId,
};

const APP: AppId = AppId::from_static("5550dd57330eb93d8700000c");
const PHILADELPHIANS: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");
const COMPLETE: JobId = JobId::from_static("5584566b7d891ce0ab000001");

fn ask(fake: &FakeArtisan, call: impl Endpoint) -> Response<Bytes> {
    fake.answer(call.request(&fake.api()))
}

fn download(fake: &FakeArtisan, job: &JobId) -> Response<Bytes> {
    ask(fake, useartisan::DownloadJob::new(job))
}

#[track_caller]
fn is_published(answer: Response<Bytes>, example: &str) {
    assert_eq!(std::str::from_utf8(answer.body()).unwrap(), example.trim_end());
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["content-length"], answer.body().len().to_string().as_str());
}

/// The answers of the sample data are the published examples, byte for byte.
#[test]
fn the_published_examples_come_back_byte_for_byte() {
    let fake = FakeArtisan::with_sample_data();
    let missing = GetProfile::new(APP, ProfileId::artisan("123456789").unwrap());
    let export = ExportSegment::new(APP, PHILADELPHIANS);
    is_published(ask(&fake, ListApps::new()), include_str!("../fixtures/list_apps.json"));
    is_published(ask(&fake, ListSegments::new(APP)), include_str!("../fixtures/list_segments.json"));
    is_published(ask(&fake, ListJobs::new()), include_str!("../fixtures/list_jobs.json"));
    is_published(ask(&fake, GetJob::new(COMPLETE)), include_str!("../fixtures/get_job.json"));
    is_published(download(&fake, &COMPLETE), include_str!("../fixtures/download_job.json"));
    is_published(ask(&fake, missing), include_str!("../fixtures/get_profile_not_found.json"));
    is_published(ask(&fake, export), include_str!("../fixtures/export_queued.json"));
}

/// The example profile belongs to an app that is missing in the example list.
#[test]
fn the_published_profile_comes_back_byte_for_byte() {
    let sample = FakeArtisan::with_sample_data();
    let id = ArtisanId::from_static("bdbbf66f-d661-4236-8237-76d4159344fe");
    let attributes = sample.profile(APP, &id).unwrap().into_attributes();

    let fake = FakeArtisan::new().base_url("https://artisantools.com").unwrap();
    let app = fake.add_app("Demo App 3");
    fake.put_profile(&app, &id, &attributes);
    is_published(ask(&fake, GetProfile::new(app, id)), include_str!("../fixtures/get_profile.json"));
}

#[test]
fn an_earlier_edition_is_flat_and_nested() {
    let fake = FakeArtisan::with_sample_data().edition(Edition::Earlier);
    let export = ExportSegment::new(APP, PHILADELPHIANS);
    is_published(ask(&fake, export), include_str!("../fixtures/export_queued_flat.json"));

    let json = |answer: Response<Bytes>| serde_json::from_slice::<Value>(answer.body()).unwrap();
    let names = |item: &Value| item["jobs"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let published: Value = serde_json::from_str(include_str!("../fixtures/list_jobs_nested.json")).unwrap();
    let list = json(ask(&fake, ListJobs::new()));
    assert_eq!(names(&list["jobs"][0]), names(&published["jobs"][0]));
    assert_eq!(list["jobs"][0]["jobs"]["result_url"], Value::Null);

    let one = json(ask(&fake, GetJob::new(COMPLETE)));
    assert_eq!(one["jobs"].as_array().unwrap().len(), 1);
    let job = &one["jobs"][0]["jobs"];
    assert_eq!(job["status"], "COMPLETED");
    assert_eq!(
        job["result_url"],
        "https://artisan.example/public/api/jobs/5584566b7d891ce0ab000001/download"
    );
}

/// The core reads both editions of the service.
#[test]
fn both_editions_are_read_alike() {
    for edition in [Edition::Published, Edition::Earlier] {
        let fake = FakeArtisan::with_sample_data().edition(edition);
        let client = fake.client();
        let complete = client.list_jobs().status(JobStatus::Complete).send_blocking().unwrap();
        assert_eq!(complete.iter().map(|job| job.id()).collect::<Vec<_>>(), [&COMPLETE], "{edition:?}");
        assert_eq!(client.get_job(COMPLETE).send_blocking().unwrap().status(), &JobStatus::Complete);
        let queued = client.export_segment(APP, PHILADELPHIANS).send_blocking().unwrap();
        assert_eq!(queued.message(), Some("Job queued successfully."));
    }
}

type Change = fn(Request<Bytes>) -> Request<Bytes>;

/// The checks of a request: the request, its difference from the documented one, and the fake's answer.
#[test]
fn a_request_off_the_documented_form_is_refused() {
    let api = FakeArtisan::new().api();
    let list = ListApps::new().request(&api);
    let jobs = ListJobs::new().request(&api);
    let profile = GetProfile::new(APP, ProfileId::artisan("x").unwrap()).request(&api);
    let export = ExportSegment::new(APP, PHILADELPHIANS).request(&api);
    let users = ExportProfiles::new(APP, ProfileIds::artisan(["x"]).unwrap()).request(&api);
    let cases: [(&Request<Bytes>, Change, u16, &str); 29] = [
        (&list, |r| without(r, "authorization"), 401, KEYS),
        (&list, |r| without(r, "public-api-key"), 401, KEYS),
        (&list, |r| with(r, "authorization", "Token token=\"wrong\""), 401, KEYS),
        (&list, |r| with(r, "authorization", "fake-secret-key"), 401, KEYS),
        (&list, |r| with(r, "public-api-key", "fake-secret-key"), 401, KEYS),
        (&list, |r| twice(r, "public-api-key"), 401, KEYS),
        (
            &list,
            |r| without(r, "accept-encoding"),
            400,
            "The header accept-encoding is not application/json.",
        ),
        (
            &list,
            |r| with(r, "accept-encoding", "gzip"),
            400,
            "The header accept-encoding is not application/json.",
        ),
        (&list, |r| without(r, "content-type"), 400, "The header content-type is not application/json."),
        (&list, |r| body(r, "{}"), 400, "A GET has no body."),
        (&list, |r| method(r, Method::POST), 405, "The method is not allowed here, GET is."),
        (&export, |r| method(r, Method::GET), 405, "The method is not allowed here, POST is."),
        (&list, |r| target(r, "/public/api/apps?status=COMPLETE"), 400, "The parameter status is not known."),
        (&jobs, |r| target(r, "/public/api/jobs?state=COMPLETE"), 400, "The parameter state is not known."),
        (
            &jobs,
            |r| target(r, "/public/api/jobs?status=A&status=B"),
            400,
            "The parameter status is there twice.",
        ),
        (
            &jobs,
            |r| target(r, "/public/api/jobs?status=%zz"),
            400,
            "The parameter status is not percent-encoded UTF-8.",
        ),
        (
            &profile,
            |r| target(r, "/public/api/apps/x/users/%2"),
            400,
            "The path is not percent-encoded UTF-8.",
        ),
        (
            &profile,
            |r| target(r, "/public/api/apps/x/users/%ff"),
            400,
            "The path is not percent-encoded UTF-8.",
        ),
        (
            &profile,
            |r| target(r, "/public/api/apps/5550dd57330eb93d8700000c/users/%0A"),
            400,
            "artisan id has a control character at byte 0",
        ),
        (
            &profile,
            |r| target(r, "/public/api/apps/nope/users/x"),
            404,
            "App with the key nope does not exist.",
        ),
        (
            &export,
            |r| target(r, "/public/api/apps/5550dd57330eb93d8700000c/segments/nope/export"),
            404,
            "Segment with the key nope does not exist.",
        ),
        (&jobs, |r| target(r, "/public/api/jobs/nope"), 404, "Job with the key nope does not exist."),
        (
            &jobs,
            |r| target(r, "/public/api/jobs/nope/download"),
            404,
            "Job with the key nope does not exist.",
        ),
        (
            &export,
            |r| body(r, ""),
            400,
            "The body is not a JSON object: EOF while parsing a value at line 1 column 0.",
        ),
        (&export, |r| body(r, "{}"), 400, "callback_url is missing."),
        (&export, |r| body(r, r#"{"callback_url":null}"#), 400, "callback_url is not text."),
        (
            &export,
            |r| body(r, r#"{"callback_url":"/x"}"#),
            400,
            "callback url has no scheme with `//`: write it like https://host/path.",
        ),
        (&export, |r| body(r, r#"{"callback_url":"","ids":""}"#), 400, "ids is not known."),
        (&users, |r| body(r, r#"{"ids":"a,,b","callback_url":""}"#), 400, "ids: artisan id is empty."),
    ];
    for (request, change, status, error) in cases {
        let answer = FakeArtisan::with_sample_data().answer(change(request.clone()));
        let json: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!((answer.status().as_u16(), json["error"].as_str()), (status, Some(error)));
        assert_eq!(json["success"], false);
    }
}

const KEYS: &str = "The keys are missing or not valid.";

fn without(mut request: Request<Bytes>, name: &str) -> Request<Bytes> {
    request.headers_mut().remove(name);
    request
}

fn with(mut request: Request<Bytes>, name: &'static str, value: &'static str) -> Request<Bytes> {
    request.headers_mut().insert(name, HeaderValue::from_static(value));
    request
}

fn twice(mut request: Request<Bytes>, name: &'static str) -> Request<Bytes> {
    let value = request.headers()[name].clone();
    request.headers_mut().append(name, value);
    request
}

fn body(request: Request<Bytes>, body: &'static str) -> Request<Bytes> {
    request.map(|_| Bytes::from_static(body.as_bytes()))
}

fn method(mut request: Request<Bytes>, method: Method) -> Request<Bytes> {
    *request.method_mut() = method;
    request
}

fn target(mut request: Request<Bytes>, target: &'static str) -> Request<Bytes> {
    *request.uri_mut() = target.parse().unwrap();
    request
}

#[test]
fn other_paths_are_answered_by_a_page() {
    for path in [
        "/",
        "/public/api",
        "/public/api/apps/",
        "/public/api/apps/x",
        "/public/api/apps/x/segments",
        "/public/api/apps/x/users/",
        "/public/api/apps/x/users/..",
        "/public/api/apps/x/users/%2e%2e",
        "/public/api/apps/x/users/a/b",
        "//public/api/apps",
        "/public/api/jobs/x/Download",
    ] {
        let fake = FakeArtisan::with_sample_data();
        let answer = fake.answer(target(ListApps::new().request(&fake.api()), path));
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (StatusCode::NOT_FOUND, &HeaderValue::from_static("text/html")),
            "{path}"
        );
        // A page does not mean absence.
        assert!(!ListApps::new().parse(answer).unwrap_err().is_not_found());
        assert_eq!(fake.last_request().unwrap().endpoint(), None);
    }
}

/// Promise 5: an id is one path segment, decoded once.
#[test]
fn an_id_comes_back_as_it_was() {
    for id in ["a/b?c#d%2e", "%41", "100%", "a+b c", "é💡", "export", "shared_id", "a,b", "..."] {
        let fake = FakeArtisan::new();
        let app = AppId::new(id).unwrap();
        fake.put_profile(&app, ArtisanId::new(id).unwrap(), [("sharedUserId", id)]);
        for asked in [ProfileId::artisan(id).unwrap(), ProfileId::shared_user(id).unwrap()] {
            let profile = fake.client().get_profile(&app, &asked).send_blocking().unwrap();
            assert_eq!(profile.id(), Some(asked));
        }
    }
}

#[test]
fn the_status_for_a_missing_profile_is_settable() {
    let fake = FakeArtisan::with_sample_data().profile_not_found_status(StatusCode::OK);
    let error = fake.client().get_profile(APP, ProfileId::artisan("x").unwrap()).send_blocking().unwrap_err();
    assert_eq!((error.status(), error.is_not_found()), (Some(StatusCode::OK), true));
}

#[test]
fn a_wrong_address_is_refused_before_the_keys_are_looked_at() {
    let fake = FakeArtisan::new().refuse_address(true);
    assert_eq!(fake.answer(Request::get("/public/api/apps").body("").unwrap()).status(), 403);
    assert_eq!(fake.refuse_address(false).client().list_apps().send_blocking().unwrap(), []);
}

#[test]
fn a_path_prefix_is_part_of_every_path() {
    let fake = FakeArtisan::with_sample_data().base_url("https://proxy.example/artisan/").unwrap();
    assert_eq!(fake.client().list_apps().send_blocking().unwrap().len(), 2);
    assert_eq!(fake.last_request().unwrap().line(), "GET /artisan/public/api/apps");
    let outside = Api::new("https://artisan.example", fake.credentials()).unwrap();
    assert_eq!(fake.answer(ListApps::new().request(&outside)).status(), 404);
    assert_eq!(fake.base_url("nonsense").unwrap_err().kind(), ErrorKind::InvalidInput);
    let [profile] =
        ["bdbbf66f-d661-4236-8237-76d4159344fe"].map(|id| fake.profile(APP, ArtisanId::from_static(id)));
    assert!(profile.unwrap().href().unwrap().starts_with("https://proxy.example/artisan/public/api/apps/"));
}

/// The fake reports what a response cannot show in the way a proxy does.
#[test]
fn answer_tells_faults_of_the_transport_by_a_status() {
    let fake = FakeArtisan::with_sample_data();
    for (fault, status, length) in [
        (Fault::not_sent(), 502, 0),
        (Fault::interrupted(), 502, 0),
        (Fault::timed_out(), 504, 0),
        (Fault::cut_body(10), 200, 10),
        (Fault::stalled(0), 200, 0),
    ] {
        let answer = fake.fail_next(fault).answer(ListApps::new().request(&fake.api()));
        assert_eq!((answer.status().as_u16(), answer.body().len()), (status, length));
    }
}
