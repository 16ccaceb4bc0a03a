//! Lists and downloads over a link of bytes: `src/bytes.rs`.

use useartisan_stacks::{bytes, show::show};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    show(bytes::backend(bytes::dial))
}
