//! Lists and downloads over libcurl: `src/curl.rs`.

use useartisan_stacks::{curl, show::show};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show(curl::backend())
}
