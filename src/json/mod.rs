//! Strict JSON (RFC 8259) for answers and downloads.
//!
//! [`syntax`] checks a download byte by byte, in pieces of any size. [`scan`] is faster, for a record that is whole in memory: it
//! finds where strings end, and [`string`](mod@string) decodes them.

pub(crate) mod document_error;
pub(crate) mod lexeme;
pub(crate) mod scan;
mod string;
mod swar;
pub(crate) mod syntax;

pub(crate) use string::{HALF_A_PAIR, Halves, string, unescape};

/// U+FEFF in UTF-8. A writer should not put it before a document, and a reader may ignore it (RFC 8259, section 8.1).
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A document without the byte order mark before it.
pub(crate) fn without_mark(document: &[u8]) -> &[u8] {
    document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document)
}
