//! Whole calls over each backend and over sockets, and the tour: promises 10, 12, 23 and 24.

#[cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper"))]
mod backends;
#[cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper", feature = "fake"))]
mod calls;
#[cfg(feature = "fake")]
mod downloads;
mod forms;
#[cfg(feature = "fake")]
mod interrupted_downloads;
#[path = "../support/mod.rs"]
pub mod support;
#[cfg(feature = "rustls")]
mod tls;
#[cfg(all(feature = "fake", feature = "reqwest", feature = "ureq", feature = "hyper"))]
mod tour;
#[cfg(not(feature = "rustls"))]
mod without_tls;
