//! Downloads beside what a user would write by hand: `cargo bench --bench decode`, with a size in MB if not 50.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` does the same with published readers beside.

#[path = "decode/contenders.rs"]
mod contenders;
#[path = "decode/memory.rs"]
mod memory;
#[path = "decode/shapes.rs"]
mod shapes;
#[path = "decode/table.rs"]
mod table;

fn main() {
    let size = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(50);
    table::print(&contenders::CONTENDERS, size * 1_000_000, 5);
    table::print_single_bytes(contenders::in_pieces);
}
