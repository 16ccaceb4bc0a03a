//! What comes of a request, faults of the transport included.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response, StatusCode};

use crate::transport_error::TransportErrorKind;

/// What the service says its bodies are.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What comes of a request: what a server that carries the fake over a socket needs to know.
///
/// [`FakeArtisan::exchange`](super::FakeArtisan::exchange) gives it.
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
    /// The answer, or in which way there is none. Its body is what goes out of it, its headers are of the whole.
    pub answer: Result<Response<Bytes>, TransportErrorKind>,
    /// What follows that body.
    pub end: BodyEnd,
}

/// What follows the bytes of a body.
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
    /// The end of the connection, where more was announced.
    Cut,
    /// The end of the connection, where no length was announced.
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

    /// The answer as one response. What a response can't show, it tells as a proxy does that met it: 502, or
    /// 504 where no answer came in time.
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

/// An answer may be an echo of the request: sizes only.
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

/// Announces the length of a body, as servers do, where a status may have one.
fn with_length(mut answer: Response<Bytes>) -> Response<Bytes> {
    let length = answer.body().len();
    let status = answer.status();
    if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED && !status.is_informational() {
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer
}

/// The page of a web server, or of a proxy, that has nothing better to say.
pub(super) fn page(status: StatusCode) -> Bytes {
    Bytes::from(format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"))
}
