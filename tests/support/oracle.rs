//! An export as serde_json reads it: names and texts of records as `String`, everything else as `RawValue`.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::decode::{Outcome, Record};

/// The members of an object in order, without loss.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The records of a document, or `None` if it is not a valid export.
pub fn oracle(document: &[u8]) -> Option<Vec<Record>> {
    // serde_json does not skip a byte order mark, the decoder does.
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let whole: &RawValue = serde_json::from_slice(document).ok()?;
    if depth(whole.get()) > 128 {
        return None;
    }
    let top: Members<'_> = serde_json::from_str(whole.get()).ok()?;
    let (mut lists, mut failed) = (Vec::new(), false);
    for (name, value) in top.0 {
        match text(name).as_deref() {
            Some("artisanUserIds") => lists.push(value),
            Some("success") => failed |= !success(value)?,
            Some("response") => {
                if let Ok(inner) = serde_json::from_str::<Members<'_>>(value.get()) {
                    let named = |name| text(name).as_deref() == Some("artisanUserIds");
                    lists.extend(inner.0.into_iter().filter(|(name, _)| named(name)).map(|(_, value)| value));
                }
            }
            _ => {}
        }
    }
    let [list] = *lists else { return None };
    let records: Vec<Members<'_>> = serde_json::from_str(list.get()).ok().filter(|_| !failed)?;
    records.into_iter().map(record).collect()
}

fn record(members: Members<'_>) -> Option<Record> {
    let attribute = |(name, value): (&RawValue, &RawValue)| {
        let is_text = value.get().starts_with('"');
        let value = if is_text { text(value)? } else { value.get().to_owned() };
        Some((text(name)?, is_text, value))
    };
    members.0.into_iter().map(attribute).collect()
}

/// Whether a saved document has a result: a list of objects, and no failure.
pub fn is_result(document: &[u8]) -> bool {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let Ok(whole) = serde_json::from_slice::<&RawValue>(document) else { return false };
    let Ok(top) = serde_json::from_str::<Members<'_>>(whole.get()) else { return is_list(whole) };
    top.0.iter().filter(|(name, _)| is(name, "success")).all(|(_, value)| success(value) == Some(true))
        && top.0.iter().any(|(name, value)| match text(name).as_deref() {
            Some("success" | "error") => false,
            Some("response") => {
                let inner = serde_json::from_str::<Members<'_>>(value.get());
                is_list(value) || inner.is_ok_and(|inner| inner.0.iter().any(|(_, value)| is_list(value)))
            }
            _ => is_list(value),
        })
}

fn is_list(json: &RawValue) -> bool {
    serde_json::from_str::<Vec<Members<'_>>>(json.get()).is_ok()
}

fn is(name: &RawValue, expected: &str) -> bool {
    text(name).as_deref() == Some(expected)
}

fn text(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

fn success(json: &RawValue) -> Option<bool> {
    match &*text(json).unwrap_or_else(|| json.get().to_owned()).to_ascii_lowercase() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Compares the decoder's outcome with it.
pub fn compare(document: &[u8], (records, error): Outcome) {
    let shown = String::from_utf8_lossy(document);
    match oracle(document) {
        Some(expected) => assert_eq!((records, error), (expected, None), "{shown}"),
        None => assert!(error.is_some(), "serde_json refuses {shown}"),
    }
}
