//! Lists and downloads over `reqwest::blocking`: `src/reqwest_blocking.rs`.

use useartisan_stacks::{reqwest_blocking, show::show};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show(reqwest_blocking::backend())
}
