//! JSON to the letter of RFC 8259: what answers and downloads are read by.
//!
//! Downloads come in pieces, which [`syntax`] follows byte by byte and judges. What is in memory as a whole is passed faster,
//! by [`scan`], which finds where strings end; then only what a string says ([`string`](mod@string)) is to be found out.

pub(crate) mod fault;
pub(crate) mod lexeme;
pub(crate) mod scan;
mod string;
mod swar;
pub(crate) mod syntax;

pub(crate) use string::{HALF_A_PAIR, string, unescape};
