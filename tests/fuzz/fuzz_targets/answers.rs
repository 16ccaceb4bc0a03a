//! Promises 19 to 22: each endpoint has an outcome for every answer, and its output survives being written and read.
#![no_main]

use std::fmt::Debug;

use http::Response;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use useartisan::{
    AppId, DownloadJob, Endpoint, ErrorKind, ExportProfiles, ExportSegment, GetJob, GetProfile, JobId,
    ListApps, ListJobs, ListSegments, ProfileId, ProfileIds, SegmentId,
};

const APP: AppId = AppId::from_static("app");
const JOB: JobId = JobId::from_static("job");

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (endpoint, status, body) = input;
    let status = if status % 4 == 0 { 100 + status / 4 % 900 } else { 200 };
    match endpoint % 8 {
        0 => lasts(&ListApps::new(), status, body),
        1 => lasts(&ListSegments::new(APP), status, body),
        2 => lasts(&ListJobs::new(), status, body),
        3 => lasts(&GetJob::new(JOB), status, body),
        4 => lasts(&GetProfile::new(APP, ProfileId::artisan("id").unwrap()), status, body),
        5 => lasts(&ExportProfiles::new(APP, ProfileIds::artisan(["id"]).unwrap()), status, body),
        6 => lasts(&ExportSegment::new(APP, SegmentId::from_static("segment")), status, body),
        _ => drop(outcome(&DownloadJob::new(JOB), status, body)),
    }
});

/// Writes an output as JSON, and reads it again.
fn lasts<E: Endpoint<Output: Serialize + DeserializeOwned + PartialEq + Debug>>(
    call: &E,
    status: u16,
    body: &[u8],
) {
    let Some(output) = outcome(call, status, body) else { return };
    let json = serde_json::to_string(&output).unwrap();
    assert_eq!(serde_json::from_str::<E::Output>(&json).unwrap(), output, "{json}");
}

fn outcome<E: Endpoint>(call: &E, status: u16, body: &[u8]) -> Option<E::Output> {
    match call.parse(Response::builder().status(status).body(body).unwrap()) {
        Ok(output) => {
            assert!((200..300).contains(&status));
            // serde_json does not skip a byte order mark, the library does.
            let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
            let json: Value = serde_json::from_slice(body).expect("what is not JSON is no answer");
            assert_ne!(json["success"], false);
            Some(output)
        }
        Err(error) => {
            let expected: &[_] = match status {
                200..=299 => {
                    &[ErrorKind::UnexpectedBody, ErrorKind::Rejected, ErrorKind::NotFound, ErrorKind::Limit]
                }
                300..=399 => &[ErrorKind::Redirect],
                401 | 403 => &[ErrorKind::AccessDenied],
                _ => &[ErrorKind::Rejected, ErrorKind::NotFound],
            };
            assert!(expected.contains(&error.kind()), "{status}: {error}");
            assert!(!error.to_string().contains(char::is_control), "{error}");
            // As much as is kept by default.
            assert!(error.body().len() <= 4096);
            None
        }
    }
}
