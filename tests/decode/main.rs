//! The decoder of downloads: promises 11, 13 and 15 to 17.

mod cuts;
mod document;
mod limits;
mod lossy;
mod oracle;
mod readers;
#[path = "../support/mod.rs"]
pub mod support;
mod syntax;
