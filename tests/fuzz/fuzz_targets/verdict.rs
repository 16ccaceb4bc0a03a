//! Promises 21 and 39: the library's verdict on any answer is the table's.
#![no_main]

use std::sync::LazyLock;

use http::Response;
use libfuzzer_sys::fuzz_target;
use useartisan::{
    Api, AppId, Credentials, Endpoint, ExportSegment, GetJob, GetProfile, JobId, ListApps, ListJobs,
    ProfileId, SegmentId,
};
use useartisan_test_support::verdict_model::hold;

const APP: AppId = AppId::from_static("app");
const JOB: JobId = JobId::from_static("job");

static API: LazyLock<Api> = LazyLock::new(|| {
    Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap()
});

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (endpoint, status, body) = input;
    let status = 100 + status % 900;
    match endpoint % 5 {
        0 => held(&ListApps::new(), status, body),
        1 => held(&ListJobs::new(), status, body),
        2 => held(&GetJob::new(JOB), status, body),
        3 => held(&GetProfile::new(APP, ProfileId::artisan("id").unwrap()), status, body),
        _ => held(&ExportSegment::new(APP, SegmentId::from_static("segment")), status, body),
    }
});

fn held<E: Endpoint>(call: &E, status: u16, body: &[u8]) {
    let output = call.parse(Response::new(body)).is_ok();
    hold(&API, call, status, body, output);
}
