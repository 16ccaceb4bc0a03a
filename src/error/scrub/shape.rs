//! The shape of the two headers with the keys, where a server echoes them.

use super::PUT;

/// How far a header's shape may reach: its name, some punctuation, and the longest key.
pub(super) const SHAPE_REACH: usize = 2 * 1024;

/// What stands before a key in the two headers, and in what names them otherwise.
pub(super) const NAMES: [&[u8]; 3] = [b"token=", b"public-api-key", b"public_api_key"];

/// Where `text` begins like one of the two headers: the length up to the key, and the key's.
pub(super) fn header_shape(text: &[u8]) -> Option<(usize, usize)> {
    let name =
        NAMES.iter().find(|name| text.get(..name.len()).is_some_and(|at| at.eq_ignore_ascii_case(name)))?;
    let after = text.get(name.len()..)?;
    let mut value = after;
    // What was put there before begins like a gap; it is put there once more.
    let is_put = |value: &[u8]| value.starts_with(PUT.as_bytes());
    while let Some(rest) = GAPS.iter().find_map(|gap| value.strip_prefix(*gap)).filter(|_| !is_put(value)) {
        value = rest;
    }
    let mut length = 0;
    while let Some(rest) = value.get(length..).filter(|rest| !ENDS.iter().any(|end| rest.starts_with(end))) {
        match rest.first() {
            Some(byte) if byte.is_ascii_graphic() => length += 1,
            _ => break,
        }
    }
    let lead = name.len() + after.len() - value.len();
    (length > 0).then_some((lead, length))
}

/// What stands between a header's name and its value in plain text, JSON, a dump or HTML.
const GAPS: [&[u8]; 14] =
    [b"\"", b"'", b"\\", b":", b"=", b",", b" ", b">", b"[", b"(", b"&quot;", b"&#34;", b"&#39;", b"&gt;"];

/// What ends a value there.
const ENDS: [&[u8]; 8] = [b"\"", b"'", b"\\", b"<", b"&quot;", b"&#", b"&lt;", b"&gt;"];
