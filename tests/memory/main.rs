//! The heap use of the decoder, of requests and of answers: promise 14.

mod allocations;
mod decoding;
#[path = "../support/mod.rs"]
pub mod support;

use support::memory::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
