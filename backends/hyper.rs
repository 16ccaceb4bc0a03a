//! A backend over `hyper` 1 and the pooled client of hyper-util: async, on tokio.

mod outgoing;

use std::time::Duration;

use ::hyper::body::Incoming;
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use self::outgoing::Outgoing;
#[cfg(feature = "rustls")]
use super::tls::Roots;
use super::{ConnectedFlag, Timed, clock};
use crate::{AsyncBackend, Error, MaybeSend, Timeouts, TransportError, TransportErrorKind};

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
/// header but `host`.
///
/// It keeps no time-outs, so its constructors return it under [`Timed`], which keeps all four for each request.
///
/// ```
/// use useartisan::backends::{Timed, hyper::Hyper};
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let client = Client::new(api, Hyper::new()?);
/// # async fn demo(client: Client<Timed<Hyper>>) -> Result<(), useartisan::Error> {
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
    pub fn new() -> Result<Timed<Self>, Error> {
        #[cfg(feature = "rustls")]
        return Hyper::with_roots(&Roots::default());
        #[cfg(not(feature = "rustls"))]
        Ok(Hyper { https: false, ..Hyper::over(HttpConnector::new()) }.timed())
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
    pub fn with_roots(roots: &Roots) -> Result<Timed<Self>, Error> {
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
    pub fn with_connector(connector: C) -> Timed<Self> {
        Hyper::over(connector).timed()
    }

    fn over(connector: C) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.retry_canceled_requests(false).timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        Hyper { client: builder.build(connector), https: true }
    }

    fn timed(self) -> Timed<Self> {
        Timed::new(self).keep_connect()
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> AsyncBackend for Hyper<C> {
    type Body = Incoming;

    fn send(
        &self,
        mut request: Request<Bytes>,
        _: &Timeouts,
    ) -> impl Future<Output = Result<Response<Incoming>, TransportError>> + MaybeSend {
        let can_send = self.https || request.uri().scheme() != Some(&Scheme::HTTPS);
        let connected = request.extensions_mut().remove::<ConnectedFlag>().unwrap_or_default();
        let request = request.map(|body| Outgoing::new(body, connected));
        // Begun at once, so that what is moved on is hyper's own future, and not the request.
        let sending = can_send.then(|| self.client.request(request));
        async {
            let Some(sending) = sending else {
                let reason = "https needs the feature `rustls`, or a connector that speaks TLS";
                return Err(TransportError::not_sent(reason));
            };
            sending.await.map_err(failure)
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
        // Work that panics ends there: whoever waits for its result learns that there is none.
        let _ = tokio::task::spawn_blocking(work).await;
    }
}

/// For what reading a body reports.
impl From<::hyper::Error> for TransportError {
    fn from(error: ::hyper::Error) -> Self {
        TransportError::interrupted(error)
    }
}

/// A request that was cancelled came back untouched: its connection from the pool had been closed.
fn failure(error: ClientError) -> TransportError {
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<::hyper::Error>());
    let kind = match error.is_connect() || source.is_some_and(::hyper::Error::is_canceled) {
        true => TransportErrorKind::NotSent,
        false => TransportErrorKind::Interrupted,
    };
    TransportError::new(kind, error)
}
