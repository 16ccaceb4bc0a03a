//! A backend over any `tower::Service` of HTTP requests, with any layers: async, on tokio's timer.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::combinators::MapErr;
use http_body_util::{BodyExt, Full};
use tokio::time::timeout;
use tower_service::Service;

use super::{Timed, clock};
use crate::{AsyncBackend, Timeouts, TransportError, TransportErrorKind};

/// A backend over a tower [`Service`]: any client under layers for limits or traces, or in a test an axum `Router` in
/// place of the server, without a socket.
///
/// It needs a tokio runtime with its timer enabled. Each call clones the service, and waits until the clone is ready.
///
/// The constructors wrap it in [`Timed`], which keeps the [`Timeouts`]. Here `connect` bounds the wait until the service is
/// ready, for example for a free place under a limit. The time that the service takes to connect counts as `head`. A
/// layer's own time-out ends a call as well.
///
/// **Layers must keep the rules of [`AsyncBackend`] too.** A layer that follows redirects sends the keys wherever a
/// redirect points, one that repeats requests may start a job twice, and one that decompresses hides the real response.
///
/// ```
/// use bytes::Bytes;
/// use http_body_util::Full;
/// use useartisan::backends::tower::Tower;
/// use useartisan::{Api, Client, Credentials};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), useartisan::Error> {
/// let service = tower::service_fn(async |_: http::Request<Full<Bytes>>| {
///     Ok::<_, std::io::Error>(http::Response::new(r#"{"apps":[{"id":"1","name":"Demo"}]}"#.to_owned()))
/// });
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, Tower::new(service));
/// assert_eq!(client.list_apps().send().await?[0].name(), "Demo");
/// # Ok(()) }
/// ```
pub struct Tower<S, B = Full<Bytes>> {
    service: S,
    kind: fn(&(dyn Error + 'static)) -> TransportErrorKind,
    body: PhantomData<fn(Bytes) -> B>,
}

impl<S, B> Tower<S, B>
where
    S: Service<Request<B>>,
{
    /// Wraps a service. Each of its errors counts as [`Interrupted`](TransportErrorKind::Interrupted), which is the safe
    /// kind: the server may have acted on the request, so a POST is not sent again.
    ///
    /// If the service accepts several body types, name one: `Tower::<_, Full<Bytes>>::new(router)`.
    #[must_use]
    pub fn new(service: S) -> Timed<Self>
    where
        Self: AsyncBackend<Body: Unpin> + 'static,
    {
        Tower::with_kinds(service, |_| TransportErrorKind::Interrupted)
    }

    /// Wraps a service, and classifies its errors: `kind` can tell a refused connection from a broken one. A service that
    /// fails before it is ready is always [`NotSent`](TransportErrorKind::NotSent), because it has no request yet.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use hyper_util::client::legacy::{Client, Error};
    /// use hyper_util::rt::TokioExecutor;
    /// use useartisan::{TransportErrorKind, backends::tower::Tower};
    ///
    /// let client = Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http::<Full<Bytes>>();
    /// let backend = Tower::with_kinds(client, |error| match error.downcast_ref::<Error>() {
    ///     Some(error) if error.is_connect() => TransportErrorKind::NotSent,
    ///     _ => TransportErrorKind::Interrupted,
    /// });
    /// # let _: &dyn std::fmt::Debug = &backend;
    /// ```
    #[must_use]
    pub fn with_kinds(service: S, kind: fn(&(dyn Error + 'static)) -> TransportErrorKind) -> Timed<Self>
    where
        Self: AsyncBackend<Body: Unpin> + 'static,
    {
        Timed::new(Tower { service, kind, body: PhantomData })
    }
}

impl<S, B, R> AsyncBackend for Tower<S, B>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + Sync,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: From<Bytes> + Send,
    R: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send,
{
    type Body = MapErr<Pin<Box<R>>, fn(R::Error) -> TransportError>;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        // A clone that was not polled to readiness must not be called.
        let mut service = self.service.clone();
        match timeout(timeouts.connect, poll_fn(|cx| service.poll_ready(cx))).await {
            Ok(ready) => ready.map_err(TransportError::not_sent)?,
            Err(_) => return Err(TransportError::not_sent("the service was not ready within `connect`")),
        }
        let response = service.call(request.map(B::from)).await.map_err(|error| {
            let error = error.into();
            TransportError::new((self.kind)(&*error), error)
        })?;
        Ok(response.map(|body| {
            Box::pin(body).map_err(TransportError::interrupted as fn(R::Error) -> TransportError)
        }))
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

impl<S, B> fmt::Debug for Tower<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tower").finish_non_exhaustive()
    }
}
