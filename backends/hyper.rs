//! A backend over `hyper` 1 and the pooled client of hyper-util: async, on tokio.

mod connect;

use std::error::Error as _;
use std::time::Duration;

use ::hyper::body::Incoming;
use ::hyper::rt::{Read, Write};
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::combinators::MapErr;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use self::connect::{CONNECT, InTime};
#[cfg(feature = "rustls")]
use super::tls::Roots;
use super::{NO_TLS, Timed, clock, over_hyper};
use crate::{AsyncBackend, Error, MaybeSend, Timeouts, TransportError};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The connector of [`Hyper::new`].
#[cfg(feature = "rustls")]
pub type DefaultConnector = hyper_rustls::HttpsConnector<HttpConnector>;

/// The connector of [`Hyper::new`].
#[cfg(not(feature = "rustls"))]
pub type DefaultConnector = HttpConnector;

/// A backend over the pooled client of hyper-util. Cheap to clone; clones share connections.
///
/// It needs a tokio runtime with its timer and I/O enabled. It speaks HTTP/1.1, and over TLS HTTP/2 where the server offers
/// it. It adds no header but `host`. Without the feature `rustls` it refuses https, and sends nothing.
///
/// Its constructors wrap it in [`Timed`], because hyper has no time-outs. `connect` is kept here. The default connector gives
/// the addresses of a name 10 seconds together, so that one which never answers does not use up `connect` alone.
///
/// The head of a response may have 400 KiB, and over HTTP/1.1 100 headers. More is an error of the kind
/// [`Backend`](crate::ErrorKind::Backend), which is not retried. Over HTTP/2 it is a
/// [`Transport`](crate::ErrorKind::Transport) error, because hyper calls it a protocol error there.
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
    client: Client<InTime<C>, Full<Bytes>>,
    https: bool,
}

impl Hyper {
    /// Makes a client with the default settings. With the feature `rustls`, it trusts Mozilla's roots.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if TLS can't be set up.
    pub fn new() -> Result<Timed<Self>, Error> {
        #[cfg(feature = "rustls")]
        return Hyper::with_roots(&Roots::default());
        #[cfg(not(feature = "rustls"))]
        Ok(Timed::new(Hyper { https: false, ..Hyper::over(tcp(GaiResolver::new())) }))
    }

    /// Makes a client that trusts these roots alone.
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
        let mut tcp = tcp(GaiResolver::new());
        tcp.enforce_http(false);
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(roots.client_config()?)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        Ok(Hyper::with_connector(connector))
    }
}

impl<C> Hyper<C>
where
    C: Service<Uri, Response: Connection + Read + Write + Send + Unpin, Future: Send, Error: Into<BoxError>>,
    C: Clone + Send + Sync + 'static,
{
    /// Makes a client with your own connector: for other TLS settings, a proxy or a Unix socket.
    ///
    /// Give an `HttpConnector` a connect time-out, as here. Without one, the first address of a name may use up `connect`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hyper_util::client::legacy::connect::HttpConnector;
    /// use useartisan::backends::hyper::Hyper;
    ///
    /// let mut connector = HttpConnector::new();
    /// connector.set_local_address(Some([127, 0, 0, 1].into()));
    /// connector.set_connect_timeout(Some(Duration::from_secs(10))); // shared among the addresses of a name
    /// let backend = Hyper::with_connector(connector);
    /// # let _ = backend;
    /// ```
    #[must_use]
    pub fn with_connector(connector: C) -> Timed<Self> {
        Timed::new(Hyper::over(connector))
    }

    fn over(connector: C) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.retry_canceled_requests(false).timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        builder.http2_max_header_list_size(over_hyper::LARGEST_HEAD);
        Hyper { client: builder.build(InTime(connector)), https: true }
    }
}

impl<C> AsyncBackend for Hyper<C>
where
    C: Service<Uri, Response: Connection + Read + Write + Send + Unpin, Future: Send, Error: Into<BoxError>>,
    C: Clone + Send + Sync + 'static,
{
    type Body = MapErr<Incoming, fn(::hyper::Error) -> TransportError>;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>> + MaybeSend {
        let can_send = self.https || request.uri().scheme() != Some(&Scheme::HTTPS);
        // The future of hyper-util is smaller than the request, so it is made here and not inside `async`.
        let sending =
            can_send.then(|| CONNECT.scope(timeouts.connect, self.client.request(request.map(Full::new))));
        async move {
            let Some(sending) = sending else {
                return Err(TransportError::not_sent(NO_TLS));
            };
            let response = sending.await.map_err(failure)?;
            Ok(response.map(|body| body.map_err(TransportError::interrupted as fn(_) -> _)))
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

/// Classifies an error of hyper-util's.
///
/// Nothing was sent if `is_connect` is true: hyper-util makes such an error before it has a connection, from what the
/// connector reports or from a failed wait for a connection. A pooled connection passes through neither. If it dies, hyper may
/// say that the request was not written, but that is no proof.
fn failure(error: ClientError) -> TransportError {
    if error.is_connect() {
        TransportError::not_sent(error)
    } else if error.source().is_some_and(over_hyper::is_too_large) {
        over_hyper::too_large()
    } else {
        TransportError::interrupted(error)
    }
}

/// A connector over TCP. hyper-util divides its time-out by the number of a name's addresses.
fn tcp<R>(resolver: R) -> HttpConnector<R> {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.set_connect_timeout(Some(Timeouts::default().connect));
    tcp
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::net::SocketAddr;

    use hyper_util::client::legacy::connect::dns::Name;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::{Instant, timeout};
    use tower::service_fn;

    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    /// A listener that swallows packets: its backlog is full. It does so as long as what this returns lives.
    async fn swallowing() -> (SocketAddr, impl Sized) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
            waiting.push(stream.unwrap());
        }
        (address, (listener, waiting))
    }

    /// Promise 28, case W6: an address that never answers leaves the next one its share of `connect`.
    #[tokio::test(start_paused = true)]
    async fn each_address_of_a_name_has_its_share_of_the_time() {
        let good = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (silent, _kept) = swallowing().await;
        let addresses = [silent, good.local_addr().unwrap()];
        let resolver = service_fn(move |_: Name| async move { Ok::<_, Infallible>(addresses.into_iter()) });
        let backend = Hyper::with_connector(tcp(resolver));
        let answering = tokio::spawn(async move {
            let (mut stream, _) = good.accept().await.unwrap();
            assert_ne!(stream.read(&mut [0; 1024]).await.unwrap(), 0);
            stream.write_all(ANSWER).await.unwrap();
            stream
        });

        let start = Instant::now();
        let request = Request::get("http://two.addresses.test/").body(Bytes::new()).unwrap();
        let response = backend.send(request, &Timeouts::default()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(start.elapsed().as_secs(), 5, "half of the 10 seconds");
        drop(answering.await.unwrap());
    }
}
