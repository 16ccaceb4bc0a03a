//! The trait of an endpoint.

use bytes::Bytes;
use http::{Request, Response};

use crate::api::Api;
use crate::error::Error;
use crate::options::Timeouts;

/// A call of the API: how to build its request and read its answer, without any I/O.
///
/// You can implement it for endpoints that this crate does not know. The last two methods have defaults that suit nearly
/// every endpoint:
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
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// assert_eq!(call.request(&api).uri().path(), "/public/api/apps/557ade8b/users/count");
/// assert_eq!(call.parse(Response::new("42"))?, 42);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an endpoint of the API",
    note = "those of useartisan are `ListApps`, `GetProfile`, …; for your own call, implement `Endpoint`"
)]
pub trait Endpoint {
    /// The output of a successful call.
    type Output;

    /// The endpoint's name in errors, such as `get_profile`.
    fn name(&self) -> &'static str;

    /// Builds the request. This cannot fail, because every argument was checked when it was made.
    fn request(&self, api: &Api) -> Request<Bytes>;

    /// Reads the answer, of any status.
    ///
    /// # Errors
    /// Each names this endpoint and the status.
    /// - [`Rejected`](crate::ErrorKind::Rejected), [`NotFound`](crate::ErrorKind::NotFound) or
    ///   [`AccessDenied`](crate::ErrorKind::AccessDenied) for a failure that the service reports, and for a status that is
    ///   neither 2xx nor 3xx.
    /// - [`Redirect`](crate::ErrorKind::Redirect) for a 3xx.
    /// - [`ContentCoding`](crate::ErrorKind::ContentCoding) for a compressed body.
    /// - [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody), with the position, for any other body.
    ///
    /// This method does not know the keys, so its errors may hold a key that the server echoed.
    /// [`Api::parse`](crate::Api::parse) and [`Client`](crate::Client) replace such keys.
    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Self::Output, Error>;

    /// The time-outs of an attempt, unless the call's options set others.
    fn timeouts(&self) -> Timeouts {
        Timeouts::default()
    }

    /// Whether redirects are followed instead of reported. Of this crate's endpoints, only a download follows them.
    ///
    /// At most 3 are followed, and only to https, or to loopback from a loopback base URL. A request to another origin than
    /// the base URL's has no header of the [`Api`].
    fn follows_redirects(&self) -> bool {
        false
    }
}

impl Api {
    /// Reads an answer like [`Endpoint::parse`], and replaces the keys of this `Api` in errors.
    ///
    /// ```
    /// use useartisan::{Api, Credentials, ListApps};
    ///
    /// let api = Api::new("https://artisan.example", Credentials::new("public", "a-secret-key")?)?;
    /// let echo = http::Response::builder().status(500).body("Debug: token is a-secret-key").unwrap();
    /// let error = api.parse(&ListApps::new(), echo).unwrap_err();
    /// assert!(!String::from_utf8_lossy(error.body()).contains("a-secret-key"));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Endpoint::parse`].
    pub fn parse<E: Endpoint, B: AsRef<[u8]>>(
        &self,
        call: &E,
        response: Response<B>,
    ) -> Result<E::Output, Error> {
        let (head, body) = response.into_parts();
        call.parse(Response::from_parts(head, body.as_ref())).map_err(|error| error.without(self.keys()))
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
    use std::time::Duration;

    use super::*;

    struct Ping {
        follows: bool,
    }

    impl Endpoint for Ping {
        type Output = ();

        fn name(&self) -> &'static str {
            "ping"
        }

        fn request(&self, api: &Api) -> Request<Bytes> {
            api.path("/ping").get()
        }

        fn parse<B: AsRef<[u8]>>(&self, _: Response<B>) -> Result<(), Error> {
            Ok(())
        }

        fn timeouts(&self) -> Timeouts {
            Timeouts::default().with_total(Duration::from_secs(5))
        }

        fn follows_redirects(&self) -> bool {
            self.follows
        }
    }

    /// A reference to an endpoint is an endpoint with the same settings.
    #[test]
    fn a_reference_forwards() {
        fn settings(endpoint: impl Endpoint) -> (&'static str, u64, bool) {
            (endpoint.name(), endpoint.timeouts().total.as_secs(), endpoint.follows_redirects())
        }
        for follows in [false, true] {
            assert_eq!(settings(&Ping { follows }), ("ping", 5, follows));
        }
    }
}
