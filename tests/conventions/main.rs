//! What is expected of a Rust library, and of this repository: traits, messages of the compiler, links, and the table of
//! promises.

mod promises;
mod texts;
mod traits;
mod wrong_programs;
