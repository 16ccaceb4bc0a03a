//! The conventions of a Rust library and of this repository: traits, `Debug` without keys, compiler messages, links, and the table
//! of promises.

mod circles;
mod layers;
mod promises;
#[cfg(all(
    feature = "fake",
    feature = "conformance",
    feature = "reqwest",
    feature = "ureq",
    feature = "hyper",
    feature = "tower"
))]
mod public_types;
#[path = "../support/mod.rs"]
pub mod support;
mod texts;
mod traits;
mod wrong_programs;
