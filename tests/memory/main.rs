//! What the decoder, requests and answers take of the heap: promise 14.

mod allocations;
mod decoding;
#[path = "../support/mod.rs"]
pub mod support;

use support::memory::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
