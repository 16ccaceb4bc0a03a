//! Requests and answers: promises 3 to 7, 9, 19 to 21, 31 and 39.

mod answers;
mod attributes;
mod callback;
mod decoded;
mod models;
mod requests;
#[cfg(feature = "fake")]
mod shown;
#[path = "../support/mod.rs"]
pub mod support;
#[cfg(feature = "fake")]
mod verdict;
