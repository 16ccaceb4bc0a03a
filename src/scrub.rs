//! Takes keys out of text that a server sent, before an error keeps any of it.

use std::borrow::Cow;
use std::sync::LazyLock;

use bytes::Bytes;
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const PUT: &str = "[redacted]";

/// Finds keys by their value, where they are known, and by the shape of the two headers in any case.
pub(crate) struct Scrubber {
    /// Whether a byte may be the first of what is looked for.
    starts: [bool; 256],
    /// For each first byte, the forms that a key may be echoed in, the longest first, so that no form is spoilt by a
    /// shorter one inside it.
    forms: Vec<Vec<Vec<u8>>>,
    /// The length of the longest form, in bytes.
    longest: usize,
}

impl Scrubber {
    /// Knows no key: finds what stands where the two headers have theirs.
    pub(crate) fn by_shape() -> &'static Self {
        static BY_SHAPE: LazyLock<Scrubber> = LazyLock::new(|| Scrubber::of([]));
        &BY_SHAPE
    }

    /// Finds `keys` as they are, percent-encoded, and in base64, alone or behind any one or two bytes.
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms = Vec::new();
        for key in keys {
            forms.push(key.as_bytes().to_vec());
            // As JSON writes it, plainly or careful about HTML, and as HTML does.
            for escapes in [JSON, JSON_FOR_HTML, HTML] {
                let escaped =
                    escapes.iter().fold(key.to_owned(), |key, (plain, escape)| key.replace(plain, escape));
                forms.push(escaped.into_bytes());
            }
            for set in [NON_ALPHANUMERIC, UNRESERVED_KEPT] {
                let pieces: Vec<&str> = utf8_percent_encode(key, set).collect();
                forms.push(pieces.concat().into_bytes());
                forms.push(pieces.iter().map(|piece| lower_hex(piece)).collect::<String>().into_bytes());
            }
            forms.extend((0..3).map(|shift| base64_core(key.as_bytes(), shift)));
        }
        // Most keys are the same in several forms.
        forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        forms.dedup();
        let longest = forms.first().map_or(0, Vec::len);
        let (mut starts, mut by_start) = ([false; 256], vec![Vec::new(); 256]);
        let names = NAMES.iter().filter_map(|name| name.first());
        let shapes = names.flat_map(|byte| [(*byte, None), (byte.to_ascii_uppercase(), None)]);
        let forms = forms.into_iter().filter_map(|form| Some((*form.first()?, Some(form))));
        for (byte, form) in shapes.chain(forms) {
            let byte = usize::from(byte);
            if let (Some(start), Some(forms)) = (starts.get_mut(byte), by_start.get_mut(byte)) {
                *start = true;
                forms.extend(form);
            }
        }
        Scrubber { starts, forms: by_start, longest }
    }

    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
        }
    }

    /// The same for the first part of a longer text: the beginning of a key at its end goes as well.
    pub(crate) fn first_part(&self, text: &str) -> String {
        let mut clean = self.bytes(text.as_bytes()).into_owned();
        self.drop_beginning(&mut clean);
        String::from_utf8_lossy(&clean).into_owned()
    }

    fn drop_beginning(&self, text: &mut Vec<u8>) {
        let beginning = self.forms.iter().flatten().map(|needle| overlap(text, needle)).max().unwrap_or(0);
        text.truncate(text.len() - beginning);
    }

    pub(crate) fn header(&self, value: &mut HeaderValue) {
        let clean = self.bytes(value.as_bytes());
        if let Cow::Owned(clean) = clean {
            *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static(PUT));
        }
    }

    /// The first `kept` bytes of `body`, clean, and without the beginning of a key where the cut fell inside
    /// one.
    pub(crate) fn piece(&self, body: &[u8], kept: usize) -> Bytes {
        // A key that begins inside the piece ends at most its own length behind it.
        let reach = kept.saturating_add(self.longest.max(SHAPE_REACH));
        let mut clean = self.bytes(body.get(..reach).unwrap_or(body)).into_owned();
        if body.len() > reach {
            self.drop_beginning(&mut clean);
        }
        clean.truncate(kept);
        Bytes::from(clean)
    }

    /// The same text where nothing is found in it, as is nearly always so.
    fn bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let mut clean = Vec::new();
        // Up to where `text` has been looked at, and up to where it is in `clean`.
        let (mut at, mut done) = (0, 0);
        let part = |from, to| text.get(from..to).unwrap_or_default();
        while let Some(next) = part(at, text.len()).iter().position(|&byte| self.may_start(byte)) {
            at += next;
            let Some((lead, length)) = self.found(part(at, text.len())) else {
                at += 1;
                continue;
            };
            clean.extend_from_slice(part(done, at + lead));
            clean.extend_from_slice(PUT.as_bytes());
            at += lead + length;
            done = at;
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        clean.extend_from_slice(part(done, text.len()));
        Cow::Owned(clean)
    }

    /// Whether what is looked for may start with `byte`.
    fn may_start(&self, byte: u8) -> bool {
        self.starts.get(usize::from(byte)).is_some_and(|&start| start)
    }

    /// What is found at the start of `text`: the length up to the key, and the key's.
    fn found(&self, text: &[u8]) -> Option<(usize, usize)> {
        let forms = self.forms.get(usize::from(*text.first()?))?;
        match forms.iter().find(|form| text.starts_with(form)) {
            Some(form) => Some((0, form.len())),
            None => header_shape(text),
        }
    }
}

/// How far a header's shape may reach: its name, some punctuation, and the longest key.
const SHAPE_REACH: usize = 2 * 1024;

/// What stands before a key in the two headers, and in what names them otherwise.
const NAMES: [&[u8]; 3] = [b"token=", b"public-api-key", b"public_api_key"];

/// Where `text` begins like one of the two headers: the length up to the key, and the key's.
fn header_shape(text: &[u8]) -> Option<(usize, usize)> {
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

/// How many bytes at the end of `text` are the beginning of `needle`.
fn overlap(text: &[u8], needle: &[u8]) -> usize {
    (1..needle.len()).rev().find(|&n| needle.get(..n).is_some_and(|head| text.ends_with(head))).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cret/KEY+0123456789";

    /// Promise 8: whatever form a server echoes a key in.
    #[test]
    fn finds_every_form_of_a_key() {
        let scrubber = Scrubber::of([SECRET]);
        for echo in [
            SECRET.to_owned(),
            format!("<p>{SECRET}</p>"),
            format!("{SECRET}{SECRET}"),
            "s3cret%2FKEY%2B0123456789".to_owned(),
            "s3cret%2fKEY%2b0123456789".to_owned(),
            "s3cret\\/KEY+0123456789".to_owned(),
            "czNjcmV0L0tFWSswMTIzNDU2Nzg5".to_owned(),
            "QXMzY3JldC9LRVkrMDEyMzQ1Njc4OQ==".to_owned(), // behind one byte
        ] {
            let clean = scrubber.text(&echo);
            assert!(clean.contains(PUT), "{echo} became {clean}");
            assert!(!clean.contains("KEY") && !clean.contains("LRVkr"), "{echo} became {clean}");
        }
        assert_eq!(scrubber.text("nothing here"), "nothing here");
        // One that is too short for most of its forms.
        assert_eq!(Scrubber::of(["ab"]).text("xaby"), "x[redacted]y");
    }

    /// Promise 8: of a key in base64, no more stays than the one group that it shares with what is beside it.
    #[test]
    fn little_stays_of_a_key_in_base64() {
        let scrubber = Scrubber::of([SECRET]);
        for (echo, clean) in [
            ("czNjcmV0L0tFWSswMTIzNDU2Nzg5", "[redacted]"),
            ("czNjcmV0L0tFWSswMTIzNDU2Nzg5eA==", "[redacted]eA=="),
            ("QXMzY3JldC9LRVkrMDEyMzQ1Njc4OQ==", "QXMz[redacted]OQ=="),
            ("QUJzM2NyZXQvS0VZKzAxMjM0NTY3ODk=", "QUJz[redacted]ODk="),
            ("QUJDczNjcmV0L0tFWSswMTIzNDU2Nzg5", "QUJD[redacted]"),
        ] {
            assert_eq!(scrubber.text(echo), clean);
        }
    }

    /// Promise 8: a key with characters that JSON or HTML may escape.
    #[test]
    fn finds_a_key_that_was_escaped() {
        let scrubber = Scrubber::of(["k<e>y&'/1"]);
        for echo in
            ["k<e>y&'/1", "k<e>y&'\\/1", "k\\u003ce\\u003ey\\u0026\\u0027/1", "k&lt;e&gt;y&amp;&#39;/1"]
        {
            assert_eq!(scrubber.text(echo), PUT, "{echo}");
        }
    }

    /// Promise 8: where the answer is parsed without knowing the keys.
    #[test]
    fn finds_keys_by_the_shape_of_the_headers() {
        let scrubber = Scrubber::by_shape();
        for (echo, clean) in [
            ("authorization: Token token=\"abc\"\r\n", "authorization: Token token=\"[redacted]\"\r\n"),
            (
                r#"{"authorization":"Token token=\"abc\""}"#,
                r#"{"authorization":"Token token=\"[redacted]\""}"#,
            ),
            (r#"{"public-api-key":"abc"}"#, r#"{"public-api-key":"[redacted]"}"#),
            ("Public-Api-Key: abc\r\n", "Public-Api-Key: [redacted]\r\n"),
            ("no public-api-key\r\n", "no public-api-key\r\n"),
            ("<td>Token token=&quot;a&amp;c&quot;</td>", "<td>Token token=&quot;[redacted]&quot;</td>"),
            ("<td>public-api-key</td> &gt; x", "<td>public-api-key</td> &gt; x"),
            ("HTTP_PUBLIC_API_KEY=abc\n", "HTTP_PUBLIC_API_KEY=[redacted]\n"),
        ] {
            assert_eq!(scrubber.text(echo), clean);
            // An error is scrubbed once by shape, and once more where the keys are known.
            assert_eq!(scrubber.text(clean), clean);
        }
    }

    /// Promise 8: a key that the cut of a kept body falls into leaves no part of itself.
    #[test]
    fn a_cut_inside_a_key_leaves_none_of_it() {
        let scrubber = Scrubber::of([SECRET]);
        for before in 0..40 {
            let body = [vec![b'.'; before], SECRET.as_bytes().to_vec(), vec![b'.'; 8192]].concat();
            let piece = scrubber.piece(&body, 20);
            assert!(piece.len() <= 20 && !piece.windows(2).any(|two| two == b"s3"), "{piece:?}");
        }
        // Nor where what was put for other keys is shorter, so that the end of what was looked at is kept.
        for before in 0..40 {
            let body = [vec![b'.'; before], SECRET.repeat(1000).into_bytes()].concat();
            let piece = scrubber.piece(&body, 4096);
            assert!(!piece.windows(2).any(|two| two == b"s3"), "{before}: {:?}", piece.last_chunk::<40>());
        }
        for length in 0..SECRET.len() {
            let text = format!("..{}", &SECRET[..length]);
            assert_eq!(scrubber.first_part(&text), "..", "{length}");
        }
        // What is whole is left as it is, even if it is just as long as what is looked at.
        let whole = format!("{}s3cret/KEY+0", SECRET.repeat(292));
        assert_eq!(whole.len(), 4096 + SHAPE_REACH);
        assert!(scrubber.piece(whole.as_bytes(), 4096).ends_with(b"]s3cret/KEY+0"));
        assert_eq!(scrubber.piece(b"..s3cret/KE", 4096), "..s3cret/KE");
    }
}
