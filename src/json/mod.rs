//! JSON to the letter of RFC 8259: what answers and downloads are read by.
//!
//! Downloads come in pieces, which [`syntax`] follows byte by byte and judges. What is in memory as a whole is passed faster,
//! by [`scan`], which finds where strings end; then only strings need decoding ([`string`](mod@string)).

pub(crate) mod document_error;
pub(crate) mod lexeme;
pub(crate) mod scan;
mod string;
mod swar;
pub(crate) mod syntax;

pub(crate) use string::{HALF_A_PAIR, Halves, string, unescape};

/// U+FEFF in UTF-8: a writer should not put it before a document, and a reader may ignore it (RFC 8259, section 8.1).
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A document without the byte order mark that may stand before it.
pub(crate) fn without_mark(document: &[u8]) -> &[u8] {
    document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document)
}
