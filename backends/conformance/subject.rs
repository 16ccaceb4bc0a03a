//! The backend under test, async or blocking, behind one type.

use std::future::poll_fn;
use std::io::{ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use crate::BoxedBody;
use crate::backends::ThreadSleep;
use crate::{AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend, Timeouts, TransportError};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The backend under test. Futures over a blocking backend block.
#[derive(Clone)]
pub(super) enum Subject {
    Async(BoxedBackend),
    Blocking(BoxedBlockingBackend),
}

/// An unread body.
pub(super) enum Unread {
    Async(BoxedBody),
    Blocking(Box<dyn Read + Send>),
}

impl Subject {
    pub(super) async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Unread>, TransportError> {
        Ok(match self {
            Subject::Async(backend) => backend.send(request, timeouts).await?.map(Unread::Async),
            Subject::Blocking(backend) => {
                backend.send(request, timeouts)?.map(|body| Unread::Blocking(Box::new(body)))
            }
        })
    }

    pub(super) async fn sleep(&self, duration: Duration) {
        match self {
            Subject::Async(backend) => backend.sleep(duration).await,
            Subject::Blocking(backend) => backend.sleep(duration),
        }
    }

    pub(super) fn now(&self) -> Duration {
        match self {
            Subject::Async(backend) => backend.now(),
            Subject::Blocking(backend) => backend.now(),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        match self {
            Subject::Async(backend) => backend.seed(),
            Subject::Blocking(backend) => backend.seed(),
        }
    }

    /// Does nothing if the backend is blocking.
    pub(super) async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        if let Subject::Async(backend) = self {
            backend.offload(work).await;
        }
    }

    /// Runs several calls at once: in one task if the backend is async, and in threads if it blocks.
    pub(super) async fn at_once<T: Send>(&self, mut uses: Vec<BoxFuture<'_, T>>) -> Vec<T> {
        if let Subject::Blocking(_) = self {
            return thread::scope(|scope| {
                let running: Vec<_> = uses.into_iter().map(|one| scope.spawn(|| block_on(one))).collect();
                running.into_iter().filter_map(|thread| thread.join().ok()).collect()
            });
        }
        let mut results = Vec::new();
        poll_fn(|cx| {
            uses.retain_mut(|one| match one.as_mut().poll(cx) {
                Poll::Ready(result) => {
                    results.push(result);
                    false
                }
                Poll::Pending => true,
            });
            if uses.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        results
    }
}

impl Unread {
    /// Reads the rest.
    pub(super) async fn whole(&mut self) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// Reads a blocking body after its end. An async body must not be polled then.
    pub(super) fn after_end(&mut self) -> Result<Option<Bytes>, TransportError> {
        match self {
            Unread::Blocking(body) => blocking_piece(body),
            Unread::Async(_) => Ok(None),
        }
    }

    /// Reads the next piece; `None` at the end.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        match self {
            Unread::Blocking(body) => blocking_piece(body),
            Unread::Async(body) => loop {
                match poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await.transpose()? {
                    None => return Ok(None),
                    Some(frame) => match frame.into_data() {
                        Ok(data) if !data.is_empty() => return Ok(Some(data)),
                        _ => {}
                    },
                }
            },
        }
    }
}

fn blocking_piece(body: &mut impl Read) -> Result<Option<Bytes>, TransportError> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(length) => {
                buffer.truncate(length);
                return Ok(Some(buffer.into()));
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits by a thread, because the backend's own `sleep` is under test.
pub(super) async fn wait(duration: Duration) {
    ThreadSleep::new(duration).await;
}

/// Waits for a condition for at most five seconds. Returns whether it became true.
pub(super) async fn comes_true(holds: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !holds() {
        if began.elapsed() > Duration::from_secs(5) {
            return false;
        }
        wait(Duration::from_millis(2)).await;
    }
    true
}

/// Runs a future until a condition is true, and then drops it. Returns its output if it ended first.
pub(super) async fn run_until<T>(future: impl Future<Output = T>, over: impl Fn() -> bool) -> Option<T> {
    let (mut future, mut over) = (pin!(future), pin!(comes_true(over)));
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => over.as_mut().poll(cx).map(|_| None),
    })
    .await
}

/// Turns a panic of the backend into a finding.
pub(super) async fn caught(mut future: BoxFuture<'_, Result<(), String>>) -> Result<(), String> {
    poll_fn(|cx| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why");
            Poll::Ready(Err(format!("a panic: {text}")))
        })
    })
    .await
}

/// Runs a future on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}
