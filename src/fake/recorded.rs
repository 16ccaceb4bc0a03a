//! The requests that the fake received.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};

use crate::redact::redacted;

/// A request that has reached the fake. `Display` and `Debug` leave the secrets out, as [`redacted`] does.
///
/// ```
/// use useartisan::fake::{FakeArtisan, Recorded};
///
/// let fake = FakeArtisan::with_sample_data();
/// fake.client().list_apps().send_blocking()?;
/// let request: Recorded = fake.last_request().unwrap();
/// assert_eq!((request.endpoint(), request.line().as_str()), (Some("list_apps"), "GET /public/api/apps"));
/// assert!(request.headers().contains_key("public-api-key"));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct Recorded {
    endpoint: Option<&'static str>,
    request: Request<Bytes>,
}

impl Recorded {
    pub(super) fn new(endpoint: Option<&'static str>, request: Request<Bytes>) -> Self {
        Recorded { endpoint, request }
    }

    /// The endpoint, named by its method: `get_profile`. `None` if the service has no such endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static str> {
        self.endpoint
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The target as it was sent: a whole URI in memory, or a path and a query over a socket.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        self.request.uri()
    }

    /// Method, path and query: `GET /public/api/jobs?status=COMPLETE`.
    #[must_use]
    pub fn line(&self) -> String {
        let target = self.uri().path_and_query().map_or("/", |target| target.as_str());
        format!("{} {target}", self.method())
    }

    /// The headers, the secrets among them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.request.body()
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(&self.request).fmt(f)
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(&self.request).fmt(f)
    }
}
