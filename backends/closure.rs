//! Closures as backends: a few lines around whatever HTTP stack there is.

use std::fmt;
use std::io::Read;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use super::ThreadSleep;
use super::clock;
use crate::{AsyncBackend, BlockingBackend, Timeouts, TransportError};
use crate::{MaybeSend, MaybeSync};

/// Makes a blocking backend of a closure that sends a request and returns its response.
///
/// The closure is bound by what [`BlockingBackend`](crate::BlockingBackend) asks of a backend: it follows no redirect, gives every
/// status as a response, and keeps the [`Timeouts`]. The response's body is read as it comes. Waiting is
/// `std::thread::sleep`. For a client without time-outs there is [`Deadline`](super::Deadline).
///
/// ```
/// use useartisan::{Api, Client, Credentials, backends};
///
/// let backend = backends::from_fn(|request, _timeouts| {
///     assert_eq!(request.uri().path(), "/public/api/apps");
///     Ok(http::Response::new(&br#"{"apps":[]}"#[..])) // send it instead
/// });
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, backend);
/// assert!(client.list_apps().send_blocking()?.is_empty());
/// # Ok::<(), useartisan::Error>(())
/// ```
pub fn from_fn<F, R>(send: F) -> BlockingFn<F>
where
    F: Fn(Request<Bytes>, Timeouts) -> Result<Response<R>, TransportError>,
    R: Read,
{
    BlockingFn { send, clock: clock::now }
}

/// Makes an async backend of a closure that sends a request and returns a future of its response.
///
/// What holds for [`from_fn`] holds here. The closure runs under any executor. Waiting takes a thread for as long
/// as it lasts, unless the executor's own timer is given by [`with_sleep`](AsyncFn::with_sleep). A download is
/// saved by file work on the spot.
///
/// ```
/// use useartisan::{Api, Client, Credentials, backends};
///
/// let backend = backends::from_async_fn(|request, _timeouts| async move {
///     assert_eq!(request.uri().path(), "/public/api/apps");
///     Ok(http::Response::new(String::from(r#"{"apps":[]}"#))) // send it instead
/// });
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, backend);
/// assert!(pollster::block_on(client.list_apps().send())?.is_empty());
/// # Ok::<(), useartisan::Error>(())
/// ```
pub fn from_async_fn<F, A, B>(send: F) -> AsyncFn<F>
where
    F: Fn(Request<Bytes>, Timeouts) -> A + MaybeSync,
    A: Future<Output = Result<Response<B>, TransportError>> + MaybeSend,
    B: Body<Data = Bytes, Error: Into<TransportError>> + MaybeSend,
{
    AsyncFn { send, sleep: DEFAULT_SLEEP, clock: clock::now }
}

/// How an [`AsyncFn`] waits unless told otherwise.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type DefaultSleep = fn(Duration) -> ThreadSleep;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
const DEFAULT_SLEEP: DefaultSleep = ThreadSleep::new;

/// How an [`AsyncFn`] waits unless told otherwise: where there are no threads, it has to be told.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type DefaultSleep = ();
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
const DEFAULT_SLEEP: DefaultSleep = ();

/// A blocking backend made of a closure, see [`from_fn`].
///
/// ```
/// use std::time::Duration;
/// use useartisan::{BlockingBackend, TransportError, backends};
///
/// let backend = backends::from_fn(|_, _| Err::<http::Response<&[u8]>, _>(TransportError::not_sent("no route")))
///     .with_clock(|| Duration::from_secs(7));
/// assert_eq!(backend.now(), Duration::from_secs(7));
/// ```
#[derive(Clone)]
pub struct BlockingFn<F> {
    send: F,
    clock: fn() -> Duration,
}

/// An async backend made of a closure, see [`from_async_fn`].
///
/// ```
/// use std::time::Duration;
/// use useartisan::{AsyncBackend, TransportError, backends};
///
/// let no_route = |_, _| async { Err::<http::Response<String>, _>(TransportError::not_sent("no route")) };
/// let backend = backends::from_async_fn(no_route)
///     .with_sleep(tokio::time::sleep)
///     .with_clock(|| Duration::from_secs(7));
/// assert_eq!(backend.now(), Duration::from_secs(7));
/// ```
#[derive(Clone)]
pub struct AsyncFn<F, S = DefaultSleep> {
    send: F,
    sleep: S,
    clock: fn() -> Duration,
}

impl<F> BlockingFn<F> {
    /// Takes the time from a clock of yours, monotonic from any origin, instead of `std::time::Instant`.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Duration) -> Self {
        BlockingFn { clock, ..self }
    }
}

impl<F, S> AsyncFn<F, S> {
    /// Waits by the executor's own timer, as in `.with_sleep(tokio::time::sleep)`. It is to take
    /// `Duration::MAX` as well. On `wasm32-unknown-unknown` there is no other way.
    #[must_use]
    pub fn with_sleep<W, T>(self, sleep: W) -> AsyncFn<F, W>
    where
        W: Fn(Duration) -> T + MaybeSync,
        T: Future<Output = ()> + MaybeSend,
    {
        AsyncFn { send: self.send, sleep, clock: self.clock }
    }

    /// Takes the time from a clock of yours, monotonic from any origin, instead of `std::time::Instant`. On
    /// `wasm32-unknown-unknown`, where std has none, time stands still without one.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Duration) -> Self {
        AsyncFn { clock, ..self }
    }
}

impl<F, R> BlockingBackend for BlockingFn<F>
where
    F: Fn(Request<Bytes>, Timeouts) -> Result<Response<R>, TransportError>,
    R: Read,
{
    type Body = R;

    fn send(&self, request: Request<Bytes>, timeouts: &Timeouts) -> Result<Response<R>, TransportError> {
        (self.send)(request, *timeouts)
    }

    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }

    fn seed(&self) -> u64 {
        clock::seed()
    }
}

impl<F, S, A, B, T> AsyncBackend for AsyncFn<F, S>
where
    F: Fn(Request<Bytes>, Timeouts) -> A + MaybeSync,
    A: Future<Output = Result<Response<B>, TransportError>> + MaybeSend,
    B: Body<Data = Bytes, Error: Into<TransportError>> + MaybeSend,
    S: Fn(Duration) -> T + MaybeSync,
    T: Future<Output = ()> + MaybeSend,
{
    type Body = B;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> impl Future<Output = Result<Response<B>, TransportError>> + MaybeSend {
        (self.send)(request, *timeouts)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        (self.sleep)(duration)
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }

    fn seed(&self) -> u64 {
        clock::seed()
    }
}

impl<F> fmt::Debug for BlockingFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingFn").finish_non_exhaustive()
    }
}

impl<F, S> fmt::Debug for AsyncFn<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFn").finish_non_exhaustive()
    }
}
