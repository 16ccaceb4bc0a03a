//! Neither key is ever shown: promise 8.
#![cfg(feature = "fake")]

mod errors;
#[cfg(all(
    feature = "conformance",
    feature = "reqwest",
    feature = "ureq",
    feature = "hyper",
    feature = "tower"
))]
mod public_types;
#[path = "../support/mod.rs"]
pub mod support;
#[cfg(feature = "tracing")]
mod traced;
