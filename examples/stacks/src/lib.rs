//! Backends over other HTTP stacks, each in a file to copy.
//!
//! | module | stack | program |
//! |---|---|---|
//! | [`attohttpc`] | the crate `attohttpc`, blocking, by `Deadline` | `cargo run -p useartisan-stacks --bin attohttpc` |
//! | [`bytes`] | a link that only reads and writes bytes, as a modem does: buffers of 8 KiB, no async runtime | `cargo run -p useartisan-stacks --bin bytes` |
//! | [`curl`] | libcurl, by the crate `curl` | `cargo run -p useartisan-stacks --bin curl` |
//! | [`isahc`] | the crate `isahc`, async, without tokio, by `Timed` | `cargo run -p useartisan-stacks --bin isahc` |
//! | [`reqwest_blocking`] | `reqwest::blocking` | `cargo run -p useartisan-stacks --bin reqwest_blocking` |
//!
//! [`push`] turns a stack that pushes into callbacks into a body that is read. libcurl needs it.
//!
//! `tests/conformance.rs` runs the conformance suite on each. `callback_axum` receives the service's callbacks.

pub mod attohttpc;
pub mod bytes;
pub mod curl;
pub mod isahc;
pub mod push;
pub mod reqwest_blocking;
pub mod show;

// Chapters of the cookbook that need crates outside the library's dependencies.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/cookbook/callbacks.md")]
mod callbacks {}
#[cfg(doctest)]
#[doc = include_str!("../../../docs/cookbook/csv_export.md")]
mod csv_export {}
