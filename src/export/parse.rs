//! The parser of one whole record: the hot path.

use super::lexeme::InNumber;
use super::settings::Settings;
use super::swar;
use super::syntax::Syntax;
use crate::model::{Entry, Span};

/// Why a record was not parsed.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is not whole, or it is wrong: the automaton knows which.
    Unfit,
    /// It has more attributes than the limit, at this offset.
    Attributes(usize),
    /// A string in it has half of a surrogate pair, at this offset.
    Surrogate(usize),
}

/// What is known of a record that was parsed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    /// Its length, up to its `}`.
    pub(super) length: usize,
    /// Whether a string in it has an escape.
    pub(super) escapes: bool,
}

/// Parses a record from after its `{` to its `}`, adding its attributes to `entries` by their ranges in
/// `bytes`. What it does not check: UTF-8, and what comes after a backslash.
///
/// `nested` passes the values that are objects or arrays; its nesting limit is what is left for them.
pub(super) fn parse(
    bytes: &[u8],
    settings: &Settings,
    nested: &mut Syntax,
    entries: &mut Vec<Entry>,
) -> Result<Parsed, Stop> {
    let mut parser = Parser { bytes, at: 0, text_length: settings.text_length, nested, escapes: false };
    let mut byte = parser.skip_whitespace().ok_or(Stop::Unfit)?;
    while byte != b'}' || !entries.is_empty() {
        if byte != b'"' {
            return Err(Stop::Unfit);
        }
        if entries.len() >= settings.attributes {
            return Err(Stop::Attributes(parser.at));
        }
        entries.push(parser.attribute().ok_or(Stop::Unfit)?);
        match parser.separator().ok_or(Stop::Unfit)? {
            b',' => byte = parser.skip_whitespace().ok_or(Stop::Unfit)?,
            _ => break,
        }
    }
    Ok(Parsed { length: parser.at + 1, escapes: parser.escapes })
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    text_length: usize,
    nested: &'a mut Syntax,
    escapes: bool,
}

impl Parser<'_> {
    #[inline(always)]
    fn attribute(&mut self) -> Option<Entry> {
        let name = self.string()?;
        if self.skip_whitespace()? != b':' {
            return None;
        }
        self.at += 1;
        if self.skip_whitespace()? == b'"' {
            return Some(Entry { name, value: self.string()?, raw: false });
        }
        let start = self.at;
        self.raw()?;
        Some(Entry { name, value: Span::new(start, self.at)?, raw: true })
    }

    /// The comma, taken, or the closing brace, not taken.
    #[inline(always)]
    fn separator(&mut self) -> Option<u8> {
        let byte = self.skip_whitespace()?;
        match byte {
            b',' => self.at += 1,
            b'}' => {}
            _ => return None,
        }
        Some(byte)
    }

    /// The byte after any whitespace, not taken.
    #[inline(always)]
    fn skip_whitespace(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// The range inside the quotes of the string that starts here.
    #[inline(always)]
    fn string(&mut self) -> Option<Span> {
        let start = self.at + 1;
        let mut at = start;
        let end = loop {
            let (stop, byte) = self.stop(at)?;
            match byte {
                b'"' => break stop,
                b'\\' => {
                    self.escapes = true;
                    at = stop + 2;
                }
                _ => return None,
            }
        };
        if end - start > self.text_length {
            return None;
        }
        self.at = end + 1;
        Span::new(start, end)
    }

    /// The first quote, backslash or control character from `at` on.
    #[inline(always)]
    fn stop(&self, mut at: usize) -> Option<(usize, u8)> {
        while let Some(word) = swar::load(self.bytes, at) {
            let marks = swar::stops(word);
            if marks != 0 {
                let index = swar::first(marks);
                return Some((at + index, (word >> (8 * index)) as u8));
            }
            at += 8;
        }
        // Less than a word is left of the piece.
        loop {
            let byte = *self.bytes.get(at)?;
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                return Some((at, byte));
            }
            at += 1;
        }
    }

    /// Passes a value that is not a string, of which there are few.
    fn raw(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let length = match rest.first()? {
            b't' => rest.starts_with(b"true").then_some(4)?,
            b'f' => rest.starts_with(b"false").then_some(5)?,
            b'n' => rest.starts_with(b"null").then_some(4)?,
            b'{' | b'[' => self.nested.value_length(rest, self.text_length)?,
            _ => number(rest)?,
        };
        self.at += length;
        Some(())
    }
}

/// The length of the number at the start of `bytes`.
fn number(bytes: &[u8]) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    let mut state = InNumber::start(first)?;
    for (index, &byte) in rest.iter().enumerate() {
        match state.after(byte) {
            Some(after) => state = after,
            None => return state.is_whole().then_some(index + 1),
        }
    }
    // It may go on in the next piece.
    None
}
