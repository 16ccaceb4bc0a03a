//! Takes keys out of text that a server sent, before an error keeps any of it.

mod forms;
mod search;
mod shape;

use std::borrow::Cow;
use std::sync::LazyLock;

use http::HeaderValue;

pub(crate) use forms::UNRESERVED_KEPT;
use forms::forms;
use search::Search;
use shape::{NAMES, SHAPE_REACH, header_shape};

/// What is put where a key was.
const PUT: &str = "[redacted]";

/// Finds keys by their value, where they are known, and by the shape of the two headers in any case.
pub(crate) struct Scrubber {
    /// The forms that a key may be echoed in, the longest first, so that no form is spoilt by a shorter one inside it.
    forms: Vec<Vec<u8>>,
    /// Where a form or a header's shape may begin.
    search: Search,
}

impl Scrubber {
    /// Knows no key: finds what stands where the two headers have theirs.
    pub(crate) fn by_shape() -> &'static Self {
        static BY_SHAPE: LazyLock<Scrubber> = LazyLock::new(|| Scrubber::of([]));
        &BY_SHAPE
    }

    /// Finds `keys` in each of their forms as well.
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<Vec<u8>> = keys.into_iter().flat_map(forms).collect();
        forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        // Most keys are the same in several forms.
        forms.dedup();
        let search = Search::of(forms.iter().map(Vec::as_slice).chain(NAMES));
        Scrubber { forms, search }
    }

    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.clean(text.as_bytes(), text.len()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
        }
    }

    /// The same for the first part of a longer text: the beginning of a key at its end goes as well.
    pub(crate) fn first_part(&self, text: &str) -> String {
        let text = text.as_bytes();
        String::from_utf8_lossy(&self.clean(text, self.before_beginning(text))).into_owned()
    }

    pub(crate) fn header(&self, value: &mut HeaderValue) {
        let text = value.as_bytes();
        if let Cow::Owned(clean) = self.clean(text, text.len()) {
            *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static(PUT));
        }
    }

    /// The first `kept` bytes of `body`, clean, and without the beginning of a key where the cut fell inside
    /// one.
    pub(crate) fn piece<'t>(&self, body: &'t [u8], kept: usize) -> Cow<'t, [u8]> {
        // What is behind it is looked at for the rest of a header's shape. Of a form that reaches further, the beginning goes.
        let reach = kept.saturating_add(SHAPE_REACH);
        match body.get(..reach) {
            Some(seen) if seen.len() < body.len() => cut(self.clean(seen, self.before_beginning(seen)), kept),
            _ => cut(self.clean(body, body.len()), kept),
        }
    }

    /// The length of `text` up to where a key begins that does not end in it.
    fn before_beginning(&self, text: &[u8]) -> usize {
        text.len() - self.forms.iter().map(|form| overlap(text, form)).max().unwrap_or(0)
    }

    /// The first `end` bytes of `text` without what is found in it: the same text where nothing is, as is nearly always so.
    fn clean<'t>(&self, text: &'t [u8], end: usize) -> Cow<'t, [u8]> {
        let mut clean = Vec::new();
        // Up to where `text` has been looked at, and up to where it is in `clean`.
        let (mut at, mut done) = (0, 0);
        let part = |from, to| text.get(from..to).unwrap_or_default();
        while let Some(next) = self.search.next(text, at).filter(|&next| next < end) {
            at = next;
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
            return Cow::Borrowed(part(0, end));
        }
        clean.extend_from_slice(part(done, end));
        Cow::Owned(clean)
    }

    /// What is found at the start of `text`: the length up to the key, and the key's.
    fn found(&self, text: &[u8]) -> Option<(usize, usize)> {
        match self.forms.iter().find(|form| text.starts_with(form)) {
            Some(form) => Some((0, form.len())),
            None => header_shape(text),
        }
    }
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
        let mut rng = fastrand::Rng::with_seed(8);
        let mut random = |below| rng.usize(..below);
        let (mut found, mut windows) = (0, std::collections::BTreeSet::new());
        for _ in 0..20_000 {
            let most = [2, 4, 12, 40].map(|most| 1 + random(most))[random(4)];
            let mut some = |most| -> String {
                (0..=random(most)).map(|_| char::from(b"aAb1=%tkp-_"[random(11)])).collect()
            };
            let keys = [some(most), some(most)];
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
            windows.insert(scrubber.search.window());
        }
        assert!(found > 20_000);
        // A key of five bytes has base64 of four.
        assert_eq!(windows.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 6]);
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
        // Nor where another key stands in what is left of one.
        let outer = "s3cret/KEY1+0123456789";
        for inner in ["KEY1", "s3cret/"] {
            let scrubber = Scrubber::of([inner, outer]);
            for length in 0..outer.len() {
                assert_eq!(scrubber.first_part(&format!("..{}", &outer[..length])), "..", "{length}");
            }
        }
        // Nor where a form is longer than any header, with another key inside it.
        let long = format!("{}KEY1{}", "<".repeat(500), "<".repeat(500));
        let (scrubber, form) = (Scrubber::of(["KEY1", &long]), long.replace('<', "\\u003c"));
        for before in 0..40 {
            let body = [".".repeat(before), form.clone(), ".".repeat(8192)].concat();
            let clean = scrubber.piece(body.as_bytes(), 20);
            assert!(!clean.contains(&b'u'), "{before}: {:?}", String::from_utf8_lossy(&clean));
        }
        let scrubber = Scrubber::of([SECRET]);
        // What is whole is left as it is, even if it is just as long as what is looked at.
        let whole = format!("{}s3cret/KEY+0", SECRET.repeat(292));
        assert_eq!(whole.len(), 4096 + SHAPE_REACH);
        assert!(scrubber.piece(whole.as_bytes(), 4096).ends_with(b"]s3cret/KEY+0"));
        assert_eq!(&*scrubber.piece(b"..s3cret/KE", 4096), b"..s3cret/KE");
    }
}
