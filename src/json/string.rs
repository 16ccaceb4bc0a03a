//! Decodes JSON strings.

use std::borrow::Cow;

use crate::error::Error;

/// The text of a string, or `None` if the JSON is something else.
pub(crate) fn string(json: &str) -> Result<Option<Cow<'_, str>>, Error> {
    let Some(inside) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(None);
    };
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Ok(Some(Cow::Borrowed(inside)));
    }
    let mut text = String::with_capacity(inside.len());
    unescape(inside, &mut text, Halves::Refused).map_err(|_| Error::invalid("a text", HALF_A_PAIR))?;
    Ok(Some(Cow::Owned(text)))
}

/// The one error that a string of the right syntax can have.
pub(crate) const HALF_A_PAIR: &str = "has half a surrogate pair";

/// What becomes of half a surrogate pair, which no `str` can hold. RFC 8259, section 8.2, leaves it to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Halves {
    /// An error, as in `serde_json`.
    Refused,
    /// U+FFFD for each, as in [`String::from_utf16_lossy`].
    Replaced,
}

/// Appends the text of `raw`, the inside of a JSON string. The error is the offset in `raw` of half a surrogate pair, if the
/// syntax is right.
pub(crate) fn unescape(raw: &str, text: &mut String, halves: Halves) -> Result<(), usize> {
    let mut rest = raw;
    while let Some(backslash) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(backslash);
        text.push_str(plain);
        let found = escaped(escape).or_else(|| half(escape).filter(|_| halves == Halves::Replaced));
        let Some((character, after)) = found else { return Err(raw.len() - escape.len()) };
        text.push(character);
        rest = after;
    }
    text.push_str(rest);
    Ok(())
}

/// U+FFFD for half a surrogate pair at the start of `text`, and the text after it.
fn half(text: &str) -> Option<(char, &str)> {
    code_unit(text).map(|(_, rest)| (char::REPLACEMENT_CHARACTER, rest))
}

/// The character of the escape at the start of `text`, and the text after it.
fn escaped(text: &str) -> Option<(char, &str)> {
    let simple = match text.as_bytes().get(1)? {
        b'u' => return unicode(text),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        &byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        _ => return None,
    };
    Some((simple, text.get(2..)?))
}

fn unicode(text: &str) -> Option<(char, &str)> {
    let (unit, rest) = code_unit(text)?;
    if !(0xD800..0xDC00).contains(&unit) {
        return Some((char::from_u32(unit)?, rest));
    }
    let (low, rest) = code_unit(rest).filter(|(low, _)| (0xDC00..0xE000).contains(low))?;
    Some((char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00))?, rest))
}

/// The number in the `\uXXXX` at the start of `text`.
fn code_unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = digits.chars().try_fold(0, |unit, digit| Some(unit << 4 | digit.to_digit(16)?))?;
    Some((unit, text.get(6..)?))
}
