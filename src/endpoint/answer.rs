//! Reads an answer: content coding, status, envelope, and the output inside.

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Response};
use memchr::memchr;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::unexpected::{text, unexpected};
use crate::error::{Error, ErrorKind, Says, shown};
use crate::json::without_mark;
use crate::model::Object;
use crate::model::{Success, present};

/// Reads a JSON answer into your own type, with or without the `response` envelope.
///
/// ```
/// let answer = http::Response::new(r#"{"success":true,"response":[54,29]}"#);
/// let ages: Vec<u8> = useartisan::endpoint::json("list_ages", &answer).unwrap();
/// assert_eq!(ages, [54, 29]);
/// ```
///
/// # Errors
/// As [`Endpoint::parse`](crate::Endpoint::parse). They name the endpoint `name`.
pub fn json<T: DeserializeOwned>(
    name: &'static str,
    response: &Response<impl AsRef<[u8]>>,
) -> Result<T, Error> {
    let body = without_mark(response.body().as_ref());
    success(response)
        .and_then(|()| read(body))
        .map_err(|error| about(error, name, response, || read::<T>(body).is_ok()))
}

/// Reads an answer without an output, such as a 204: an empty body, or a JSON object that reports no failure.
///
/// ```
/// use useartisan::endpoint;
///
/// let deleted = http::Response::builder().status(204).body("").unwrap();
/// assert!(endpoint::empty("delete_note", &deleted).is_ok());
/// let failed = http::Response::new(r#"{"success":false,"error":"note does not exist"}"#);
/// assert!(endpoint::empty("delete_note", &failed).unwrap_err().is_not_found());
/// ```
///
/// # Errors
/// As [`Endpoint::parse`](crate::Endpoint::parse). They name the endpoint `name`.
pub fn empty(name: &'static str, response: &Response<impl AsRef<[u8]>>) -> Result<(), Error> {
    let body = without_mark(response.body().as_ref());
    let read = |()| {
        if body.trim_ascii().is_empty() {
            return Ok(());
        }
        serde_json::from_str::<Object<Envelope<IgnoredAny>>>(text(body)?)
            .map_err(|error| unexpected(&error, body))?;
        match Says::of(response.status(), body, || true) {
            (says, reason) if says.is_failure() => Err(Error::rejected(says, reason)),
            _ => Ok(()),
        }
    };
    success(response).and_then(read).map_err(|error| about(error, name, response, || false))
}

/// Refuses a head that cannot lead to an output, with any body: a content coding, a redirect, a status other than 2xx.
#[inline]
pub(crate) fn success<B>(response: &Response<B>) -> Result<(), Error> {
    // Most answers have none.
    if response.headers().contains_key(CONTENT_ENCODING) {
        if let Some(coding) = foreign_coding(response.headers()) {
            let message = format!("the body has the content coding `{coding}`, which was not asked for");
            return Err(Error::new(ErrorKind::ContentCoding, message));
        }
    }
    match response.status().as_u16() {
        200..=299 => Ok(()),
        300..=399 => Err(Error::new(ErrorKind::Redirect, "the answer is a redirect, which is not followed")),
        _ => Err(Error::rejected(Says::Nothing, None)),
    }
}

/// Reads an answer that is an object.
pub(super) fn answer<T: DeserializeOwned>(
    name: &'static str,
    response: &Response<impl AsRef<[u8]>>,
) -> Result<T, Error> {
    json(name, response).map(|Object(output)| output)
}

/// What may surround an output.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Envelope<T> {
    #[serde(default, deserialize_with = "present")]
    success: Option<Success>,
    /// `null` counts as absent.
    response: Option<T>,
}

/// Reads the body of a success.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    match output(text(body)?) {
        Ok(Some(output)) => Ok(output),
        Ok(None) => Err(Error::decode("`success` is false, and the rest of the answer cannot be read", None)),
        Err(error) => Err(unexpected(&error, body)),
    }
}

/// The output in a body, bare or in its envelope. `None` if `success` is false.
fn output<T: DeserializeOwned>(json: &str) -> serde_json::Result<Option<T>> {
    // Searching for the names is faster than reading all members. An escape could hide either name.
    let may_have_envelope = json.contains("\"success\"")
        || json.contains("\"response\"")
        || memchr(b'\\', json.as_bytes()).is_some();
    if may_have_envelope && json.trim_ascii_start().starts_with('{') {
        let Envelope { success, response } = serde_json::from_str(json)?;
        if success == Some(Success(false)) {
            return Ok(None);
        }
        if response.is_some() {
            return Ok(response);
        }
    }
    serde_json::from_str(json).map(Some)
}

/// Adds the call and the answer to an error, and what the answer says.
#[cold]
pub(super) fn about<B: AsRef<[u8]>>(
    error: Error,
    name: &'static str,
    response: &Response<B>,
    has_output: impl FnOnce() -> bool,
) -> Error {
    let body = response.body().as_ref();
    let (says, reason) = Says::of(response.status(), without_mark(body), has_output);
    let error = match error.kind() {
        // Keep what the endpoint found by itself.
        ErrorKind::Rejected if error.says() == Says::Nothing => Error::rejected(says, reason),
        ErrorKind::UnexpectedBody if says.is_failure() => Error::rejected(says, reason),
        _ => error,
    };
    error.at_endpoint(name).with_answer(response.status(), response.headers(), body)
}

/// The first content coding that is neither `identity` nor the requested one, escaped.
#[cold]
fn foreign_coding(headers: &HeaderMap) -> Option<String> {
    /// A longer name is not a coding. It isn't cut, or a key in it would not be found any more.
    const SHOWN: usize = 200;
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let mut codings =
        values.flat_map(|value| value.as_bytes().split(|&byte| byte == b',')).map(<[u8]>::trim_ascii);
    let coding = codings.find(|coding| {
        let known: [&[u8]; 3] = [b"", b"identity", b"application/json"];
        !known.iter().any(|known| coding.eq_ignore_ascii_case(known))
    })?;
    Some(match coding.len() {
        0..=SHOWN => shown(&String::from_utf8_lossy(coding)),
        length => format!("of {length} bytes"),
    })
}

#[cfg(test)]
mod tests;
