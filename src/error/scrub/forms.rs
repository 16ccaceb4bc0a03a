//! The forms that a server may echo a key in.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A key as it is, percent-encoded, escaped, and in base64, alone or behind any one or two bytes.
pub(super) fn forms(key: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![key.as_bytes().to_vec()];
    // As JSON writes it, plainly or careful about HTML, and as HTML does.
    for escapes in [JSON, JSON_FOR_HTML, HTML] {
        let escaped = escapes.iter().fold(key.to_owned(), |key, (plain, escape)| key.replace(plain, escape));
        forms.push(escaped.into_bytes());
    }
    for set in [NON_ALPHANUMERIC, UNRESERVED_KEPT] {
        let pieces: Vec<&str> = utf8_percent_encode(key, set).collect();
        forms.push(pieces.concat().into_bytes());
        forms.push(pieces.iter().map(|piece| lower_hex(piece)).collect::<String>().into_bytes());
    }
    forms.extend((0..3).map(|shift| base64_core(key.as_bytes(), shift)));
    // A very short key has no base64 that is its own.
    forms.retain(|form| !form.is_empty());
    forms
}

type Escapes = &'static [(&'static str, &'static str)];

const JSON: Escapes = &[("/", "\\/")];
const JSON_FOR_HTML: Escapes = &[("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("'", "\\u0027")];
/// The ampersand first, as the others bring one.
const HTML: Escapes = &[("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;")];

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED_KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn lower_hex(piece: &str) -> String {
    if piece.starts_with('%') { piece.to_ascii_lowercase() } else { piece.to_owned() }
}

/// What the standard base64 of any text with `key` behind `shift` other bytes (modulo 3) is sure to hold.
fn base64_core(key: &[u8], shift: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Bytes before the first whole group of three, and after the last, mix with their neighbours.
    let whole = key.get((3 - shift) % 3..).unwrap_or_default();
    let mut core = Vec::new();
    for group in whole.chunks_exact(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        for place in [18, 12, 6, 0] {
            core.extend(ALPHABET.get((bits >> place & 63) as usize));
        }
    }
    core
}
