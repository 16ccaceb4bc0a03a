//! A stack of yours over libcurl, by the crate `curl`.
//!
//! ```text
//! cargo run --all-features --example stack_curl
//! ```
//!
//! What to copy is `stack/curl.rs`. `tests/stacks.rs` holds it against the conformance suite.

#[path = "../tests/shared/loopback.rs"]
mod loopback;
#[path = "stack/show.rs"]
mod show;
#[path = "stack/curl.rs"]
mod stack;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show::show(stack::backend())
}
