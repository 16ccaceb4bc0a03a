//! Attributes as a JSON object on one line.

use std::io::{self, Write};

use useartisan::AttributeValue;

/// Writes the members in order. Repeated names are kept, and so is every digit of a number.
pub(crate) fn object<'a>(
    out: &mut impl Write,
    members: impl IntoIterator<Item = (&'a str, AttributeValue<'a>)>,
) -> io::Result<()> {
    let mut before = "{";
    for (name, value) in members {
        out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")?;
        match value {
            AttributeValue::Text(text) => serde_json::to_writer(&mut *out, text)?,
            AttributeValue::Raw(json) => raw(out, json)?,
        }
        before = ",";
    }
    out.write_all(if before == "{" { b"{}" } else { b"}" })
}

/// Replaces line breaks by spaces. In JSON they are never inside a string.
fn raw(out: &mut impl Write, json: &str) -> io::Result<()> {
    let mut lines = json.split(['\n', '\r']);
    out.write_all(lines.next().unwrap_or_default().as_bytes())?;
    for line in lines {
        out.write_all(b" ")?;
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
