//! Backends: HTTP stacks that send the requests of this crate.
//!
//! | backend | feature | kind | HTTP | TLS, by the feature `rustls` |
//! |---|---|---|---|---|
//! | [`reqwest::Reqwest`] | `reqwest` | async, on tokio | 1.1 and 2 | yes |
//! | [`hyper::Hyper`] | `hyper` | async, on tokio | 1.1 and 2 | yes, or by your own connector |
//! | [`tower::Tower`] | `tower` | async, on tokio's timer | the service's | the service's |
//! | [`ureq::Ureq`] | `ureq` | blocking | 1.1 | yes |
//! | `fetch::Fetch` | `fetch` | async, in a browser, a worker or Node.js | the host's | the host's |
//! | [`from_async_fn`] | – | async, on any executor | your client's | your client's |
//! | [`from_fn`] | – | blocking | your client's | your client's |
//!
//! [`AsyncBackend`](crate::AsyncBackend) says what a backend must do. Each module here turns off whatever its client does
//! beyond that: following redirects, sending a request again, decompressing, adding headers, and taking a proxy from the
//! environment. What can't be turned off is on the backend's page, such as reqwest's `accept` header.
//!
//! [`Timed`] adds time-outs to an async client that has none; reqwest, hyper, tower and `fetch` use it. A blocking client
//! without time-outs counts down a [`Deadline`].
//!
//! To write your own backend, copy one: each uses only the public parts of this crate, besides a clock, a random seed and the
//! certificates of `tls`. The feature `conformance` has a suite that checks any backend. All of these pass it but `fetch`,
//! which can't run it: wasm has no sockets for its servers.
//!
//! Saving to files is here too, because it is I/O. It is part of [`Client`](crate::Client), and works with every backend.
//!
//! On `wasm32-unknown-unknown` the modules `reqwest`, `ureq`, `hyper`, `tower` and `tls` are absent, and their features do
//! nothing. Saving to files is absent there too. On every other target `fetch` is absent in the same way.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "backends supply I/O, clocks and seeds to the core"
)]

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod blocking;
mod clock;
mod closure;
#[cfg(all(feature = "conformance", not(target_family = "wasm")))]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
#[cfg(all(
    any(feature = "hyper", feature = "reqwest"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
mod over_hyper;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod thread_sleep;
mod timed;

#[cfg(all(feature = "fetch", target_family = "wasm", target_os = "unknown"))]
#[cfg_attr(docsrs, doc(cfg(feature = "fetch")))]
pub mod fetch;
#[cfg(all(feature = "hyper", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub mod hyper;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub mod reqwest;
mod save;
#[cfg(all(feature = "rustls", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
pub mod tls;
#[cfg(all(feature = "tower", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub mod tower;
#[cfg(all(feature = "ureq", not(all(target_family = "wasm", target_os = "unknown"))))]
#[cfg_attr(docsrs, doc(cfg(feature = "ureq")))]
pub mod ureq;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use blocking::{BodyFn, Deadline};
pub use closure::{AsyncFn, BlockingFn, DefaultSeed, DefaultSleep, from_async_fn, from_fn};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use save::{Saved, can_save};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use thread_sleep::ThreadSleep;
pub use timed::{Timed, TimedBody};

/// What the bundled backends report for https without TLS.
#[cfg(all(
    any(feature = "reqwest", feature = "ureq", feature = "hyper"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
const NO_TLS: &str = "https needs the feature `rustls`, or a client with TLS of its own";
