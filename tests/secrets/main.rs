//! No key is ever shown: promise 8.
#![cfg(feature = "fake")]

mod errors;
#[path = "../support/mod.rs"]
pub mod support;
#[cfg(feature = "tracing")]
mod traced;
