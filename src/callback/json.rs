//! The strings of a JSON document, at any depth.

use serde::de::IgnoredAny;

use crate::error::{Error, ErrorKind};

/// A body with a JSON type, as text.
pub(super) fn text(body: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        Error::new(ErrorKind::UnexpectedBody, format!("callback body is not JSON: not UTF-8 at byte {at}"))
    })
}

/// All strings of a document in order, unescaped, names included.
///
/// A string with half a surrogate pair is left out, because it is not text.
pub(super) fn strings(document: &str) -> Result<impl Iterator<Item = String>, Error> {
    // serde_json skips a value with a stack of its own, so no depth is too deep.
    serde_json::from_str::<IgnoredAny>(document).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = format!("callback body is not JSON, at line {line} column {column}");
        Error::new(ErrorKind::UnexpectedBody, message)
    })?;
    // In a valid document every quote outside a string opens one.
    let mut rest = document;
    let tokens = std::iter::from_fn(move || {
        let start = rest.find('"')?;
        let opened = rest.get(start..)?;
        let end = string_length(opened)?;
        rest = opened.get(end..)?;
        opened.get(..end)
    });
    Ok(tokens.filter_map(|token| serde_json::from_str(token).ok()))
}

/// The length of the string at the start of `text`, both quotes included.
fn string_length(text: &str) -> Option<usize> {
    // Start as if the opening quote were escaped, so it doesn't close the string.
    let mut escaped = true;
    let last = text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_is_found_and_unescaped() {
        for (document, expected) in [
            ("", None),
            ("{", None),
            ("[1] 2", None),
            (r#""\x""#, None),
            ("17", Some(vec![])),
            (r#" "a" "#, Some(vec!["a"])),
            (
                r#"{"a":["b",{"c":null,"d":"\u0065"}],"a":"again"}"#,
                Some(vec!["a", "b", "c", "d", "e", "a", "again"]),
            ),
            (r#"["\\","\"","\\\"x\\",""]"#, Some(vec!["\\", "\"", "\\\"x\\", ""])),
            (r#"["\/public","ü\ud83d\ude00"]"#, Some(vec!["/public", "ü😀"])),
            (r#"["\ud83d","kept"]"#, Some(vec!["kept"])),
        ] {
            let found = strings(document).ok().map(Iterator::collect::<Vec<_>>);
            assert_eq!(
                found,
                expected.map(|texts| texts.iter().map(ToString::to_string).collect()),
                "{document}"
            );
        }
    }
}
