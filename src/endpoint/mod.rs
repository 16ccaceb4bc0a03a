//! What you need for an endpoint of your own, besides [`Endpoint`].
//!
//! The API's own endpoints are at the crate's root. In the source, each has a file here with its struct, request, answer and
//! tests.

mod answer;
pub(crate) mod callback_url;
pub(crate) mod contract;
pub(crate) mod download_job;
pub(crate) mod export_profiles;
pub(crate) mod export_segment;
pub(crate) mod get_job;
pub(crate) mod get_profile;
pub(crate) mod list_apps;
pub(crate) mod list_jobs;
pub(crate) mod list_segments;
mod path;
mod unexpected;

use answer::answer;
pub(crate) use answer::success;
pub use answer::{empty, json};
#[cfg(feature = "fake")]
pub(crate) use path::UNRESERVED_KEPT;
pub use path::{Path, Query};

pub use crate::id::{Id, QueryValue, TextId};

// The crate root exports these.
pub(crate) use callback_url::CallbackUrl;
pub(crate) use contract::Endpoint;
pub(crate) use download_job::DownloadJob;
pub(crate) use export_profiles::ExportProfiles;
pub(crate) use export_segment::ExportSegment;
pub(crate) use get_job::GetJob;
pub(crate) use get_profile::GetProfile;
pub(crate) use list_apps::ListApps;
pub(crate) use list_jobs::ListJobs;
pub(crate) use list_segments::ListSegments;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Api;

    /// Promise 9: both keys are marked sensitive in every call.
    #[track_caller]
    pub(super) fn assert_request(call: &impl Endpoint, method: &str, path: &str, body: &str) {
        let api = Api::builder("https://proxy.example/artisan")
            .credentials(crate::credentials::Credentials::new("public", "secret").unwrap())
            .build()
            .unwrap();
        let request = call.request(&api);
        assert_eq!(request.method(), method);
        assert_eq!(request.uri().to_string(), format!("https://proxy.example/artisan{path}"));
        assert_eq!(request.body(), body);
        for name in ["authorization", "public-api-key"] {
            assert!(request.headers()[name].is_sensitive());
        }
    }

    /// A response with a published answer.
    macro_rules! fixture {
        ($name:literal) => {
            http::Response::new(&include_bytes!(concat!("../../tests/fixtures/", $name, ".json"))[..])
        };
    }
    pub(super) use fixture;
}
