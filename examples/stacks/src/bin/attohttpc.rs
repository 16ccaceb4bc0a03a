//! Lists and downloads over attohttpc: `src/attohttpc.rs`.

use useartisan_stacks::{attohttpc, show::show};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show(attohttpc::backend())
}
