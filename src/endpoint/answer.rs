//! From a response to an output: content coding, status, envelope, and the fields inside, in one pass.

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Response};
use serde::de::DeserializeOwned;

use super::envelope::{Fields, Inside, Nothing, Verdict, read};
use crate::{Error, ErrorKind, Position};

/// Reads a JSON answer into a type of yours, bare or out of the `response` envelope.
///
/// # Errors
/// As [`Endpoint::parse`](crate::Endpoint::parse) lists them, with `name` as the endpoint's.
pub fn json<T: DeserializeOwned>(
    name: &'static str,
    response: &Response<impl AsRef<[u8]>>,
) -> Result<T, Error> {
    let body = response.body().as_ref();
    success(response)
        .and_then(|()| refuse_failure(body))
        .and_then(|()| match serde_json::from_slice::<Inside<T>>(body) {
            Ok(Inside(Some(output))) => Ok(output),
            Err(error) if body.trim_ascii_start().starts_with(b"{") => Err(unexpected(&error, body)),
            // Without an envelope, or no object at all.
            _ => serde_json::from_slice(body).map_err(|error| unexpected(&error, body)),
        })
        .map_err(|error| about(error, name, response))
}

/// Refuses a head that no output can come of, whatever its body: a content coding, a redirect, any status but
/// 2xx.
///
/// # Errors
/// [`ContentCoding`](ErrorKind::ContentCoding) with the coding's name, [`Redirect`](ErrorKind::Redirect),
/// [`Rejected`](ErrorKind::Rejected).
pub fn success<B>(response: &Response<B>) -> Result<(), Error> {
    if let Some(coding) = foreign_coding(response.headers()) {
        let message = format!("the body has the content coding `{coding}`, which was not asked for");
        return Err(Error::new(ErrorKind::ContentCoding, message));
    }
    match response.status().as_u16() {
        200..=299 => Ok(()),
        300..=399 => Err(Error::new(ErrorKind::Redirect, "the answer is a redirect, which is not followed")),
        _ => Err(Error::api(None)),
    }
}

/// Reads an answer field by field.
pub(crate) fn answer<B: AsRef<[u8]>, F: Fields>(
    name: &'static str,
    response: &Response<B>,
    mut fields: F,
) -> Result<F::Output, Error> {
    success(response)
        .and_then(|()| {
            let body = response.body().as_ref();
            match read(body, &mut fields) {
                Ok(Verdict { failed: true, error }) => Err(Error::api(error)),
                Ok(_) => fields
                    .finish()
                    .map_err(|missing| Error::decode(format!("the answer has no `{missing}`"), None)),
                // A failure may have anything where a success has its fields.
                Err(error) => Err(refuse_failure(body).err().unwrap_or_else(|| unexpected(&error, body))),
            }
        })
        .map_err(|error| about(error, name, response))
}

/// Adds to an error which call and which answer it is about, and the reason that the service gave.
pub(crate) fn about<B: AsRef<[u8]>>(error: Error, name: &'static str, response: &Response<B>) -> Error {
    let body = response.body().as_ref();
    let error = match error.kind() {
        ErrorKind::Rejected if error.api_message().is_none() => {
            Error::api(read(body, &mut Nothing).ok().and_then(|verdict| verdict.error))
        }
        _ => error,
    };
    error.at_endpoint(name).with_answer(response.status(), response.headers(), body)
}

fn refuse_failure(body: &[u8]) -> Result<(), Error> {
    match read(body, &mut Nothing) {
        Ok(Verdict { failed: true, error }) => Err(Error::api(error)),
        _ => Ok(()),
    }
}

/// The first content coding that is neither the identity nor what was asked for, bounded and escaped.
fn foreign_coding(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
        .map(<[u8]>::trim_ascii)
        .find(|coding| {
            let known: [&[u8]; 3] = [b"", b"identity", b"application/json"];
            !known.iter().any(|known| coding.eq_ignore_ascii_case(known))
        })
        .map(|coding| {
            coding.iter().take(40).copied().flat_map(std::ascii::escape_default).map(char::from).collect()
        })
}

/// A [`serde_json::Error`] in words that hold no long text of the server's, with its place.
pub(crate) fn unexpected(error: &serde_json::Error, body: &[u8]) -> Error {
    const SHOWN: usize = 200;
    let start = body.trim_ascii_start();
    if start.is_empty() {
        return Error::decode("the body is empty where JSON was expected", None);
    }
    if start.starts_with(b"<") {
        return Error::decode("the body is markup where JSON was expected", None);
    }
    let whole = error.to_string();
    let told = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(told, _)| told);
    let reason: String = match told.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{} […]", told.get(..cut).unwrap_or_default()),
        None => told.to_owned(),
    };
    Error::decode(format!("the body is not the JSON that was expected: {reason}"), Some(place(error, body)))
}

fn place(error: &serde_json::Error, body: &[u8]) -> Position {
    let (line, column) = (error.line().max(1), error.column().max(1));
    let before: usize = body.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
    let offset = (before + column - 1).min(body.len());
    Position { line: line as u64, column: column as u64, offset: offset as u64, record: None }
}
