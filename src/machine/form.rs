//! The forms in which an exchange returns an answer: parsed, open or raw.

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use crate::endpoint::{Endpoint, success};
use crate::error::Error;

/// How an answer is read and returned.
pub(super) struct Form<E, T> {
    pub(super) body: Body,
    pub(super) finish: fn(&E, Response<&Bytes>) -> Result<T, Error>,
}

/// How much of a body is read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Body {
    /// The whole body of a success, and the beginning of a failure's.
    Parsed,
    /// The whole body, whatever the status.
    Raw,
    /// The beginning of a failure's. A result's is left to the caller.
    Left,
}

impl<E: Endpoint> Form<E, E::Output> {
    /// The endpoint's output.
    pub(super) fn parsed() -> Self {
        Form { body: Body::Parsed, finish: |endpoint, answer| endpoint.parse(answer) }
    }
}

impl<E: Endpoint> Form<E, Response<Bytes>> {
    /// The answer as it came.
    pub(super) fn raw() -> Self {
        Form { body: Body::Raw, finish: |_, answer| Ok(answer.map(Bytes::clone)) }
    }
}

impl<E: Endpoint> Form<E, Parts> {
    /// The head of a result.
    pub(super) fn opened() -> Self {
        Form { body: Body::Left, finish: open }
    }
}

/// The head of a result, or the endpoint's error for any other answer.
fn open<E: Endpoint>(endpoint: &E, answer: Response<&Bytes>) -> Result<Parts, Error> {
    if answer.status() == StatusCode::OK && success(&answer).is_ok() {
        return Ok(answer.into_parts().0);
    }
    let (status, headers) = (answer.status(), answer.headers().clone());
    match endpoint.parse(answer) {
        Err(error) => Err(error),
        Ok(_) => {
            let message = format!("a result has the status 200, not {}", status.as_u16());
            let error = Error::decode(message, None).at_endpoint(endpoint.name());
            Err(error.with_answer(status, &headers, &[]))
        }
    }
}

impl<E, T> Form<E, T> {
    /// Whether the whole body is read. Otherwise its beginning is, which has the reason of a failure.
    pub(super) fn reads_whole(&self, status: StatusCode) -> bool {
        match self.body {
            Body::Parsed => status.is_success(),
            Body::Raw => true,
            Body::Left => false,
        }
    }
}
