//! The position in a document, and the errors of decoding.

use std::borrow::Cow;

use crate::error::Says;
use crate::error::{Error, Position};

/// The place of the next byte in the document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    offset: u64,
    line: u64,
    line_start: u64,
}

/// Why a document is refused, and where.
#[derive(Debug)]
pub(crate) struct DocumentError {
    reason: Reason,
    at: Position,
}

#[derive(Debug)]
enum Reason {
    Wrong(Cow<'static, str>),
    Limit(String),
    Failure(Says, Option<String>),
}

impl Cursor {
    pub(crate) fn start() -> Self {
        Self { offset: 0, line: 1, line_start: 0 }
    }

    /// Moves over bytes that hold no line feed.
    #[inline]
    pub(crate) fn pass(&mut self, count: usize) {
        self.offset += count as u64;
    }

    /// Moves over a line feed.
    #[inline]
    pub(crate) fn pass_line_feed(&mut self) {
        self.offset += 1;
        self.line += 1;
        self.line_start = self.offset;
    }

    /// Moves over any bytes.
    pub(crate) fn pass_all(&mut self, bytes: &[u8]) {
        self.pass_lines(bytes, memchr::memchr_iter(b'\n', bytes).count());
    }

    /// Moves over bytes that hold so many line feeds.
    pub(crate) fn pass_lines(&mut self, bytes: &[u8], lines: usize) {
        if lines > 0 {
            let last = memchr::memrchr(b'\n', bytes).unwrap_or_default();
            self.line += lines as u64;
            self.line_start = self.offset + last as u64 + 1;
        }
        self.pass(bytes.len());
    }

    fn position(self) -> Position {
        let column = self.offset - self.line_start + 1;
        Position { line: self.line, column, offset: self.offset, record: None }
    }
}

impl DocumentError {
    pub(crate) fn wrong(reason: impl Into<Cow<'static, str>>, at: Cursor) -> Self {
        Self { reason: Reason::Wrong(reason.into()), at: at.position() }
    }

    pub(crate) fn limit(name: &str, value: usize, unit: &str, at: Cursor) -> Self {
        Self { reason: Reason::Limit(format!("{name} limit of {value} {unit}")), at: at.position() }
    }

    /// The document says that the service failed.
    pub(crate) fn failure(says: Says, reason: Option<String>, at: Cursor) -> Self {
        Self { reason: Reason::Failure(says, reason), at: at.position() }
    }

    /// The error of every call after an error at this position.
    pub(crate) fn again(at: Position) -> Self {
        Self { reason: Reason::Wrong(Cow::Borrowed("the document was refused before")), at }
    }

    /// Adds the index of the record.
    pub(crate) fn in_record(mut self, index: u64) -> Self {
        self.at.record = Some(index);
        self
    }

    pub(crate) fn position(&self) -> Position {
        self.at
    }
}

impl From<DocumentError> for Error {
    fn from(DocumentError { reason, at }: DocumentError) -> Self {
        match reason {
            Reason::Wrong(reason) => Error::decode(reason, Some(at)),
            Reason::Limit(limit) => Error::limit(limit, Some(at)),
            Reason::Failure(says, reason) => Error::rejected(says, reason),
        }
    }
}
