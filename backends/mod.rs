//! Backends: HTTP stacks that carry what the core builds.
//!
//! | backend | feature | kind | HTTP | TLS, by the feature `rustls` |
//! |---|---|---|---|---|
//! | [`reqwest::Reqwest`] | `reqwest` | async, on tokio | 1.1 and 2 | yes |
//! | [`hyper::Hyper`] | `hyper` | async, on tokio | 1.1 and 2 | yes, or by a connector of yours |
//! | [`tower::Tower`] | `tower` | async, on tokio | yours | yours |
//! | [`ureq::Ureq`] | `ureq` | blocking | 1.1 | yes |
//! | `fetch::Fetch` | `fetch` | async, in a browser, a worker or Node.js | the host's | the host's |
//! | [`from_async_fn`] | – | async, on any executor | yours | yours |
//! | [`from_fn`] | – | blocking | yours | yours |
//!
//! An async client that keeps no time-outs is put under [`Timed`], as reqwest, hyper, tower and `fetch` are; a blocking one
//! counts down a [`Deadline`].
//!
//! All of them are bound by what [`AsyncBackend`](crate::AsyncBackend) asks of a backend. Those over a client of their own
//! force the client's settings to that, whatever it does by default: no redirect is followed, nothing is repeated or
//! decompressed, no header is added, and no proxy is taken from the environment. What a client cannot be kept from is on its
//! page, such as reqwest's `accept` and what `fetch` does.
//!
//! A backend uses only what this crate makes public, besides a clock, seeds and the certificates of `tls`, so each is an
//! example to copy. The feature `conformance` has the suite that each of them passes, but for `fetch`, as wasm has no sockets;
//! your own must pass it too.
//!
//! Saving to files is here as well, as it is I/O: it is a part of [`Client`](crate::Client), and no backend.
//!
//! On `wasm32-unknown-unknown` there are no sockets. There the features `reqwest`, `ureq`, `hyper`, `tower` and `rustls` do
//! no harm, and their modules are absent. On any other target the module `fetch` is.
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
pub use closure::{AsyncFn, BlockingFn, DefaultSleep, from_async_fn, from_fn};
pub use save::{Saved, can_save};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use thread_sleep::ThreadSleep;
pub use timed::{ConnectedFlag, Timed, TimedBody};
