//! Backends: HTTP stacks that carry what the core builds.
//!
//! | backend | feature | kind | HTTP | TLS, by the feature `rustls` |
//! |---|---|---|---|---|
//! | [`reqwest::Reqwest`] | `reqwest` | async, on tokio | 1.1 and 2 | yes |
//! | [`hyper::Hyper`] | `hyper` | async, on tokio | 1.1 and 2 | yes, or by a connector of yours |
//! | [`tower::Tower`] | `tower` | async, on tokio | yours | yours |
//! | [`ureq::Ureq`] | `ureq` | blocking | 1.1 | yes |
//! | [`from_async_fn`] | – | async, on any executor | yours | yours |
//! | [`from_fn`] | – | blocking | yours | yours |
//!
//! All of them are bound by what [`AsyncBackend`](crate::AsyncBackend) asks of a backend. Those over a client of their own
//! force the client's settings to that, whatever it does by default: no redirect is followed, nothing is
//! repeated, nothing is decompressed, no header is added, and no proxy is taken from the environment.
//!
//! For one of yours over a blocking client that keeps no time-outs there is [`Deadline`].
//!
//! They use nothing of this crate but what it makes public, so each is also an example of how one is written. The
//! feature `conformance` has the suite that each of them passes, and that one of yours must.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where I/O, clocks and seeds belong: a backend brings them to the core"
)]

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod blocking;
mod clock;
mod closure;
#[cfg(all(feature = "conformance", not(target_family = "wasm")))]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod thread_sleep;
mod timed;

#[cfg(feature = "hyper")]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub mod hyper;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub mod reqwest;
mod save;
#[cfg(feature = "rustls")]
#[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
pub mod tls;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub mod tower;
#[cfg(feature = "ureq")]
#[cfg_attr(docsrs, doc(cfg(feature = "ureq")))]
pub mod ureq;

// reqwest builds there over `fetch`, and without what makes a backend of it.
#[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
compile_error!(
    "the feature `reqwest` of useartisan needs sockets, which this target has not; \
     in a browser, write a backend over `fetch` as examples/wasm does"
);

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use blocking::{BodyFn, Deadline};
pub use closure::{AsyncFn, BlockingFn, DefaultSleep, from_async_fn, from_fn};
pub use save::Saved;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use thread_sleep::ThreadSleep;
pub use timed::{ConnectedFlag, Timed, TimedBody};
