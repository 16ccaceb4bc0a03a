//! The endpoints: one file each, with its struct, its output, its request, how its answer is read, and its tests.

mod answer;
mod callback_url;
mod download_job;
mod export_profiles;
mod export_segment;
mod get_job;
mod get_profile;
mod list_apps;
mod list_jobs;
mod list_segments;
mod unexpected;

use bytes::Bytes;
use http::{Request, Response};

use crate::{Api, Error, Timeouts};

use answer::answer;
pub use answer::{json, success};
pub use callback_url::CallbackUrl;
pub use download_job::DownloadJob;
pub use export_profiles::ExportProfiles;
pub use export_segment::ExportSegment;
pub use get_job::GetJob;
pub use get_profile::GetProfile;
pub use list_apps::ListApps;
pub use list_jobs::ListJobs;
pub use list_segments::ListSegments;

/// A call of the API: how it is asked, and how the answer is read. Neither does any I/O.
///
/// The trait is open, so an endpoint that this crate does not know is a few lines. The last two methods have
/// defaults that suit nearly all:
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use useartisan::endpoint;
/// use useartisan::{Api, AppId, Credentials, Endpoint, Error, Timeouts};
///
/// struct CountUsers(AppId);
///
/// impl Endpoint for CountUsers {
///     type Output = u64;
///
///     fn name(&self) -> &'static str {
///         "count_users"
///     }
///
///     fn request(&self, api: &Api) -> Request<Bytes> {
///         api.path("/public/api/apps/").id(&self.0).literal("/users/count").get()
///     }
///
///     fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<u64, Error> {
///         endpoint::json(self.name(), &response)
///     }
///
///     fn timeouts(&self) -> Timeouts {
///         Timeouts::default().with_total(std::time::Duration::from_secs(5))
///     }
///
///     fn follows_redirects(&self) -> bool {
///         false
///     }
/// }
///
/// let call = CountUsers(AppId::new("557ade8b")?);
/// let api = Api::new(Credentials::new("public", "secret")?);
/// assert_eq!(call.request(&api).uri().path(), "/public/api/apps/557ade8b/users/count");
/// assert_eq!(call.parse(Response::new("42"))?, 42);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an endpoint of the API",
    note = "those of useartisan are `ListApps`, `GetProfile`, …; for a call of yours, implement `Endpoint`"
)]
pub trait Endpoint {
    /// What a successful answer is read as.
    type Output;

    /// The name of the method, as errors show it: `get_profile`.
    fn name(&self) -> &'static str;

    /// The request. Every argument was checked where it was made, so this cannot fail.
    fn request(&self, api: &Api) -> Request<Bytes>;

    /// Reads the answer, of whatever status.
    ///
    /// # Errors
    /// Each names this endpoint and the status. [`Rejected`](crate::ErrorKind::Rejected) for a failure that the
    /// service reports and for a status that is not 2xx, [`Redirect`](crate::ErrorKind::Redirect),
    /// [`ContentCoding`](crate::ErrorKind::ContentCoding), and
    /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) with the position.
    ///
    /// Called by hand, this does not know the keys: it scrubs from what an error keeps only what stands where
    /// the two headers have them. [`Api::parse`](crate::Api::parse) and [`Client`](crate::Client) scrub the keys
    /// themselves as well.
    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Self::Output, Error>;

    /// How long an attempt may take unless one says otherwise.
    fn timeouts(&self) -> Timeouts {
        Timeouts::default()
    }

    /// Whether a redirect is followed rather than reported, as only a download's is. At most 3, to https only
    /// (and to loopback where the base URL is loopback), and without any header of the [`Api`] once the base URL's
    /// origin is left.
    fn follows_redirects(&self) -> bool {
        false
    }
}

impl<E: Endpoint> Endpoint for &E {
    type Output = E::Output;

    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        (**self).request(api)
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Self::Output, Error> {
        (**self).parse(response)
    }

    fn timeouts(&self) -> Timeouts {
        (**self).timeouts()
    }

    fn follows_redirects(&self) -> bool {
        (**self).follows_redirects()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 9: both keys are marked sensitive, whatever is called.
    #[track_caller]
    pub(super) fn assert_request(call: &impl Endpoint, method: &str, path: &str, body: &str) {
        let api = Api::builder()
            .base_url("https://proxy.example/artisan")
            .credentials(crate::Credentials::new("public", "secret").unwrap())
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

    /// A published answer, as the response that it came in.
    macro_rules! fixture {
        ($name:literal) => {
            http::Response::new(&include_bytes!(concat!("../../tests/fixtures/", $name, ".json"))[..])
        };
    }
    pub(super) use fixture;
}
