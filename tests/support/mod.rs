//! Shared by several tests. The library's own tests use it as a module, and other packages as the package
//! `useartisan-test-support`.
#![allow(
    missing_docs,
    missing_debug_implementations,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "tests have no users"
)]

pub mod callback;
pub mod canary;
pub mod cases;
#[cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper"))]
pub mod clients;
pub mod decode;
pub mod directory;
pub mod endpoints;
#[cfg(feature = "fake")]
pub mod loopback;
pub mod memory;
pub mod oracle;
pub mod server;
pub mod shapes;
pub mod sockets;
pub mod verdict_model;
#[cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper"))]
pub mod virtual_time;
