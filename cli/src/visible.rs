//! Escaping for terminals.
//!
//! A terminal obeys control characters (C0, DEL and C1), and bidirectional controls change the order of text. Both are
//! written as JSON's escapes, and so are Unicode's separators of lines and paragraphs.

use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a terminal obeys the character instead of showing it.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || is_tricky(c)
}

/// The bidirectional controls, and the separators of lines and paragraphs.
fn is_tricky(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Escapes text for one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// Escapes text, but not its line feeds and tabs.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// Escapes JSON without changing its meaning. A carriage return outside of strings becomes a space.
pub(crate) fn json(text: &str) -> String {
    escaped(&text.replace('\r', " "), |c| is_hidden(c) && !matches!(c, '\n' | '\t')).into_owned()
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_escaped(c) {
            // All these characters have four digits.
            true => out += &format!("\\u{:04x}", u32::from(c)),
            false => out.push(c),
        }
    }
    out.into()
}

/// A writer that escapes text for a terminal. Bytes that are not UTF-8 become U+FFFD.
pub(crate) struct Screen<W> {
    out: W,
    /// The first bytes of a character whose last bytes have not arrived.
    begun: Vec<u8>,
}

impl<W: Write> Screen<W> {
    pub(crate) fn new(out: W) -> Self {
        Screen { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.begun.len());
        let mut left = 0;
        for chunk in self.begun.utf8_chunks() {
            text += chunk.valid();
            left = chunk.invalid().len();
            let is_begun = left > 0 && self.begun.ends_with(chunk.invalid()) && may_go_on(chunk.invalid());
            if left > 0 && !is_begun {
                text.push(char::REPLACEMENT_CHARACTER);
                left = 0;
            }
        }
        self.out.write_all(lines(&text).as_bytes())?;
        self.begun.drain(..self.begun.len() - left);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether these bytes are the beginning of a character.
fn may_go_on(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        for (text, expected) in [
            ("plain é 😀 \u{a0}", "plain é 😀 \u{a0}"),
            ("\u{1b}]0;x\u{7}", r"\u001b]0;x\u0007"),
            ("a\rb\u{7f}", r"a\u000db\u007f"),
            ("\u{9b}31m\u{80}\u{9f}", r"\u009b31m\u0080\u009f"),
            ("\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}", r"\u202e\u2066\u200f\u061c\u2028"),
        ] {
            assert_eq!(line(text), expected);
            // However the text is split.
            for size in 1..5 {
                let mut screen = Screen::new(Vec::new());
                text.as_bytes().chunks(size).for_each(|piece| screen.write_all(piece).unwrap());
                assert_eq!(screen.out, expected.as_bytes(), "{size}");
            }
        }
        assert_eq!((line("a\n\tb"), lines("a\n\tb")), (r"a\u000a\u0009b".into(), "a\n\tb".into()));
    }

    #[test]
    fn what_is_not_utf_8_is_replaced() {
        for size in 1..5 {
            let mut screen = Screen::new(Vec::new());
            b"a\x9b\xffb\xe2\x80c".chunks(size).for_each(|piece| screen.write_all(piece).unwrap());
            assert_eq!(String::from_utf8(screen.out).unwrap(), "a\u{fffd}\u{fffd}b\u{fffd}c", "{size}");
        }
    }
}
