//! Every endpoint: a call made beforehand, a call whose ids are made each time, and the request by hand.

use std::hint::black_box;

use bytes::Bytes;
use http::Request;
use http::request::Builder;
use serde_json::{Value, json};
use useartisan::{
    Api, AppId, CallbackUrl, Credentials, DownloadJob, Endpoint, ExportProfiles, ExportSegment, GetJob,
    GetProfile, JobId, JobStatus, ListApps, ListJobs, ListSegments, ProfileId, ProfileIds, SegmentId,
};

use super::Contender;

/// The caller's values, as text.
#[derive(Clone, Copy)]
struct Given {
    base: &'static str,
    public: &'static str,
    secret: &'static str,
    app: &'static str,
    segment: &'static str,
    job: &'static str,
    artisan: &'static str,
    shared: &'static str,
    ids: [&'static str; 2],
    callback: &'static str,
}

const GIVEN: Given = Given {
    base: "https://artisan.example",
    public: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    secret: "00112233445566778899aabbccddeeff",
    app: "557ade8b7d891cee96000001",
    segment: "557ee4697d891cd26f000003",
    job: "5584566b7d891ce0ab000001",
    artisan: "bdbbf66f-d661-4236-8237-76d4159344fe",
    shared: "z5k5x7tcpmmr5p4on3aw",
    ids: ["555652247d891c8b7a000002", "15652247d891c8b7a000504"],
    callback: "https://me.example/exports/done",
};

pub(super) fn api() -> Api {
    Api::new("https://artisan.example", Credentials::new(GIVEN.public, GIVEN.secret).unwrap()).unwrap()
}

pub(super) fn get_profile() -> GetProfile {
    GetProfile::new(app(GIVEN), ProfileId::artisan(GIVEN.artisan).unwrap())
}

pub(super) fn export_profiles() -> ExportProfiles {
    ExportProfiles::new(app(GIVEN), ProfileIds::artisan(GIVEN.ids).unwrap()).callback_url(callback(GIVEN))
}

fn app(given: Given) -> AppId {
    AppId::new(given.app).unwrap()
}

fn callback(given: Given) -> CallbackUrl {
    CallbackUrl::new(given.callback).unwrap()
}

pub(super) fn all() -> Vec<(&'static str, [Contender; 3])> {
    vec![
        endpoint(
            "list_apps",
            |_| ListApps::new(),
            |given| get(given, format!("{}/public/api/apps", given.base)),
        ),
        endpoint(
            "get_profile",
            |given| GetProfile::new(app(given), ProfileId::artisan(given.artisan).unwrap()),
            |given| {
                get(given, format!("{}/public/api/apps/{}/users/{}", given.base, given.app, given.artisan))
            },
        ),
        endpoint(
            "get_profile, by shared id",
            |given| GetProfile::new(app(given), ProfileId::shared_user(given.shared).unwrap()),
            |given| {
                let Given { base, app, shared, .. } = given;
                get(given, format!("{base}/public/api/apps/{app}/users/shared_id/{shared}"))
            },
        ),
        endpoint(
            "export_profiles, 2 ids, callback",
            |given| {
                let ids = ProfileIds::artisan(given.ids).unwrap();
                ExportProfiles::new(app(given), ids).callback_url(callback(given))
            },
            |given| {
                let url = format!("{}/public/api/apps/{}/users/export", given.base, given.app);
                post(given, url, json!({ "ids": given.ids.join(","), "callback_url": given.callback }))
            },
        ),
        endpoint(
            "export_profiles, 1000 ids, callback",
            |given| {
                let ids = ProfileIds::artisan([given.artisan; 1000]).unwrap();
                ExportProfiles::new(app(given), ids).callback_url(callback(given))
            },
            |given| {
                let url = format!("{}/public/api/apps/{}/users/export", given.base, given.app);
                let ids = [given.artisan; 1000].join(",");
                post(given, url, json!({ "ids": ids, "callback_url": given.callback }))
            },
        ),
        endpoint(
            "list_segments",
            |given| ListSegments::new(app(given)),
            |given| get(given, format!("{}/public/api/apps/{}/segments/", given.base, given.app)),
        ),
        endpoint(
            "export_segment, callback",
            |given| {
                let segment = SegmentId::new(given.segment).unwrap();
                ExportSegment::new(app(given), segment).callback_url(callback(given))
            },
            |given| {
                let Given { base, app, segment, .. } = given;
                let url = format!("{base}/public/api/apps/{app}/segments/{segment}/export");
                post(given, url, json!({ "callback_url": given.callback }))
            },
        ),
        endpoint(
            "export_segment",
            |given| ExportSegment::new(app(given), SegmentId::new(given.segment).unwrap()),
            |given| {
                let Given { base, app, segment, .. } = given;
                let url = format!("{base}/public/api/apps/{app}/segments/{segment}/export");
                post(given, url, json!({ "callback_url": "" }))
            },
        ),
        endpoint(
            "list_jobs",
            |_| ListJobs::new(),
            |given| get(given, format!("{}/public/api/jobs", given.base)),
        ),
        endpoint(
            "list_jobs, of a status",
            |_| ListJobs::new().status(JobStatus::Complete),
            |given| get(given, format!("{}/public/api/jobs?status={}", given.base, black_box("COMPLETE"))),
        ),
        endpoint(
            "get_job",
            |given| GetJob::new(JobId::new(given.job).unwrap()),
            |given| get(given, format!("{}/public/api/jobs/{}", given.base, given.job)),
        ),
        endpoint(
            "download_job",
            |given| DownloadJob::new(JobId::new(given.job).unwrap()),
            |given| get(given, format!("{}/public/api/jobs/{}/download", given.base, given.job)),
        ),
    ]
}

fn get(given: Given, url: String) -> Request<Bytes> {
    keyed(given, Request::get(url)).body(Bytes::new()).unwrap()
}

fn post(given: Given, url: String, body: Value) -> Request<Bytes> {
    keyed(given, Request::post(url)).body(Bytes::from(body.to_string())).unwrap()
}

fn keyed(given: Given, request: Builder) -> Builder {
    request
        .header("accept-encoding", "application/json")
        .header("content-type", "application/json")
        .header("authorization", format!("Token token=\"{}\"", given.secret))
        .header("public-api-key", given.public)
}

/// The three ways to build one request. All give the same request.
fn endpoint<E: Endpoint + 'static>(
    name: &'static str,
    call: fn(Given) -> E,
    by_hand: fn(Given) -> Request<Bytes>,
) -> (&'static str, [Contender; 3]) {
    let (api, made) = (api(), call(GIVEN));
    assert_same(&made.request(&api), &by_hand(GIVEN));
    let again = api.clone();
    let contenders = [
        Contender::new("ours", move || made.request(&api)),
        Contender::new("ours, with its ids and its call", move || call(black_box(GIVEN)).request(&again)),
        Contender::new("by hand", move || by_hand(black_box(GIVEN))),
    ];
    (name, contenders)
}

fn assert_same(ours: &Request<Bytes>, by_hand: &Request<Bytes>) {
    assert_eq!((ours.method(), ours.uri()), (by_hand.method(), by_hand.uri()));
    assert_eq!(ours.headers(), by_hand.headers());
    let [ours, by_hand] = [ours, by_hand].map(|request| serde_json::from_slice::<Value>(request.body()).ok());
    assert_eq!(ours, by_hand);
}
