//! A backend over `reqwest` 0.13: async, on tokio.

use std::time::Duration;

use ::reqwest::redirect::Policy;
use ::reqwest::{Client, ClientBuilder, retry};
use bytes::Bytes;
use http::{Request, Response};

use super::clock;
use super::deadline::{Deadlines, TimedBody, offload, sleep};
#[cfg(feature = "rustls")]
use super::tls::Roots;
use crate::backend::Work;
use crate::{AsyncBackend, Error, ErrorKind, Failure, FailureKind, Timeouts};

/// A [`reqwest::Client`] that carries calls of this crate. Cheap to clone; clones share connections.
///
/// It is used inside a tokio runtime with its timer and I/O enabled. It speaks HTTP/1.1, and over TLS HTTP/2
/// where the server offers it. Besides what the core sends, reqwest adds `accept: */*`.
///
/// Of the [`Timeouts`], reqwest can bound `connect` only for a client as a whole: it is the 10 seconds of
/// [`Timeouts::default`], or what [`configure`](Self::configure) sets. The others are kept for each request, so
/// that `head` also bounds connecting.
///
/// ```
/// use useartisan::backends::reqwest::Reqwest;
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let client = Client::new(api, Reqwest::new()?);
/// # async fn demo(client: Client<Reqwest>) -> Result<(), useartisan::Error> {
/// let apps = client.list_apps().send().await?;
/// # Ok(()) }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reqwest(Client);

impl Reqwest {
    /// With the default settings; over TLS, where the feature `rustls` is on, with Mozilla's roots.
    ///
    /// # Errors
    /// [`Transport`](ErrorKind::Transport), if reqwest cannot set itself up.
    pub fn new() -> Result<Self, Error> {
        Reqwest::configure(|builder| builder)
    }

    /// With these roots of trust.
    ///
    /// ```
    /// use useartisan::backends::{reqwest::Reqwest, tls::Roots};
    ///
    /// let backend = Reqwest::with_roots(&Roots::mozilla())?; // or a company's own
    /// # let _ = backend;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn with_roots(roots: &Roots) -> Result<Self, Error> {
        let tls = roots.for_reqwest()?;
        Reqwest::configure(|builder| builder.tls_backend_preconfigured(tls))
    }

    /// With settings of yours: a proxy, an address to bind to, a resolver, `connect_timeout`.
    ///
    /// What a backend may not do is switched off after `configure` has had its say: redirects, `Referer`, retries,
    /// decompression. A proxy is used only if it is set here. With the feature `rustls`, TLS is set up already,
    /// and reqwest then ignores its own TLS settings, but not a whole `tls_backend_preconfigured`: see
    /// [`Roots::client_config`](super::tls::Roots::client_config).
    ///
    /// ```
    /// use std::time::Duration;
    /// use useartisan::backends::reqwest::Reqwest;
    ///
    /// Reqwest::configure(|builder| builder.connect_timeout(Duration::from_secs(3)))?;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn configure(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Self, Error> {
        let builder = Client::builder().no_proxy().connect_timeout(Timeouts::default().connect);
        #[cfg(feature = "rustls")]
        let builder = builder.tls_backend_preconfigured(Roots::default().for_reqwest()?);
        configure(builder)
            .redirect(Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map(Reqwest)
            .map_err(|error| Error::new(ErrorKind::Transport, "reqwest cannot be set up").with_source(error))
    }

    /// With a finished client, taken as it is. **Nothing here can look into it**: unless it was built with
    /// `redirect(Policy::none())`, it carries the keys of the API to wherever a redirect points.
    ///
    /// Use [`configure`](Self::configure) if at all possible.
    ///
    /// ```
    /// use reqwest::{Client, redirect::Policy};
    /// use useartisan::backends::reqwest::Reqwest;
    ///
    /// # #[cfg(feature = "rustls")]
    /// let client = Client::builder().tls_backend_preconfigured(
    ///     useartisan::backends::tls::Roots::mozilla().client_config()?,
    /// );
    /// # #[cfg(not(feature = "rustls"))]
    /// # let client = Client::builder();
    /// let client = client.redirect(Policy::none()).referer(false).no_proxy().build().unwrap();
    /// let backend = Reqwest::from_client_unchecked(client);
    /// # let _ = backend;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn from_client_unchecked(client: Client) -> Self {
        Reqwest(client)
    }
}

impl AsyncBackend for Reqwest {
    type Body = TimedBody<::reqwest::Body>;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, Failure> {
        let deadlines = Deadlines::begin(timeouts);
        let request = ::reqwest::Request::try_from(request).map_err(failure)?;
        let sending = self.0.execute(request);
        let sending = async { sending.await.map_err(failure) };
        let response: Response<::reqwest::Body> = deadlines.head(sending, || true).await?.into();
        Ok(response.map(|body| deadlines.body(body, failure)))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> Duration {
        clock::now()
    }

    fn seed(&self) -> u64 {
        clock::seed()
    }

    async fn offload(&self, work: Work) {
        offload(work).await;
    }
}

/// The URL is left out of the error: it names the user that was asked for, and the endpoint is named already.
fn failure(error: ::reqwest::Error) -> Failure {
    let kind = if error.is_connect() || error.is_builder() {
        FailureKind::NotSent
    } else if error.is_timeout() {
        FailureKind::TimedOut
    } else {
        FailureKind::Interrupted
    };
    Failure::new(kind, error.without_url())
}
