//! Every endpoint, for tests that call all of them. A new endpoint is a line here.

/// Runs a block for each endpoint: `each_endpoint!(call, right => { … })`, where `right` is the smallest correct answer. It is a
/// macro because each call has a type of its own.
#[macro_export]
macro_rules! each_endpoint {
    ($call:ident, $right:ident => $block:expr) => {
        $crate::each_endpoint!(@ $call, $right, $block;
            "list_apps", ListApps::new(), r#"{"apps":[]}"#;
            "get_profile", GetProfile::new(APP, ProfileId::artisan("1").unwrap()), r#"{"attributes":{}}"#;
            "export_profiles", ExportProfiles::new(APP, ProfileIds::artisan(["1"]).unwrap()), r#"{"job":"7"}"#;
            "list_segments", ListSegments::new(APP), r#"{"segments":[]}"#;
            "export_segment", ExportSegment::new(APP, SegmentId::from_static("segment")), r#"{"job":"7"}"#;
            "list_jobs", ListJobs::new(), r#"{"jobs":[]}"#;
            "get_job", GetJob::new(JOB), r#"{"_id":"7","status":"QUEUED"}"#;
            "download_job", DownloadJob::new(JOB), r#"{"artisanUserIds":[{}]}"#;
        )
    };
    (@ $call:ident, $right:ident, $block:expr; $($name:literal, $endpoint:expr, $answer:literal;)*) => {{
        use useartisan::*;
        const APP: AppId = AppId::from_static("app");
        const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");
        $({
            let $call = $endpoint;
            assert_eq!($call.name(), $name);
            let $right: &'static str = $answer;
            $block
        })*
    }};
}
