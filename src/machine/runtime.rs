//! One trait for both kinds of backend, so that the code over them is written once.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use super::{JobNotifier, ReadBody};
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::headers::content_length;
use crate::options::Timeouts;
use crate::transport_error::TransportError;

/// What a call needs of a backend. The futures have no bound: they are `Send` if the backend's are.
pub(crate) trait Runtime: Offload {
    type Body: Body<Data = Bytes, Error: Into<TransportError>>;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>>;

    /// Waits for this long, or until the notification.
    fn sleep(&self, duration: Duration, notifier: Option<&JobNotifier>) -> impl Future<Output = ()>;

    fn now(&self) -> Duration;

    fn seed(&self) -> u64;
}

/// Where work runs that blocks on a file.
pub(crate) trait Offload {
    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()>;
}

/// An async backend.
pub(crate) struct Async<'a, B>(pub(crate) &'a B);

/// A blocking backend, whose futures are ready at the first poll. Work on files needs no backend, so `B` has no bound.
pub(crate) struct Blocking<'a, B>(pub(crate) &'a B);

impl<B: AsyncBackend> Runtime for Async<'_, B> {
    type Body = B::Body;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> impl Future<Output = Result<Response<B::Body>, TransportError>> {
        self.0.send(request, timeouts)
    }

    async fn sleep(&self, duration: Duration, notifier: Option<&JobNotifier>) {
        let mut slept = pin!(self.0.sleep(duration));
        poll_fn(|cx| match notifier.map(|notifier| notifier.poll_take(cx)) {
            Some(Poll::Ready(())) => Poll::Ready(()),
            _ => slept.as_mut().poll(cx),
        })
        .await;
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn seed(&self) -> u64 {
        self.0.seed()
    }
}

impl<B: AsyncBackend> Offload for Async<'_, B> {
    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> {
        self.0.offload(work)
    }
}

/// How late a blocking wait may notice a notification.
const SLICE: Duration = Duration::from_millis(100);

impl<B: BlockingBackend> Runtime for Blocking<'_, B> {
    type Body = ReadBody<B::Body>;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        let (head, body) = self.0.send(request, timeouts)?.into_parts();
        let length = content_length(&head.headers);
        Ok(Response::from_parts(head, ReadBody::new(body, length)))
    }

    async fn sleep(&self, duration: Duration, notifier: Option<&JobNotifier>) {
        let Some(notifier) = notifier else { return self.0.sleep(duration) };
        let mut left = duration;
        while !left.is_zero() && !notifier.take() {
            let slice = left.min(SLICE);
            self.0.sleep(slice);
            left -= slice;
        }
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn seed(&self) -> u64 {
        self.0.seed()
    }
}

impl<B> Offload for Blocking<'_, B> {
    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}
