//! What a backend for any HTTP client must do.

mod boxed;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::options::Timeouts;
use crate::transport_error::TransportError;

pub use boxed::{BoxedBackend, BoxedBlockingBackend, BoxedBody};

/// `Send` on native targets, and no bound on wasm, which has one thread.
///
/// ```
/// use useartisan::MaybeSend;
///
/// /// Part of a backend that also builds for wasm: the bound is written once.
/// fn carry<T>(exchange: impl Future<Output = T> + MaybeSend) -> impl Future<Output = T> + MaybeSend {
///     exchange
/// }
/// assert_eq!(pollster::block_on(carry(async { 7 })), 7);
/// ```
#[cfg(not(target_family = "wasm"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Send` on native targets, and no bound on wasm, which has one thread.
#[cfg(target_family = "wasm")]
pub trait MaybeSend {}
#[cfg(target_family = "wasm")]
impl<T: ?Sized> MaybeSend for T {}

/// `Send + Sync` on native targets, and no bound on wasm, which has one thread.
///
/// ```
/// use useartisan::MaybeSync;
///
/// /// A backend around a closure that also builds for wasm.
/// struct Stack<F: Fn() -> u64 + MaybeSync>(F);
/// assert_eq!((Stack(|| 7).0)(), 7);
/// ```
#[cfg(not(target_family = "wasm"))]
pub trait MaybeSync: Send + Sync {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + Sync + ?Sized> MaybeSync for T {}

/// `Send + Sync` on native targets, and no bound on wasm, which has one thread.
#[cfg(target_family = "wasm")]
pub trait MaybeSync {}
#[cfg(target_family = "wasm")]
impl<T: ?Sized> MaybeSync for T {}

/// An async HTTP stack.
///
/// A backend moves bytes and names failures; the core decides. A backend never follows a redirect, retries, decompresses,
/// adds a header that HTTP does not require, reads ahead of what it was asked for, or turns a 4xx into an error. It keeps the
/// [`Timeouts`] of each request, for the head and for the body.
///
/// The module [`backends`](crate::backends) has backends over reqwest, hyper and tower, and `backends::from_async_fn` makes one
/// from a closure. References, `Arc`s and [`BoxedBackend`] are backends as well. Wrap a backend without time-outs in
/// [`Timed`](crate::backends::Timed), as here:
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use useartisan::backends::Timed;
/// use useartisan::{Api, AsyncBackend, Client, Credentials, TransportError, Timeouts};
///
/// struct Stack {
///     start: Instant, // and your client
/// }
///
/// impl AsyncBackend for Stack {
///     type Body = Full<Bytes>;
///
///     async fn send(&self, request: Request<Bytes>, _: &Timeouts) -> Result<Response<Full<Bytes>>, TransportError> {
///         assert_eq!(request.uri().path(), "/public/api/apps");
///         Ok(Response::new(r#"{"apps":[]}"#.into())) // send it instead
///     }
///
///     async fn sleep(&self, duration: Duration) {
///         tokio::time::sleep(duration).await;
///     }
///
///     fn now(&self) -> Duration {
///         self.start.elapsed()
///     }
///
///     fn seed(&self) -> u64 {
///         self.start.elapsed().as_nanos() as u64 // or whatever is random
///     }
///
///     async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
///         let _ = tokio::task::spawn_blocking(work).await;
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), useartisan::Error> {
/// let stack = Timed::new(Stack { start: Instant::now() });
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, stack);
/// assert!(client.list_apps().send().await?.is_empty());
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an async backend",
    note = "if it is a blocking backend, use the method that ends in `_blocking`: `send_blocking`, `save_blocking`, …",
    note = "useartisan's features `reqwest`, `hyper` and `tower` bring async backends, and `fake` one in memory",
    note = "for an HTTP stack of yours, implement `AsyncBackend`, or give a closure to `backends::from_async_fn`"
)]
pub trait AsyncBackend: MaybeSync {
    /// The response's body, not yet read. Its errors must convert into [`TransportError`]: write `impl From<YourError>`, or map
    /// another crate's error, for example with `http_body_util::BodyExt::map_err`.
    type Body: http_body::Body<Data = Bytes, Error: Into<TransportError>> + MaybeSend;

    /// Sends one request and returns its response as soon as the head has arrived.
    ///
    /// The body keeps `stall` and `total` of `timeouts` by itself. Dropping the future abandons the request.
    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>> + MaybeSend;

    /// Waits. `Duration::MAX` must not overflow.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The time on a monotonic clock, since any fixed point.
    fn now(&self) -> Duration;

    /// A random number for jitter. It must differ between calls and between processes.
    fn seed(&self) -> u64;

    /// Runs work that blocks on a file, without blocking the runtime.
    ///
    /// By default it runs on the current thread, which suits an executor of your own. A backend on tokio should use
    /// `spawn_blocking`.
    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + MaybeSend {
        work();
        std::future::ready(())
    }
}

/// A blocking HTTP stack, under the same rules as an [`AsyncBackend`].
///
/// The module [`backends`](crate::backends) has one over ureq, and `backends::from_fn` makes one from a closure.
/// References, `Arc`s and [`BoxedBlockingBackend`] are backends as well.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use useartisan::{Api, BlockingBackend, Client, Credentials, TransportError, Timeouts};
///
/// struct Stack {
///     start: Instant, // and your client
/// }
///
/// impl BlockingBackend for Stack {
///     type Body = &'static [u8];
///
///     fn send(&self, request: Request<Bytes>, _: &Timeouts) -> Result<Response<&'static [u8]>, TransportError> {
///         assert_eq!(request.uri().path(), "/public/api/apps");
///         Ok(Response::new(br#"{"apps":[]}"#)) // send it instead
///     }
///
///     fn sleep(&self, duration: Duration) {
///         std::thread::sleep(duration);
///     }
///
///     fn now(&self) -> Duration {
///         self.start.elapsed()
///     }
///
///     fn seed(&self) -> u64 {
///         self.start.elapsed().as_nanos() as u64 // or whatever is random
///     }
/// }
///
/// let stack = Stack { start: Instant::now() };
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, stack);
/// assert!(client.list_apps().send_blocking()?.is_empty());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking backend",
    note = "if it is an async backend, use the method without `_blocking` and await it: `send().await`, `save(…).await`, …",
    note = "useartisan's feature `ureq` brings a blocking backend, and `fake` one in memory",
    note = "for an HTTP stack of yours, implement `BlockingBackend`, or give a closure to `backends::from_fn`"
)]
pub trait BlockingBackend {
    /// The response's body, not yet read. [`TransportError::from`] converts its errors.
    type Body: std::io::Read;

    /// Sends one request and returns its response as soon as the head has arrived.
    ///
    /// The body keeps `stall` and `total` of `timeouts` by itself.
    ///
    /// # Errors
    /// A [`TransportError`] whose kind says what the failure means for the request.
    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError>;

    /// Waits. `Duration::MAX` must not overflow.
    fn sleep(&self, duration: Duration);

    /// The time on a monotonic clock, since any fixed point.
    fn now(&self) -> Duration;

    /// A random number for jitter. It must differ between calls and between processes.
    fn seed(&self) -> u64;
}

macro_rules! forward {
    ($($form:ty),*) => {$(
        impl<B: AsyncBackend + ?Sized> AsyncBackend for $form {
            type Body = B::Body;

            fn send(
                &self,
                request: Request<Bytes>,
                timeouts: &Timeouts,
            ) -> impl Future<Output = Result<Response<Self::Body>, TransportError>> + MaybeSend {
                (**self).send(request, timeouts)
            }

            fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
                (**self).sleep(duration)
            }

            fn now(&self) -> Duration {
                (**self).now()
            }

            fn seed(&self) -> u64 {
                (**self).seed()
            }

            fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + MaybeSend {
                (**self).offload(work)
            }
        }

        impl<B: BlockingBackend + ?Sized> BlockingBackend for $form {
            type Body = B::Body;

            fn send(&self, request: Request<Bytes>, timeouts: &Timeouts) -> Result<Response<Self::Body>, TransportError> {
                (**self).send(request, timeouts)
            }

            fn sleep(&self, duration: Duration) {
                (**self).sleep(duration);
            }

            fn now(&self) -> Duration {
                (**self).now()
            }

            fn seed(&self) -> u64 {
                (**self).seed()
            }
        }
    )*};
}

forward!(&B, Arc<B>, Box<B>);
