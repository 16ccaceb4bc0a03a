//! A stack of yours that only reads and writes bytes, as a modem does: buffers of 8 KiB, no async runtime.
//!
//! ```text
//! cargo run --all-features --example stack_bytes
//! ```
//!
//! What to copy is `stack/bytes.rs`. `tests/stacks.rs` holds it against the conformance suite.

#[path = "../tests/shared/loopback.rs"]
mod loopback;
#[path = "stack/show.rs"]
mod show;
#[path = "stack/bytes.rs"]
mod stack;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show::show(stack::backend(stack::dial))
}
