//! Backends whose type is hidden, so that `Client` needs no type parameter.

use std::fmt;
use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};

use super::{AsyncBackend, BlockingBackend, MaybeSend};
use crate::options::Timeouts;
use crate::transport_error::TransportError;

#[cfg(not(target_family = "wasm"))]
mod bounds {
    use super::*;
    pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
    pub(super) type BoxBody = Pin<Box<dyn super::DynBody + Send>>;
    pub(super) type ArcAsync = Arc<dyn super::DynAsync + Send + Sync>;
}

#[cfg(target_family = "wasm")]
mod bounds {
    use super::*;
    pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
    pub(super) type BoxBody = Pin<Box<dyn super::DynBody>>;
    pub(super) type ArcAsync = Arc<dyn super::DynAsync>;
}

use bounds::{ArcAsync, BoxBody, BoxFuture};

/// Any async backend. Cheap to clone.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{Client, BoxedBackend};
///
/// let fake = FakeArtisan::with_sample_data();
/// let client: Client = Client::new(fake.api(), BoxedBackend::new(fake)); // as `boxed` makes it
/// assert_eq!(client.list_apps().send().await?.len(), 2);
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct BoxedBackend(ArcAsync);

/// Any blocking backend. Cheap to clone.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{Client, BoxedBlockingBackend};
///
/// let fake = FakeArtisan::with_sample_data();
/// let client = Client::new(fake.api(), BoxedBlockingBackend::new(fake)); // as `boxed_blocking` makes it
/// assert_eq!(client.list_apps().send_blocking()?.len(), 2);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct BoxedBlockingBackend(Arc<dyn DynBlocking + Send + Sync>);

/// The response body of a [`BoxedBackend`]. It is `Send` but not `Sync`, because a backend's body need not be `Sync`.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::BoxedBody;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{Download, JobStatus};
///
/// let client = FakeArtisan::with_sample_data().client().boxed();
/// let job = client.list_jobs().status(JobStatus::Complete).send().await?.remove(0);
/// let download: Download<BoxedBody> = client.download_job(&job).open().await?;
/// assert!(download.bytes(1 << 20).await?.starts_with(b"{"));
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
pub struct BoxedBody(BoxBody);

impl BoxedBackend {
    /// Hides the type of a backend.
    pub fn new<B: AsyncBackend<Body: 'static> + 'static>(backend: B) -> Self {
        BoxedBackend(Arc::new(backend))
    }
}

impl BoxedBlockingBackend {
    /// Hides the type of a backend.
    pub fn new<B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static>(backend: B) -> Self {
        BoxedBlockingBackend(Arc::new(backend))
    }
}

/// The object-safe form of [`AsyncBackend`].
trait DynAsync {
    fn dyn_send<'a>(
        &'a self,
        request: Request<Bytes>,
        timeouts: &'a Timeouts,
    ) -> BoxFuture<'a, Result<Response<BoxedBody>, TransportError>>;
    fn dyn_sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
    fn dyn_now(&self) -> Duration;
    fn dyn_seed(&self) -> u64;
    fn dyn_offload(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'_, ()>;
}

impl<B: AsyncBackend<Body: 'static>> DynAsync for B {
    fn dyn_send<'a>(
        &'a self,
        request: Request<Bytes>,
        timeouts: &'a Timeouts,
    ) -> BoxFuture<'a, Result<Response<BoxedBody>, TransportError>> {
        Box::pin(async move {
            let response = self.send(request, timeouts).await?;
            Ok(response.map(|body| BoxedBody(Box::pin(body))))
        })
    }

    fn dyn_sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.sleep(duration))
    }

    fn dyn_now(&self) -> Duration {
        self.now()
    }

    fn dyn_seed(&self) -> u64 {
        self.seed()
    }

    fn dyn_offload(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'_, ()> {
        Box::pin(self.offload(work))
    }
}

impl AsyncBackend for BoxedBackend {
    type Body = BoxedBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<BoxedBody>, TransportError> {
        self.0.dyn_send(request, timeouts).await
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.0.dyn_sleep(duration)
    }

    fn now(&self) -> Duration {
        self.0.dyn_now()
    }

    fn seed(&self) -> u64 {
        self.0.dyn_seed()
    }

    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + MaybeSend {
        self.0.dyn_offload(work)
    }
}

/// A body whose errors are already [`TransportError`]s.
trait DynBody {
    fn dyn_poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>>;
    fn dyn_is_end_stream(&self) -> bool;
    fn dyn_size_hint(&self) -> SizeHint;
}

impl<B: Body<Data = Bytes, Error: Into<TransportError>>> DynBody for B {
    fn dyn_poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.poll_frame(cx).map_err(Into::into)
    }

    fn dyn_is_end_stream(&self) -> bool {
        self.is_end_stream()
    }

    fn dyn_size_hint(&self) -> SizeHint {
        self.size_hint()
    }
}

impl Body for BoxedBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.0.as_mut().dyn_poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.dyn_is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.dyn_size_hint()
    }
}

/// The object-safe form of [`BlockingBackend`].
trait DynBlocking {
    fn dyn_send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Box<dyn Read + Send>>, TransportError>;
    fn dyn_sleep(&self, duration: Duration);
    fn dyn_now(&self) -> Duration;
    fn dyn_seed(&self) -> u64;
}

impl<B: BlockingBackend<Body: Send + 'static>> DynBlocking for B {
    fn dyn_send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Box<dyn Read + Send>>, TransportError> {
        Ok(self.send(request, timeouts)?.map(|body| Box::new(body) as Box<dyn Read + Send>))
    }

    fn dyn_sleep(&self, duration: Duration) {
        self.sleep(duration);
    }

    fn dyn_now(&self) -> Duration {
        self.now()
    }

    fn dyn_seed(&self) -> u64 {
        self.seed()
    }
}

impl BlockingBackend for BoxedBlockingBackend {
    type Body = Box<dyn Read + Send>;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        self.0.dyn_send(request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        self.0.dyn_sleep(duration);
    }

    fn now(&self) -> Duration {
        self.0.dyn_now()
    }

    fn seed(&self) -> u64 {
        self.0.dyn_seed()
    }
}

impl fmt::Debug for BoxedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxedBackend")
    }
}

impl fmt::Debug for BoxedBlockingBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxedBlockingBackend")
    }
}

impl fmt::Debug for BoxedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxedBody")
    }
}
