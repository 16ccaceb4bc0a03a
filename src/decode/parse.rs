//! The parser of one whole record: the hot path.

use super::options::DecodeOptions;
use crate::json::lexeme::InNumber;
use crate::json::scan::Stops;
use crate::json::syntax::Syntax;
use crate::model::{Entry, Span};

/// Why a record was not parsed.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is not whole, or it is wrong. The automaton finds out which.
    Unfit,
    /// It has more attributes than the limit, at this offset.
    Attributes(usize),
    /// A string in it has half of a surrogate pair, at this offset.
    Surrogate(usize),
}

/// What the parser found out about a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    /// Its length, up to its `}`.
    pub(super) length: usize,
    /// The line feeds in it.
    pub(super) lines: usize,
    /// Whether a string in it has an escape.
    pub(super) escapes: bool,
}

/// Parses a record from after its `{` to its `}`, and adds the ranges of its attributes in `bytes` to `entries`. It checks neither
/// UTF-8 nor what follows a backslash.
///
/// `gap` is what stood between attributes before. `nested` skips objects and arrays; its nesting limit is what is left for them.
pub(super) fn parse(
    bytes: &[u8],
    options: &DecodeOptions,
    gap: &mut Gap,
    nested: &mut Syntax,
    entries: &mut Vec<Entry>,
) -> Result<Parsed, Stop> {
    let mut parser = Parser { at: 0, stops: Stops::new(bytes), lines: 0, escapes: false };
    let mut byte = parser.skip_whitespace(bytes).ok_or(Stop::Unfit)?;
    while byte != b'}' || !entries.is_empty() {
        if byte != b'"' {
            return Err(Stop::Unfit);
        }
        parser.at += 1;
        while let Some(entry) = parser.usual_attribute(bytes, *gap, options.text_length) {
            if entries.len() >= options.attributes {
                return Err(Stop::Attributes(entry.name.start as usize));
            }
            entries.push(entry);
        }
        if entries.len() >= options.attributes {
            return Err(Stop::Attributes(parser.at));
        }
        let (after, entry) = any_attribute(bytes, parser, options.text_length, nested).ok_or(Stop::Unfit)?;
        entries.push(entry);
        parser = after;
        let end = parser.at - 1;
        if parser.separator(bytes).ok_or(Stop::Unfit)? == b'}' {
            break;
        }
        byte = parser.skip_whitespace(bytes).ok_or(Stop::Unfit)?;
        if !entry.raw {
            *gap = Gap::new(bytes.get(end..=parser.at).unwrap_or_default());
        }
    }
    Ok(Parsed { length: parser.at + 1, lines: parser.lines, escapes: parser.escapes })
}

/// The position of the parser. Rare cases get it by value, so that the loop above can keep it in registers.
#[derive(Clone, Copy)]
struct Parser {
    at: usize,
    stops: Stops,
    lines: usize,
    escapes: bool,
}

/// The bytes between two texts, from the closing quote of one to the opening quote of the next. They are most likely the same
/// between the next two, which one comparison finds out.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    bytes: u128,
    mask: u128,
    length: usize,
    lines: usize,
}

impl Gap {
    /// Never the same.
    pub(super) const NONE: Self = Self { bytes: 1, mask: 0, length: 0, lines: 0 };

    fn new(gap: &[u8]) -> Self {
        let mut bytes = [0; 16];
        let Some(part) = bytes.get_mut(..gap.len()) else { return Self::NONE };
        part.copy_from_slice(gap);
        let mask = u128::MAX >> (128 - 8 * gap.len());
        Self { bytes: u128::from_le_bytes(bytes), mask, length: gap.len(), lines: line_feeds(gap) }
    }

    #[inline(always)]
    fn is_at(self, bytes: &[u8]) -> bool {
        bytes.first_chunk().is_some_and(|next| u128::from_le_bytes(*next) & self.mask == self.bytes)
    }
}

impl Parser {
    /// Parses the attribute after its opening quote, and the opening quote of the next, if it is written like most: name and text
    /// without escapes, and spaces as the service or a compact writer has them. Otherwise it takes nothing.
    #[inline(always)]
    fn usual_attribute(&mut self, bytes: &[u8], gap: Gap, text_length: usize) -> Option<Entry> {
        let mut stops = self.stops;
        let name_end = stops.find(bytes, self.at);
        let value_start = match *bytes.get(name_end..)?.first_chunk()? {
            [b'"', b':', b' ', b'"'] => name_end + 4,
            [b'"', b':', b'"', _] => name_end + 3,
            _ => return None,
        };
        let value_end = stops.find(bytes, value_start);
        // The two lengths together, to compare only once.
        if !gap.is_at(bytes.get(value_end..)?) || value_end - self.at > text_length {
            return None;
        }
        let name = Span::within(self.at, name_end);
        self.at = value_end + gap.length;
        self.lines += gap.lines;
        self.stops = stops;
        Some(Entry { name, value: Span::within(value_start, value_end), raw: false })
    }

    /// Takes a string after its opening quote, and returns its range.
    fn string(&mut self, bytes: &[u8], text_length: usize) -> Option<Span> {
        let start = self.at;
        let mut end = self.stops.find(bytes, start);
        while *bytes.get(end)? == b'\\' {
            self.escapes = true;
            end = self.stops.find(bytes, end + 2);
        }
        if *bytes.get(end)? != b'"' || end - start > text_length {
            return None;
        }
        self.at = end + 1;
        Some(Span::within(start, end))
    }

    /// Takes the comma, or finds the closing brace and leaves it.
    fn separator(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.skip_whitespace(bytes)?;
        match byte {
            b',' => self.at += 1,
            b'}' => {}
            _ => return None,
        }
        Some(byte)
    }

    /// Skips white space, and returns the byte after it.
    fn skip_whitespace(&mut self, bytes: &[u8]) -> Option<u8> {
        loop {
            let byte = *bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.lines += usize::from(byte == b'\n');
            self.at += 1;
        }
    }
}

/// Parses the attribute after its opening quote, however it is written. Returns the parser after it.
#[inline(never)]
fn any_attribute(
    bytes: &[u8],
    mut parser: Parser,
    text_length: usize,
    nested: &mut Syntax,
) -> Option<(Parser, Entry)> {
    let name = parser.string(bytes, text_length)?;
    if parser.skip_whitespace(bytes)? != b':' {
        return None;
    }
    parser.at += 1;
    let first = parser.skip_whitespace(bytes)?;
    if first == b'"' {
        parser.at += 1;
        let value = parser.string(bytes, text_length)?;
        return Some((parser, Entry { name, value, raw: false }));
    }
    let start = parser.at;
    let rest = bytes.get(start..)?;
    let length = match first {
        b't' => rest.starts_with(b"true").then_some(4)?,
        b'f' => rest.starts_with(b"false").then_some(5)?,
        b'n' => rest.starts_with(b"null").then_some(4)?,
        b'{' | b'[' => nested.value_length(rest, text_length)?,
        _ => number(rest)?,
    };
    parser.at += length;
    parser.lines += line_feeds(bytes.get(start..parser.at)?);
    Some((parser, Entry { name, value: Span::within(start, parser.at), raw: true }))
}

fn line_feeds(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
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
    // The number may go on in the next piece.
    None
}
