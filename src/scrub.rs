//! Takes keys out of text that a server sent, before an error keeps any of it.

use std::borrow::Cow;
use std::sync::LazyLock;

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const PUT: &str = "[redacted]";

/// Finds keys by their value, where they are known, and by the shape of the two headers in any case.
pub(crate) struct Scrubber {
    /// The forms that a key may be echoed in, the longest first, so that no form is spoilt by a shorter one inside it.
    forms: Vec<Vec<u8>>,
    /// The length of the shortest text that is looked for.
    window: usize,
    /// By the last two bytes of a window: how far on the next one is that a text may fill which is looked for; 0 where it
    /// may be this one (Wu and Manber, «A fast algorithm for multi-pattern searching», 1994).
    shifts: [u8; PAIRS],
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
        // Of a very short key.
        forms.retain(|form| !form.is_empty());
        // Most keys are the same in several forms.
        forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        forms.dedup();
        Scrubber::for_forms(forms)
    }

    fn for_forms(forms: Vec<Vec<u8>>) -> Self {
        let texts = || forms.iter().map(Vec::as_slice).chain(NAMES);
        let window = texts().map(<[u8]>::len).min().unwrap_or(1);
        let first_end = window.min(2);
        let mut shifts = [(window - first_end + 1) as u8; PAIRS];
        for text in texts() {
            for end in first_end..=window {
                if let Some(shift) = text.get(..end).and_then(|head| shifts.get_mut(pair(head))) {
                    *shift = (*shift).min((window - end) as u8);
                }
            }
        }
        Scrubber { forms, window, shifts }
    }

    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
        }
    }

    /// The same for the first part of a longer text: the beginning of a key at its end goes as well.
    pub(crate) fn first_part(&self, text: &str) -> String {
        let clean = self.bytes(text.as_bytes());
        let kept = self.before_beginning(&clean);
        String::from_utf8_lossy(&cut(clean, kept)).into_owned()
    }

    /// The length of `text` up to where a key begins that does not end in it.
    fn before_beginning(&self, text: &[u8]) -> usize {
        text.len() - self.forms.iter().map(|form| overlap(text, form)).max().unwrap_or(0)
    }

    pub(crate) fn header(&self, value: &mut HeaderValue) {
        let clean = self.bytes(value.as_bytes());
        if let Cow::Owned(clean) = clean {
            *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static(PUT));
        }
    }

    /// The first `kept` bytes of `body`, clean, and without the beginning of a key where the cut fell inside
    /// one.
    pub(crate) fn piece<'t>(&self, body: &'t [u8], kept: usize) -> Cow<'t, [u8]> {
        let longest = self.forms.first().map_or(0, Vec::len);
        // A key that begins inside the piece ends at most its own length behind it.
        let reach = kept.saturating_add(longest.max(SHAPE_REACH));
        let clean = self.bytes(body.get(..reach).unwrap_or(body));
        let whole = if body.len() > reach { self.before_beginning(&clean) } else { clean.len() };
        cut(clean, kept.min(whole))
    }

    /// The same text where nothing is found in it, as is nearly always so.
    fn bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let mut clean = Vec::new();
        // Up to where `text` has been looked at, and up to where it is in `clean`.
        let (mut at, mut done) = (0, 0);
        let part = |from, to| text.get(from..to).unwrap_or_default();
        while let Some(window) = text.get(at..at + self.window) {
            let shift = self.shifts.get(pair(window)).copied().unwrap_or_default();
            if shift > 0 {
                at += usize::from(shift);
                continue;
            }
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

    /// What is found at the start of `text`: the length up to the key, and the key's.
    #[cold]
    fn found(&self, text: &[u8]) -> Option<(usize, usize)> {
        match self.forms.iter().find(|form| text.starts_with(form)) {
            Some(form) => Some((0, form.len())),
            None => header_shape(text),
        }
    }
}

/// How many pairs of bytes are told apart: by five bits of each, which are the same for both cases of a letter.
const PAIRS: usize = 32 * 32;

/// Which pair the last two bytes are. Where there is one alone, it stands for two.
fn pair(window: &[u8]) -> usize {
    let (one, two) = match *window {
        [.., one, two] => (one, two),
        [byte] => (byte, byte),
        [] => (0, 0),
    };
    usize::from(one % 32) * 32 + usize::from(two % 32)
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

fn cut(text: Cow<'_, [u8]>, length: usize) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..length).unwrap_or(text)),
        Cow::Owned(mut text) => {
            text.truncate(length);
            Cow::Owned(text)
        }
    }
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

    /// Promise 8: what is passed over is what holds nothing, with keys of every length from one byte on.
    #[test]
    fn finds_what_a_look_at_every_byte_finds() {
        let mut state = 8_u64;
        // Knuth's linear congruential generator, by its better half.
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 32) as usize % below
        };
        let mut found = 0;
        for _ in 0..20_000 {
            let mut some =
                |most| -> String { (0..=random(most)).map(|_| char::from(b"aAb1=%"[random(6)])).collect() };
            let keys = [some(3), some(12)];
            let text = some(20) + &keys[1] + &some(9) + "Token=" + &some(9) + "public-API_key" + &keys[0];
            let (scrubber, mut clean, mut rest) =
                (Scrubber::of(keys.each_ref().map(String::as_str)), String::new(), &*text);
            while let Some(first) = rest.get(..1) {
                let (lead, length) = scrubber.found(rest.as_bytes()).unwrap_or((1, 0));
                clean += if length > 0 { &rest[..lead] } else { first };
                clean += if length > 0 { PUT } else { "" };
                found += usize::from(length > 0);
                rest = &rest[lead + length..];
            }
            assert_eq!(scrubber.text(&text), clean, "{keys:?} in {text}");
        }
        assert!(found > 20_000);
    }

    /// A piece is no longer than was asked for, also where what is put for a key is longer than it.
    #[test]
    fn a_piece_is_bounded() {
        let scrubber = Scrubber::of(["ab"]);
        for length in 0..200 {
            let body = "ab".repeat(100);
            assert_eq!(
                scrubber.piece(&body.as_bytes()[..length], 50).len(),
                (length / 2 * 10 + length % 2).min(50)
            );
        }
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
        assert_eq!(&*scrubber.piece(b"..s3cret/KE", 4096), b"..s3cret/KE");
    }
}
