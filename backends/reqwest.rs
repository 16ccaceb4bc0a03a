//! A backend over `reqwest` 0.13: async, on tokio.

use std::time::Duration;

use ::reqwest::redirect::Policy;
use ::reqwest::{Client, ClientBuilder, retry};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::MapErr;

#[cfg(feature = "rustls")]
use super::tls::Roots;
use super::{NO_TLS, Timed, clock, over_hyper};
use crate::{AsyncBackend, Error, ErrorKind, MaybeSend, Timeouts, TransportError, TransportErrorKind};

/// A backend over a [`reqwest::Client`]. Cheap to clone; clones share connections.
///
/// It needs a tokio runtime with its timer and I/O enabled. It speaks HTTP/1.1, and over TLS HTTP/2 where the server offers
/// it. Besides what the core sends, reqwest adds `accept: */*`.
///
/// Its constructors wrap it in [`Timed`], which adds time-outs to each request. `connect` is the exception: reqwest has one for
/// the whole client. It is 10 seconds, as in [`Timeouts::default`], or what [`configure`](Self::configure) sets as
/// `connect_timeout`. The time it takes to connect also counts as `head`.
///
/// The head of a response may have 400 KiB, and over HTTP/1.1 100 headers, unless `configure` sets another
/// `http2_max_header_list_size` or `http1_max_headers`. More is an error of the kind [`Backend`](ErrorKind::Backend), which
/// is not retried. Over HTTP/2 it is a [`Transport`](ErrorKind::Transport) error, because hyper calls it a protocol error
/// there.
///
/// ```
/// use useartisan::backends::{Timed, reqwest::Reqwest};
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let client = Client::new(api, Reqwest::new()?);
/// # async fn demo(client: Client<Timed<Reqwest>>) -> Result<(), useartisan::Error> {
/// let apps = client.list_apps().send().await?;
/// # Ok(()) }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reqwest(Client);

impl Reqwest {
    /// Makes a client with reqwest's defaults. With the feature `rustls`, it trusts Mozilla's roots.
    ///
    /// # Errors
    /// [`Transport`](ErrorKind::Transport) if reqwest can't be set up.
    pub fn new() -> Result<Timed<Self>, Error> {
        Reqwest::configure(|builder| builder)
    }

    /// Makes a client that trusts these roots alone.
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
    pub fn with_roots(roots: &Roots) -> Result<Timed<Self>, Error> {
        let tls = roots.for_reqwest()?;
        Reqwest::configure(|builder| builder.tls_backend_preconfigured(tls))
    }

    /// Makes a client with your own settings, such as a proxy, a local address, a resolver or `connect_timeout`.
    ///
    /// Redirects, `Referer`, retries and decompression are turned off after `configure` has run. A proxy is used only if it is
    /// set here. With the feature `rustls`, reqwest ignores its own TLS settings; to replace them, pass
    /// [`Roots::client_config`](super::tls::Roots::client_config) to `tls_backend_preconfigured`.
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
    pub fn configure(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Timed<Self>, Error> {
        let builder = Client::builder()
            .no_proxy()
            .connect_timeout(Timeouts::default().connect)
            .http2_max_header_list_size(over_hyper::LARGEST_HEAD);
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
            .map(Reqwest::from_client_unchecked)
            .map_err(|error| Error::new(ErrorKind::Transport, "reqwest cannot be set up").with_source(error))
    }

    /// Uses a client as it is. **Its settings can't be checked**: unless it was built with `redirect(Policy::none())`, it sends
    /// the keys of the API to wherever a redirect points.
    ///
    /// Use [`configure`](Self::configure) if you can.
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
    pub fn from_client_unchecked(client: Client) -> Timed<Self> {
        Timed::new(Reqwest(client))
    }
}

impl AsyncBackend for Reqwest {
    type Body = MapErr<::reqwest::Body, fn(::reqwest::Error) -> TransportError>;

    fn send(
        &self,
        request: Request<Bytes>,
        _: &Timeouts,
    ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>> + MaybeSend {
        // The future of reqwest is smaller than the request, so it is made here and not inside `async`.
        let sending = ::reqwest::Request::try_from(request).map(|request| self.0.execute(request));
        async {
            let response = sending.map_err(failure)?.await.map_err(failure)?;
            Ok(Response::from(response).map(|body: ::reqwest::Body| body.map_err(failure as fn(_) -> _)))
        }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Duration {
        clock::tokio_now()
    }

    fn seed(&self) -> u64 {
        clock::seed()
    }

    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        // If the work panics, the caller notices that there is no result.
        let _ = tokio::task::spawn_blocking(work).await;
    }
}

/// Classifies an error of reqwest's, and removes the URL from it, which may hold a user's id.
///
/// Nothing was sent if reqwest could not build the request, or if `is_connect` is true: hyper-util makes such an error
/// before it has a connection, from what the connector reports (name, TCP, TLS, time-out) or from a failed wait for a
/// connection. A pooled connection passes through neither.
fn failure(error: ::reqwest::Error) -> TransportError {
    let is_https = error.url().is_some_and(|url| url.scheme() == "https");
    if cfg!(not(feature = "rustls")) && is_https && error.is_connect() {
        return TransportError::not_sent(NO_TLS);
    }
    let kind = if error.is_connect() || error.is_builder() {
        TransportErrorKind::NotSent
    } else if over_hyper::is_too_large(&error) {
        return over_hyper::too_large();
    } else if error.is_timeout() {
        TransportErrorKind::TimedOut
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(kind, error.without_url())
}
