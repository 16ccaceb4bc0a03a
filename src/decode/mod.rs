//! Downloads of any size, decoded while they arrive.
//!
//! A finished export is one JSON document, `{"artisanUserIds":[{…},…]}`, with as many records as an app has users.
//! [`Decoder`] takes it in pieces of any size and returns one record at a time, in constant memory and without I/O.
//! [`Records`] does so for a reader, [`BodyRecords`] for a response's body, and [`decode`] for bytes in memory. [`Check`] checks
//! that a download is whole without decoding it.
//
// A record that is whole in one piece goes through parse.rs, and any other through json/syntax.rs. A limit must hold in both, and
// tests/decode/limits.rs checks that.

mod attributes;
mod body;
mod check;
mod decoder;
mod options;
mod outline;
mod parse;
mod pieces;
mod record;
mod records;
#[cfg(test)]
mod tests;

pub use body::BodyRecords;
pub use check::Check;
pub use decoder::Decoder;
pub use options::DecodeOptions;
pub use record::ProfileRecord;
pub use records::{Records, decode};
