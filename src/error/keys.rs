//! Removes the keys from an error before it leaves the library.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;

use http::{HeaderMap, HeaderValue};
use memchr::memmem;

/// What replaces a key.
const REDACTED: &str = "[redacted]";

/// The shortest secret that is searched for, in bytes. A shorter one occurs in ordinary text by chance.
const SHORTEST: usize = 8;

/// The secrets of an [`Api`](crate::Api), verbatim and with `/` as `\/`, as JSON may write it.
pub(crate) struct Keys(Vec<Vec<u8>>);

type Source = Box<dyn StdError + Send + Sync>;

impl Keys {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        let forms = secrets.flat_map(|secret| [secret.to_owned(), secret.replace('/', "\\/")]);
        let mut forms: Vec<Vec<u8>> = forms.map(String::into_bytes).collect();
        forms.sort();
        forms.dedup();
        Keys(forms)
    }

    pub(crate) fn are_in(&self, text: &[u8]) -> bool {
        self.next(text, 0).is_some()
    }

    /// The first key from a position on. If two begin there, the longer one.
    fn next(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let rest = text.get(from..)?;
        let found = self.0.iter().filter_map(|key| {
            let start = from + memmem::find(rest, key)?;
            Some(start..start + key.len())
        });
        found.min_by_key(|found| (found.start, Reverse(found.end)))
    }

    /// The same, extended by the keys that begin inside it.
    fn next_of_all(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let mut found = self.next(text, from)?;
        let mut at = found.start + 1;
        while let Some(inside) = self.next(text, at).filter(|inside| inside.start < found.end) {
            found.end = found.end.max(inside.end);
            at = inside.start + 1;
        }
        Some(found)
    }

    /// Replaces the keys in a text. If the text `is_cut`, the beginning of a key at its end is removed too.
    pub(super) fn out_of<'t>(&self, text: &'t [u8], is_cut: bool) -> Cow<'t, [u8]> {
        let end = if is_cut { self.beginning(text) } else { text.len() };
        let part = |range: Range<usize>| text.get(range).unwrap_or_default();
        let (mut clean, mut done) = (Vec::new(), 0);
        while let Some(found) = self.next_of_all(text, done).filter(|found| found.start < end) {
            clean.extend_from_slice(part(done..found.start));
            clean.extend_from_slice(REDACTED.as_bytes());
            done = found.end;
        }
        if done == 0 {
            return Cow::Borrowed(part(0..end));
        }
        clean.extend_from_slice(part(done..end));
        Cow::Owned(clean)
    }

    /// The position at the end of a text where a key begins, or the text's length if there is none.
    fn beginning(&self, text: &[u8]) -> usize {
        let begins =
            |at: &usize| text.get(*at..).is_some_and(|tail| self.0.iter().any(|key| key.starts_with(tail)));
        let longest = self.0.iter().map(Vec::len).max().unwrap_or_default();
        (text.len().saturating_sub(longest)..text.len()).find(begins).unwrap_or(text.len())
    }

    pub(super) fn out_of_text(&self, text: &mut String, is_cut: bool) {
        let clean = self.out_of(text.as_bytes(), is_cut);
        if *clean != *text.as_bytes() {
            *text = String::from_utf8_lossy(&clean).into_owned();
        }
    }

    /// Removes headers whose names hold a key, and replaces keys in values. HTTP has names in lower case.
    pub(super) fn out_of_headers(&self, headers: &mut HeaderMap) {
        let lower: Vec<_> = self.0.iter().map(|key| key.to_ascii_lowercase()).collect();
        let holds_one = |name: &[u8]| lower.iter().any(|key| memmem::find(name, key).is_some());
        let names: Vec<_> =
            headers.keys().filter(|name| holds_one(name.as_str().as_bytes())).cloned().collect();
        for name in names {
            headers.remove(name);
        }
        for value in headers.values_mut() {
            if let Cow::Owned(clean) = self.out_of(value.as_bytes(), false) {
                *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// Keeps a chain of causes as it is. If one of them shows a key, the chain becomes text.
    pub(super) fn out_of_source(&self, source: Source) -> Source {
        let (mut shows_one, mut told) = (false, String::new());
        let mut next: Option<&(dyn StdError + 'static)> = Some(&*source);
        while let Some(cause) = next {
            shows_one |= self.are_in(format!("{cause} {cause:?}").as_bytes());
            let separator = if told.is_empty() { "" } else { ": " };
            told += &format!("{separator}{cause}");
            next = cause.source();
        }
        if !shows_one {
            return source;
        }
        self.out_of_text(&mut told, false);
        Box::new(Told(told))
    }
}

/// A chain of causes as text.
#[derive(Debug)]
struct Told(String);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Told {}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    const SECRET: &str = "s3cret/KEY+0123456789";

    fn clean(keys: &Keys, text: &str) -> String {
        String::from_utf8(keys.out_of(text.as_bytes(), false).into_owned()).unwrap()
    }

    /// Promise 8.
    #[test]
    fn a_key_is_found_verbatim_and_as_json_writes_it() {
        let keys = Keys::new([SECRET]);
        for (text, expected) in [
            (SECRET, "[redacted]"),
            ("<p>s3cret/KEY+0123456789</p>", "<p>[redacted]</p>"),
            ("s3cret/KEY+0123456789s3cret/KEY+0123456789", "[redacted][redacted]"),
            (r"a s3cret\/KEY+0123456789 b", "a [redacted] b"),
            ("s3cret/KEY+012345678", "s3cret/KEY+012345678"),
            ("", ""),
        ] {
            assert_eq!(clean(&keys, text), expected);
        }
        assert_eq!(clean(&Keys::new(["ab", "seventh"]), "ab seventh"), "ab seventh", "too short to be told");
        assert_eq!(clean(&Keys::new(["KEY+0123", SECRET]), SECRET), "[redacted]", "the longer one");
        let chained = Keys::new(["pub-12345678", "345678-the-long-secret"]);
        assert_eq!(
            clean(&chained, "a pub-12345678-the-long-secret b"),
            "a [redacted] b",
            "one inside the other"
        );
        assert_eq!(clean(&Keys::new(["abababab"]), "xababababababy"), "x[redacted]y", "one inside itself");
    }

    /// Promise 8: nothing stays of a key that is cut.
    #[test]
    fn a_cut_inside_a_key_leaves_none_of_it() {
        assert_eq!(Keys::new(["abcdefghij", "ijklmnop"]).out_of(b"xabcdefghijk", true), &b"x[redacted]"[..]);
        for keys in [[SECRET, "another key"], [SECRET, "KEY+0123"]] {
            let keys = Keys::new(keys);
            for length in 0..SECRET.len() {
                let text = format!("..{}", &SECRET[..length]);
                let clean = keys.out_of(text.as_bytes(), true);
                assert!(clean.starts_with(b"..") && !clean.windows(2).any(|two| two == b"s3"), "{clean:?}");
                assert_eq!(keys.out_of(b"..s3cret", false), &b"..s3cret"[..], "what is whole stays");
            }
        }
    }

    /// Promise 8: causes stay what they are, unless one shows a key anywhere.
    #[test]
    fn a_chain_of_causes_is_kept_or_becomes_text() {
        let keys = Keys::new([SECRET]);
        let harmless = keys.out_of_source(Box::new(io::Error::other("no route")));
        assert!(harmless.downcast_ref::<io::Error>().is_some());

        #[derive(Debug)]
        struct Shows(#[allow(dead_code, reason = "shown by Debug")] &'static str);
        impl fmt::Display for Shows {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the peer said goodbye")
            }
        }
        impl StdError for Shows {}
        let shown = keys.out_of_source(Box::new(io::Error::other(Shows(SECRET))));
        let text = format!("{shown} {shown:?}");
        assert!(text.contains("the peer said goodbye") && !text.contains("s3cret"), "{text}");
    }

    /// Promise 8: in the name of a header, which HTTP has in lower case, and in its value.
    #[test]
    fn a_header_keeps_no_key() {
        let keys = Keys::new(["Secret-Name-1234", "value/5678"]);
        let mut headers = HeaderMap::new();
        headers.insert("x-secret-name-1234", HeaderValue::from_static("x"));
        headers.insert("x-echo", HeaderValue::from_static("a value/5678 b"));
        keys.out_of_headers(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["x-echo"], "a [redacted] b");
    }
}
