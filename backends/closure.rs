//! Backends made of a closure: a few lines around any HTTP client.

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

/// Makes a blocking backend from a closure that sends a request and returns its response.
///
/// The closure must do what [`BlockingBackend`](crate::BlockingBackend) asks of a backend: follow no redirect, return every
/// status as a response, and keep the [`Timeouts`]. [`Deadline`](super::Deadline) helps with a client that has no time-outs.
/// The response's body is read as it arrives. Waits use `std::thread::sleep`.
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
    BlockingFn { send, clock: clock::now, seed: DEFAULT_SEED }
}

/// Makes an async backend from a closure that sends a request and returns a future of its response.
///
/// The closure must do what [`AsyncBackend`] asks of a backend: follow no redirect, return every status as a response, and
/// keep the [`Timeouts`]. [`Timed`](super::Timed) adds time-outs to a client that has none. The closure runs under any
/// executor.
///
/// Each wait takes a thread, unless [`with_sleep`](AsyncFn::with_sleep) gives the executor's own timer. Saving a download does
/// its file work on the thread of the executor.
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
    AsyncFn { send, sleep: DEFAULT_SLEEP, clock: clock::now, seed: DEFAULT_SEED }
}

/// The wait of an [`AsyncFn`] before [`with_sleep`](AsyncFn::with_sleep).
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type DefaultSleep = fn(Duration) -> ThreadSleep;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
const DEFAULT_SLEEP: DefaultSleep = ThreadSleep::new;

/// The source of seeds before `with_seed`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type DefaultSeed = fn() -> u64;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
const DEFAULT_SEED: DefaultSeed = clock::seed;

/// This target has no wait of its own: [`with_sleep`](AsyncFn::with_sleep) must give one.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type DefaultSleep = ();
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
const DEFAULT_SLEEP: DefaultSleep = ();

/// This target has no source of randomness: `with_seed` must give one.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type DefaultSeed = ();
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
const DEFAULT_SEED: DefaultSeed = ();

/// A blocking backend made from a closure: see [`from_fn`].
///
/// ```
/// use std::time::Duration;
/// use useartisan::{BlockingBackend, TransportError, backends};
///
/// let backend = backends::from_fn(|_, _| Err::<http::Response<&[u8]>, _>(TransportError::not_sent("no route")))
///     .with_clock(|| Duration::from_secs(7))
///     .with_seed(|| 8);
/// assert_eq!((backend.now(), backend.seed()), (Duration::from_secs(7), 8));
/// ```
#[derive(Clone)]
pub struct BlockingFn<F, N = DefaultSeed> {
    send: F,
    clock: fn() -> Duration,
    seed: N,
}

/// An async backend made from a closure: see [`from_async_fn`].
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
pub struct AsyncFn<F, S = DefaultSleep, N = DefaultSeed> {
    send: F,
    sleep: S,
    clock: fn() -> Duration,
    seed: N,
}

impl<F, N> BlockingFn<F, N> {
    /// Uses your own clock in place of `std::time::Instant`. It must be monotonic, from any origin.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Duration) -> Self {
        BlockingFn { clock, ..self }
    }

    /// Uses your own source of random seeds for jitter. The default draws on the system's. `wasm32-unknown-unknown` has none, so there the backend does not compile without this.
    #[must_use]
    pub fn with_seed<M: Fn() -> u64>(self, seed: M) -> BlockingFn<F, M> {
        BlockingFn { send: self.send, clock: self.clock, seed }
    }
}

impl<F, S, N> AsyncFn<F, S, N> {
    /// Waits by the executor's own timer, as in `.with_sleep(tokio::time::sleep)`. The timer must take `Duration::MAX` too.
    /// `wasm32-unknown-unknown` has no wait of its own, so there the backend does not compile without this.
    #[must_use]
    pub fn with_sleep<W, T>(self, sleep: W) -> AsyncFn<F, W, N>
    where
        W: Fn(Duration) -> T + MaybeSync,
        T: Future<Output = ()> + MaybeSend,
    {
        AsyncFn { send: self.send, sleep, clock: self.clock, seed: self.seed }
    }

    /// Uses your own clock in place of `std::time::Instant`. It must be monotonic, from any origin. On
    /// `wasm32-unknown-unknown`, where std has no clock, time stands still without one.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Duration) -> Self {
        AsyncFn { clock, ..self }
    }

    /// Uses your own source of random seeds for jitter. The default draws on the system's. `wasm32-unknown-unknown` has none, so there the backend does not compile without this.
    ///
    /// ```
    /// use useartisan::{AsyncBackend, TransportError, backends};
    ///
    /// let no_route = |_, _| async { Err::<http::Response<String>, _>(TransportError::not_sent("no route")) };
    /// let backend = backends::from_async_fn(no_route).with_seed(|| 7); // from a hardware generator
    /// assert_eq!(backend.seed(), 7);
    /// ```
    #[must_use]
    pub fn with_seed<M: Fn() -> u64 + MaybeSync>(self, seed: M) -> AsyncFn<F, S, M> {
        AsyncFn { send: self.send, sleep: self.sleep, clock: self.clock, seed }
    }
}

impl<F, N, R> BlockingBackend for BlockingFn<F, N>
where
    F: Fn(Request<Bytes>, Timeouts) -> Result<Response<R>, TransportError>,
    N: Fn() -> u64,
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
        (self.seed)()
    }
}

impl<F, S, N, A, B, T> AsyncBackend for AsyncFn<F, S, N>
where
    F: Fn(Request<Bytes>, Timeouts) -> A + MaybeSync,
    A: Future<Output = Result<Response<B>, TransportError>> + MaybeSend,
    B: Body<Data = Bytes, Error: Into<TransportError>> + MaybeSend,
    S: Fn(Duration) -> T + MaybeSync,
    N: Fn() -> u64 + MaybeSync,
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
        (self.seed)()
    }
}

impl<F, N> fmt::Debug for BlockingFn<F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingFn").finish_non_exhaustive()
    }
}

impl<F, S, N> fmt::Debug for AsyncFn<F, S, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFn").finish_non_exhaustive()
    }
}
