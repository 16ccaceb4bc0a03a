//! Halves of surrogate pairs: escapes like `\ud83d` whose other half is missing.
//!
//! JSON can contain them, and a program that cuts a text in the middle of an emoji writes them. No Rust string can, so the
//! decoder refuses them. This module changes the document on its way to the decoder. It replaces half a pair by `\ufffd`;
//! or it marks it as `\ufdd0` followed by its four digits, and the NDJSON writer turns that back. U+FDD0 is not a
//! character, so a document should not contain it. If one does, it is marked as well, with the digits `fdd0`.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

use crate::args::InvalidText;

const MARK: &[u8] = "\u{fdd0}".as_bytes();
const MARK_ESCAPED: &[u8] = b"\\ufdd0";

/// Changes a document, in pieces of any size.
pub(crate) struct Halves {
    keeps: bool,
    /// Bytes that cannot be decided without those that follow: at most two escapes.
    held: Vec<u8>,
    found: u64,
}

impl Halves {
    /// `None` if they are an error. The decoder finds it.
    pub(crate) fn new(invalid_text: InvalidText) -> Option<Self> {
        let keeps = match invalid_text {
            InvalidText::Error => return None,
            InvalidText::Keep => true,
            InvalidText::Replace => false,
        };
        Some(Halves { keeps, held: Vec::new(), found: 0 })
    }

    /// The number found so far.
    pub(crate) fn found(&self) -> u64 {
        self.found
    }

    /// Changes the next piece.
    pub(crate) fn piece<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        if self.held.is_empty() && self.next(piece).is_none() {
            return piece.into();
        }
        let mut input = std::mem::take(&mut self.held);
        input.extend_from_slice(piece);
        let mut out = Vec::with_capacity(input.len() + 64);
        let mut rest = &*input;
        while let Some(at) = self.next(rest) {
            let (plain, found) = rest.split_at(at);
            out.extend_from_slice(plain);
            match self.decided(found, &mut out) {
                Some(length) => rest = found.get(length..).unwrap_or_default(),
                None => {
                    self.held = found.to_vec();
                    return out.into();
                }
            }
        }
        out.extend_from_slice(rest);
        out.into()
    }

    /// What is left at the end. Only a document that was cut leaves something.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// The place of the next byte that may begin an escape or a mark.
    fn next(&self, bytes: &[u8]) -> Option<usize> {
        match self.keeps {
            true => memchr2(b'\\', MARK[0], bytes),
            false => memchr(b'\\', bytes),
        }
    }

    /// Writes what `bytes` begins with, and returns its length; `None` if more bytes are needed to decide.
    fn decided(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        if bytes[0] == MARK[0] {
            let is_mark = bytes.starts_with(MARK);
            if !is_mark && bytes.len() < MARK.len() && MARK.starts_with(bytes) {
                return None;
            }
            out.extend_from_slice(if is_mark { "\u{fdd0}fdd0".as_bytes() } else { &bytes[..1] });
            return Some(if is_mark { MARK.len() } else { 1 });
        }
        let first = match escape(bytes) {
            Escape::Cut => return None,
            Escape::Other(length) => {
                out.extend_from_slice(&bytes[..length]);
                return Some(length);
            }
            Escape::Unit(unit) => unit,
        };
        let is_pair = match first {
            0xd800..0xdc00 => match escape(&bytes[6..]) {
                Escape::Cut => return None,
                Escape::Unit(0xdc00..0xe000) => true,
                _ => false,
            },
            _ => false,
        };
        let length = if is_pair { 12 } else { 6 };
        match first {
            0xd800..0xe000 if !is_pair => {
                self.found += 1;
                if self.keeps {
                    out.extend_from_slice(MARK_ESCAPED);
                    out.extend_from_slice(&bytes[2..6]);
                } else {
                    out.extend_from_slice(b"\\ufffd");
                }
            }
            _ => {
                out.extend_from_slice(&bytes[..length]);
                if first == 0xfdd0 && self.keeps {
                    out.extend_from_slice(b"fdd0");
                }
            }
        }
        Some(length)
    }
}

enum Escape {
    /// The start of an escape.
    Cut,
    /// Something else, of this length.
    Other(usize),
    Unit(u16),
}

/// What `bytes` begins with.
fn escape(bytes: &[u8]) -> Escape {
    match bytes {
        [] | [b'\\'] => Escape::Cut,
        [b'\\', b'u', digits @ ..] => match digits.first_chunk::<4>() {
            None => Escape::Cut,
            Some(digits) => {
                let digits = std::str::from_utf8(digits)
                    .ok()
                    .filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
                match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
                    Some(unit) => Escape::Unit(unit),
                    None => Escape::Other(2),
                }
            }
        },
        [b'\\', ..] => Escape::Other(2),
        _ => Escape::Other(1),
    }
}

/// Turns the marks in a line of NDJSON back into halves.
pub(crate) fn restored(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    loop {
        let places = [MARK, MARK_ESCAPED].map(|mark| memmem::find(rest, mark).map(|at| (at, mark)));
        let Some((at, mark)) = places.into_iter().flatten().min() else {
            out.extend_from_slice(rest);
            return out;
        };
        // After an escaped backslash, `\ufdd0` is ordinary text.
        let before = &rest[..at];
        let slashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        let after = &rest[at + mark.len()..];
        out.extend_from_slice(before);
        match after.first_chunk::<4>() {
            _ if mark == MARK_ESCAPED && slashes % 2 == 1 => out.extend_from_slice(mark),
            Some(b"fdd0") => {
                out.extend_from_slice(mark);
                rest = &after[4..];
                continue;
            }
            Some(digits) => {
                out.extend_from_slice(b"\\u");
                out.extend_from_slice(digits);
                rest = &after[4..];
                continue;
            }
            None => out.extend_from_slice(mark),
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(invalid_text: InvalidText, document: &str, size: usize) -> (String, u64) {
        let mut halves = Halves::new(invalid_text).unwrap();
        let mut out = Vec::new();
        document.as_bytes().chunks(size).for_each(|piece| out.extend_from_slice(&halves.piece(piece)));
        out.extend(halves.end());
        (String::from_utf8(out).unwrap(), halves.found())
    }

    /// However the document is cut, halves are replaced. Pairs stay, and so does text that only looks like a half.
    #[test]
    fn halves_are_replaced() {
        for (document, expected, count) in [
            (r#""\ud83d""#, r#""\ufffd""#, 1),
            (r#""\uDE00x""#, r#""\ufffdx""#, 1),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#, 0),
            (r#""\ud83d\ud83d\ude00\ude00""#, r#""\ufffd\ud83d\ude00\ufffd""#, 2),
            (r#""\\ud83d""#, r#""\\ud83d""#, 0),
            (r#""\\\ud83d\n""#, r#""\\\ufffd\n""#, 1),
            (r#""\ud83d\\ude00""#, r#""\ufffd\\ude00""#, 1),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#, 1),
            (r#""\ud83x \u+123 é \"""#, r#""\ud83x \u+123 é \"""#, 0),
            (r#""\ud83d\"#, r#""\ud83d\"#, 0),
        ] {
            for size in 1..20 {
                let (out, found) = through(InvalidText::Replace, document, size);
                assert_eq!((&*out, found), (expected, count), "{document} in {size}");
            }
        }
    }

    /// With `keep`, a document comes out as it went in, even if it contains the mark.
    #[test]
    fn halves_are_kept() {
        for document in [
            r#""\ud83d""#,
            r#""\uDE00d83d""#,
            r#""\ud83d\ude00 \ud83d\ud83d""#,
            r#""\\ud83d \\ufdd0d83d""#,
            r#""\\\ud83d \ufdd0 \ufdd0d83d \ufdd0fdd0""#,
            "\"\u{fdd0} \u{fdd0}d83d \u{fdd1} \u{ff5e} é\"",
        ] {
            for size in 1..20 {
                let (marked, _) = through(InvalidText::Keep, document, size);
                serde_json::from_str::<String>(&marked).unwrap();
                assert_eq!(String::from_utf8(restored(marked.as_bytes())).unwrap(), document, "in {size}");
            }
        }
    }
}
