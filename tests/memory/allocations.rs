//! The allocations of a request and an answer. The benches compare them with what a user would write; this test notices when they
//! grow.

use http::Response;
use useartisan::{
    Api, AppId, CallbackUrl, Credentials, Endpoint, ExportProfiles, ExportSegment, GetJob, GetProfile, JobId,
    ListApps, ListJobs, ListSegments, ProfileId, ProfileIds, SegmentId,
};

use crate::support::memory;

#[test]
fn requests_and_answers_ask_little_of_the_heap() {
    let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
    let app = AppId::new("557ade8b7d891cee96000001").unwrap();
    let job = JobId::new("5584566b7d891ce0ab000001").unwrap();
    let user = ProfileId::artisan("bdbbf66f-d661-4236-8237-76d4159344fe").unwrap();
    let users = ProfileIds::artisan(["bdbbf66f-d661-4236-8237-76d4159344fe"]).unwrap();
    let segment = SegmentId::new("5584566b7d891ce0ab000002").unwrap();

    // A GET: the text of its path, its shared form, and the two tables of its headers. A POST also has a body and a Content-Length.
    // A request takes more only for ids that are made for it.
    let callback = CallbackUrl::new("https://example.com/done").unwrap();
    for (name, build, most) in [
        ("list_apps", &(|| drop(ListApps::new().request(&api))) as &dyn Fn(), 4),
        ("get_profile", &|| drop(GetProfile::new(&app, &user).request(&api)), 4),
        ("list_segments", &|| drop(ListSegments::new(&app).request(&api)), 4),
        ("list_jobs", &|| drop(ListJobs::new().request(&api)), 4),
        ("get_job", &|| drop(GetJob::new(&job).request(&api)), 4),
        ("export_segment", &|| drop(ExportSegment::new(&app, &segment).request(&api)), 6),
        (
            "export_profiles",
            &|| drop(ExportProfiles::new(&app, &users).callback_url(&callback).request(&api)),
            10,
        ),
    ] {
        build();
        let heap = memory::measure(build).1;
        assert!(heap.allocations <= most, "{name}: {} allocations", heap.allocations);
        assert!(heap.peak < 2048, "{name}: {} bytes", heap.peak);
    }

    macro_rules! read {
        ($call:expr, $fixture:literal) => {
            &|| {
                drop(
                    api.parse(
                        &$call,
                        Response::new(include_bytes!(concat!("../fixtures/", $fixture, ".json"))),
                    ),
                )
            }
        };
    }
    // Each id of an answer is one allocation. Its clones share it.
    for (name, parse, most) in [
        ("get_profile", read!(GetProfile::new(&app, &user), "get_profile") as &dyn Fn(), 7),
        ("list_apps", read!(ListApps::new(), "list_apps"), 5),
        ("list_segments", read!(ListSegments::new(&app), "list_segments"), 9),
        ("export_queued", read!(ExportSegment::new(&app, &segment), "export_queued"), 2),
        ("export_queued_flat", read!(ExportSegment::new(&app, &segment), "export_queued_flat"), 2),
        ("get_job", read!(GetJob::new(&job), "get_job"), 7),
        ("list_jobs", read!(ListJobs::new(), "list_jobs"), 7),
        ("list_jobs_nested", read!(ListJobs::new(), "list_jobs_nested"), 17),
    ] {
        parse();
        let heap = memory::measure(parse).1;
        assert!(heap.allocations <= most, "{name}: {} allocations", heap.allocations);
        assert!(heap.peak < 4096, "{name}: {} bytes", heap.peak);
    }
}
