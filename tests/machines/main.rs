//! Calls, retries and waits as state machines, and their drivers: promises 23 to 28.

mod driving;
mod events;
#[cfg(feature = "fake")]
mod notified;
#[cfg(feature = "fake")]
mod options;
#[cfg(feature = "fake")]
mod seeds;
#[path = "../support/mod.rs"]
pub mod support;
mod waiting;

use std::sync::OnceLock;
use std::time::Duration;

use useartisan::{Api, AppId, Credentials, ExportSegment, SegmentId};

const MINUTE: Duration = Duration::from_secs(60);

/// An answer that suits a start, a poll and a download.
const JOB_TEXTS: [&str; 6] = [
    r#"{"_id":"7","status":"QUEUED","job":"7"}"#,
    r#"{"_id":"7","status":"RUNNING","job":"7"}"#,
    r#"{"_id":"7","status":"PAUSED"}"#,
    r#"{"_id":"7","status":"COMPLETE","job":"7","artisanUserIds":[]}"#,
    r#"{"_id":"7","status":"FAILED"}"#,
    r#"{"success":false,"error":"Job 7 does not exist."}"#,
];

fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap()
    })
}

fn export_segment() -> ExportSegment {
    ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("segment"))
}
