//! Errors about a body that is not the expected JSON: what is wrong, and where.

use crate::error::{Error, Position, shown};

/// Checks that JSON is UTF-8 (RFC 8259, section 8.1), even in ignored strings.
pub(super) fn text(body: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(body).map_err(|error| not_text(body, error.valid_up_to()))
}

#[cold]
fn not_text(body: &[u8], at: usize) -> Error {
    let before = body.get(..at).unwrap_or(body);
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let position = Position {
        line: 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64,
        column: 1 + line.len() as u64,
        offset: before.len() as u64,
        record: None,
    };
    Error::decode("the body is not UTF-8, as JSON is", Some(position))
}

/// Converts a [`serde_json::Error`] to a message with its place, and without long text from the server.
pub(crate) fn unexpected(error: &serde_json::Error, body: &[u8]) -> Error {
    let start = body.trim_ascii_start();
    if start.is_empty() {
        return Error::decode("the body is empty where JSON was expected", None);
    }
    if start.starts_with(b"<") {
        return Error::decode("the body is markup where JSON was expected", None);
    }
    let told = error.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told);
    let reason = without_server_text(told);
    Error::decode(format!("the body is not the JSON that was expected: {reason}"), Some(place(error, body)))
}

/// serde quotes an unexpected string: `invalid type: string "…", expected …`. The server chooses that string, and it may be
/// long, so only its length is kept. Messages of the caller's own types are escaped and bounded.
fn without_server_text(told: &str) -> String {
    const SHOWN: usize = 200;
    let quoted = told.split_once("string \"").and_then(|(before, rest)| {
        let (text, after) = rest.rsplit_once("\", expected ")?;
        Some((before, text, after))
    });
    match quoted {
        Some((before, text, after)) => format!("{before}string of {} bytes, expected {after}", text.len()),
        None if told.chars().nth(SHOWN).is_none() => shown(told),
        None => format!("a message of {} bytes", told.len()),
    }
}

fn place(error: &serde_json::Error, body: &[u8]) -> Position {
    let (line, column) = (error.line().max(1), error.column().max(1));
    let before: usize = body.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
    let offset = (before + column - 1).min(body.len());
    Position { line: line as u64, column: column as u64, offset: offset as u64, record: None }
}
