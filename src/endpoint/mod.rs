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
use http::response::Parts;
use http::{Request, Response, StatusCode};

use crate::{Api, Error, Timeouts};

use answer::answer;
pub use answer::{json, success};
pub use callback_url::CallbackUrl;
pub use download_job::DownloadJob;
pub use download_job::OpenDownload;
pub use export_profiles::ExportProfiles;
pub use export_segment::ExportSegment;
pub use get_job::GetJob;
pub use get_profile::GetProfile;
pub use list_apps::ListApps;
pub use list_jobs::ListJobs;
pub use list_segments::ListSegments;

/// A call of the API: how it is asked, and how the answer is read. Neither does any I/O.
///
/// The trait is open, so an endpoint that this crate does not know is a few lines. The last three methods have
/// defaults that suit nearly all:
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response, StatusCode};
/// use useartisan::endpoint::{self, BodyUse};
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
///     fn body_use(&self, _: StatusCode) -> BodyUse {
///         BodyUse::Whole // of a failure as well
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

    /// How much of the body [`parse`](Self::parse) is to be given, where a machine reads it.
    fn body_use(&self, status: StatusCode) -> BodyUse {
        if status.is_success() { BodyUse::Whole } else { BodyUse::Start }
    }

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

/// How much of a body an endpoint is to be given.
///
/// ```
/// use useartisan::endpoint::BodyUse;
/// use useartisan::{DownloadJob, Endpoint, JobId, ListApps, OpenDownload};
///
/// assert_eq!(ListApps::new().body_use(http::StatusCode::OK), BodyUse::Whole);
/// assert_eq!(ListApps::new().body_use(http::StatusCode::NOT_FOUND), BodyUse::Start);
/// let download = OpenDownload::new(DownloadJob::new(JobId::new("5584566b")?));
/// assert_eq!(download.body_use(http::StatusCode::OK), BodyUse::Unread);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyUse {
    /// All of it: more than [`Limits::body`](crate::Limits::body) is an error.
    Whole,
    /// Its beginning: what is over [`Limits::error_body`](crate::Limits::error_body) is not read.
    Start,
    /// Nothing: it is left to the caller.
    Unread,
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

    fn body_use(&self, status: StatusCode) -> BodyUse {
        (**self).body_use(status)
    }

    fn timeouts(&self) -> Timeouts {
        (**self).timeouts()
    }

    fn follows_redirects(&self) -> bool {
        (**self).follows_redirects()
    }
}

/// Any endpoint, with its answer left as it came, of whatever status: the head is given back, and the body is the
/// [`RawExchange`](crate::machine::RawExchange)'s.
#[derive(Clone, Debug)]
pub(crate) struct Unparsed<E>(pub(crate) E);

impl<E: Endpoint> Endpoint for Unparsed<E> {
    type Output = Parts;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        self.0.request(api)
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Parts, Error> {
        Ok(response.into_parts().0)
    }

    fn body_use(&self, _: StatusCode) -> BodyUse {
        BodyUse::Whole
    }

    fn timeouts(&self) -> Timeouts {
        self.0.timeouts()
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
