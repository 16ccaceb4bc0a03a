//! A stack of yours over `reqwest::blocking`.
//!
//! ```text
//! cargo run --all-features --example stack_reqwest_blocking
//! ```
//!
//! What to copy is `stack/reqwest_blocking.rs`. `tests/stacks.rs` holds it against the conformance suite.

#[path = "../tests/shared/loopback.rs"]
mod loopback;
#[path = "stack/show.rs"]
mod show;
#[path = "stack/reqwest_blocking.rs"]
mod stack;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show::show(stack::backend())
}
