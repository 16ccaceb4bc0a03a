//! The outcome of a request, faults of the transport included.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response, StatusCode};

use crate::transport_error::TransportErrorKind;

/// The content type of the service's bodies.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The outcome of a request, for a server that offers the fake on a socket.
///
/// [`FakeArtisan::exchange`](super::FakeArtisan::exchange) returns it.
///
/// ```
/// use useartisan::fake::{BodyEnd, FakeArtisan, Reply};
/// use useartisan::{Endpoint, ListApps};
///
/// let fake = FakeArtisan::with_sample_data();
/// let reply: Reply = fake.exchange(ListApps::new().request(&fake.api()));
/// let answer = reply.answer.unwrap(); // to be written to the socket, after `reply.delay`
/// assert_eq!((answer.status().as_u16(), reply.end), (200, BodyEnd::Whole)); // and then its end
/// ```
#[non_exhaustive]
pub struct Reply {
    /// How long the answer takes.
    pub delay: Duration,
    /// The answer, or why there is none. Its body is the part that is sent, and its headers describe the whole.
    pub answer: Result<Response<Bytes>, TransportErrorKind>,
    /// What happens after that body.
    pub end: BodyEnd,
}

/// What happens after the bytes of a body.
///
/// ```
/// use useartisan::fake::{BodyEnd, FakeArtisan, Fault};
/// use useartisan::{Endpoint, ListApps};
///
/// let fake = FakeArtisan::with_sample_data();
/// for (fault, end) in [
///     (Fault::cut_body(9), BodyEnd::Cut),
///     (Fault::cut_silently(9), BodyEnd::CutSilently),
///     (Fault::stalled(9), BodyEnd::Stalled),
/// ] {
///     fake.fail_next(fault);
///     let reply = fake.exchange(ListApps::new().request(&fake.api()));
///     assert_eq!((reply.answer.unwrap().body().len(), reply.end), (9, end));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyEnd {
    /// Its end.
    Whole,
    /// The end of the connection, short of the declared length.
    Cut,
    /// The end of the connection, without a declared length.
    CutSilently,
    /// Nothing.
    Stalled,
}

impl Reply {
    pub(super) fn whole(answer: Response<Bytes>) -> Self {
        Reply { delay: Duration::ZERO, answer: Ok(with_length(answer)), end: BodyEnd::Whole }
    }

    pub(super) fn none(kind: TransportErrorKind) -> Self {
        Reply { delay: Duration::ZERO, answer: Err(kind), end: BodyEnd::Whole }
    }

    /// An answer that is cut after so many bytes of its body.
    pub(super) fn ended(answer: Response<Bytes>, end: BodyEnd, after: usize) -> Self {
        let mut answer = with_length(answer);
        answer.body_mut().truncate(after);
        if end == BodyEnd::CutSilently {
            answer.headers_mut().remove(CONTENT_LENGTH);
        }
        Reply { delay: Duration::ZERO, answer: Ok(answer), end }
    }

    /// Converts it to a response. A fault that a response can't show becomes a proxy's answer: 502, or 504 if no answer came in
    /// time.
    pub(super) fn into_response(self) -> Response<Bytes> {
        self.answer.unwrap_or_else(|kind| {
            let mut response = Response::default();
            *response.status_mut() = match kind {
                TransportErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            };
            response
        })
    }
}

/// Shows sizes only, because an answer may echo the request.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = |answer: &Response<Bytes>| (answer.status(), answer.headers().len(), answer.body().len());
        f.debug_struct("Reply")
            .field("delay", &self.delay)
            .field("status, headers and bytes", &self.answer.as_ref().map(sizes))
            .field("end", &self.end)
            .finish()
    }
}

/// Declares the length of a body, if the status may have one.
fn with_length(mut answer: Response<Bytes>) -> Response<Bytes> {
    let length = answer.body().len();
    let status = answer.status();
    if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED && !status.is_informational() {
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer
}

/// The error page of a web server or a proxy.
pub(super) fn page(status: StatusCode) -> Bytes {
    Bytes::from(format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"))
}
