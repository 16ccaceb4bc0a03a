//! The answers, and their readers.

use std::hint::black_box;

use http::Response;
use useartisan::{
    Api, AppId, Credentials, DownloadJob, Endpoint, ExportProfiles, GetJob, GetProfile, JobId, ListApps,
    ListJobs, ListSegments, ProfileId, ProfileIds,
};

use super::derives::{self, Derived};

/// Makes a response of a body, reads it and drops the output. Returns whether it was a success.
pub(super) type Read = Box<dyn Fn(&[u8]) -> bool>;

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) succeeds: bool,
    pub(super) ours: Read,
    pub(super) derive: Read,
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $name, ".json")).to_vec()
    };
}

pub(super) fn all() -> Vec<Case> {
    let app = AppId::from_static("557ade8b7d891cee96000001");
    let job = JobId::from_static("5584566b7d891ce0ab000001");
    let user = ProfileId::artisan("bdbbf66f-d661-4236-8237-76d4159344fe").unwrap();
    let users = ProfileIds::artisan(["bdbbf66f-d661-4236-8237-76d4159344fe"]).unwrap();
    let profile = || GetProfile::new(&app, &user);
    let export = || ExportProfiles::new(&app, &users);
    let lost = || Case {
        succeeds: false,
        // By an `Api`, like a client, so that errors are searched for the keys.
        ours: Box::new({
            let (api, profile) = (api(), profile());
            move |body| black_box(api.parse(&profile, Response::new(body))).is_ok()
        }),
        ..case("", fixture!("get_profile_not_found"), profile(), derives::profile)
    };
    vec![
        case("get_profile", fixture!("get_profile"), profile(), derives::profile),
        Case { name: "get_profile_not_found", ..lost() },
        Case {
            name: "get_profile_not_found, to a message alone",
            derive: derive(derives::profile_or_message),
            ..lost()
        },
        case("list_apps", fixture!("list_apps"), ListApps::new(), derives::apps),
        case("list_segments", fixture!("list_segments"), ListSegments::new(&app), derives::segments),
        case("export_queued", fixture!("export_queued"), export(), derives::queued),
        case("export_queued_flat", fixture!("export_queued_flat"), export(), derives::queued_flat),
        case("get_job", fixture!("get_job"), GetJob::new(&job), derives::job),
        case("list_jobs", fixture!("list_jobs"), ListJobs::new(), derives::jobs),
        case("list_jobs_nested", fixture!("list_jobs_nested"), ListJobs::new(), derives::jobs_nested),
        case("download_job", fixture!("download_job"), DownloadJob::new(&job), derives::download),
        case("10,000 jobs", many_jobs(), ListJobs::new(), derives::jobs),
        case("10,000 jobs, to times left as text", many_jobs(), ListJobs::new(), derives::jobs_with_texts),
    ]
}

fn api() -> Api {
    let keys = ("5f0c8a7e1b2d4c3a9e8f7a6b5c4d3e2f", "9b1d7c3e5a8f4b2d6c0e1f3a5b7d9c8e");
    Api::new("https://artisan.example", Credentials::new(keys.0, keys.1).unwrap()).unwrap()
}

fn case<E: Endpoint + 'static, T: 'static>(
    name: &'static str,
    body: Vec<u8>,
    endpoint: E,
    read: Derived<T>,
) -> Case {
    let ours = Box::new(move |body: &[u8]| black_box(endpoint.parse(Response::new(body))).is_ok());
    Case { name, body, succeeds: true, ours, derive: derive(read) }
}

fn derive<T: 'static, F: 'static>(read: fn(Response<&[u8]>) -> Result<T, F>) -> Read {
    Box::new(move |body: &[u8]| black_box(read(Response::new(body))).is_ok())
}

/// A list in the published form.
fn many_jobs() -> Vec<u8> {
    let mut jobs = Vec::new();
    for n in 0..10_000 {
        let (minute, second) = (n / 60 % 60, n % 60);
        let status = ["QUEUED", "RUNNING", "COMPLETE", "FAILED"][n % 4];
        let end = if status == "FAILED" {
            format!("\"2015-06-20T17:{minute:02}:{second:02}Z\"")
        } else {
            "null".to_owned()
        };
        jobs.push(format!(
            r#"    {{
      "id": "5584566b7d891ce0ab{n:06x}",
      "type": "Segments Export",
      "created_at": "2015-06-19T17:{minute:02}:{second:02}Z",
      "start": "2015-06-19T16:{minute:02}:{second:02}+00:00",
      "end": {end},
      "status": "{status}"
    }}"#
        ));
    }
    format!("{{\n  \"jobs\": [\n{}\n  ]\n}}\n", jobs.join(",\n")).into_bytes()
}
