//! A backend over `hyper` 1 and the pooled client of hyper-util: async, on tokio.

mod outgoing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use ::hyper::body::Incoming;
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use self::outgoing::Outgoing;
use super::clock;
use super::deadline::{Deadlines, TimedBody, offload, sleep};
#[cfg(feature = "rustls")]
use super::tls::Roots;
use crate::backend::Work;
use crate::{AsyncBackend, Error, Failure, FailureKind, Timeouts};

/// How [`Hyper`] connects unless told otherwise.
#[cfg(feature = "rustls")]
pub type DefaultConnector = hyper_rustls::HttpsConnector<HttpConnector>;

/// How [`Hyper`] connects unless told otherwise.
#[cfg(not(feature = "rustls"))]
pub type DefaultConnector = HttpConnector;

/// A pooled client over hyper that carries calls of this crate. Cheap to clone; clones share connections.
///
/// It is used inside a tokio runtime with its timer and I/O enabled. It speaks HTTP/1.1, and over TLS HTTP/2
/// where the server offers it; without the feature `rustls` it refuses https, as nothing is sent. It adds no
/// header but `host`, and keeps all four [`Timeouts`] for each request.
///
/// ```
/// use useartisan::backends::hyper::Hyper;
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let client = Client::new(api, Hyper::new()?);
/// # async fn demo(client: Client<Hyper>) -> Result<(), useartisan::Error> {
/// let apps = client.list_apps().send().await?;
/// # Ok(()) }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hyper<C = DefaultConnector> {
    client: Client<C, Outgoing>,
    https: bool,
}

impl Hyper {
    /// With the default settings; over TLS, where the feature `rustls` is on, with Mozilla's roots.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), if TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        #[cfg(feature = "rustls")]
        return Hyper::with_roots(&Roots::default());
        #[cfg(not(feature = "rustls"))]
        Ok(Hyper { https: false, ..Hyper::with_connector(HttpConnector::new()) })
    }

    /// With these roots of trust.
    ///
    /// ```
    /// use useartisan::backends::{hyper::Hyper, tls::Roots};
    ///
    /// let backend = Hyper::with_roots(&Roots::mozilla())?; // or a company's own
    /// # let _ = backend;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn with_roots(roots: &Roots) -> Result<Self, Error> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(roots.client_config()?)
            .https_or_http()
            .enable_all_versions()
            .build();
        Ok(Hyper::with_connector(connector))
    }
}

impl<C: Connect + Clone> Hyper<C> {
    /// With a way to connect of yours: other TLS, a proxy, a Unix socket.
    ///
    /// ```
    /// use hyper_util::client::legacy::connect::HttpConnector;
    /// use useartisan::backends::hyper::Hyper;
    ///
    /// let mut connector = HttpConnector::new();
    /// connector.set_local_address(Some([127, 0, 0, 1].into()));
    /// connector.set_nodelay(true);
    /// let backend = Hyper::with_connector(connector);
    /// # let _ = backend;
    /// ```
    #[must_use]
    pub fn with_connector(connector: C) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.retry_canceled_requests(false).timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        Hyper { client: builder.build(connector), https: true }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> AsyncBackend for Hyper<C> {
    type Body = TimedBody<Incoming>;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, Failure> {
        if !self.https && request.uri().scheme() == Some(&Scheme::HTTPS) {
            return Err(Failure::not_sent(
                "https needs the feature `rustls`, or a connector that speaks TLS",
            ));
        }
        let deadlines = Deadlines::begin(timeouts);
        let connected = Arc::new(AtomicBool::new(false));
        let request = request.map(|body| Outgoing::new(body, Arc::clone(&connected)));
        let sending = self.client.request(request);
        let sending = async { sending.await.map_err(failure) };
        let response = deadlines.head(sending, || connected.load(Relaxed)).await?;
        Ok(response.map(|body| deadlines.body(body, Failure::interrupted)))
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

/// A request that was cancelled came back untouched: its connection from the pool had been closed.
fn failure(error: ClientError) -> Failure {
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<::hyper::Error>());
    let kind = match error.is_connect() || source.is_some_and(::hyper::Error::is_canceled) {
        true => FailureKind::NotSent,
        false => FailureKind::Interrupted,
    };
    Failure::new(kind, error)
}
