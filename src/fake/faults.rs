//! Faults, scripted by a test.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::forms;
use super::reply::{self, BodyEnd, Reply};
use crate::transport_error::TransportErrorKind;

/// A fault of one request, or of several in a row.
///
/// A client retries most of these faults, with four attempts in all by default. A call fails if all of them do, by
/// [`times(4)`](Self::times), or if the client has [`Retry::none`](crate::Retry::none).
///
/// Some faults replace the service's answer ([`status`](Self::status), [`html_page`](Self::html_page) …). The service then
/// doesn't act upon the request, unless [`after_acting`](Self::after_acting) says so. Others damage its answer
/// ([`cut_body`](Self::cut_body), [`content_coding`](Self::content_coding) …): it has acted.
///
/// ```
/// use http::StatusCode;
/// use useartisan::fake::{FakeArtisan, Fault};
/// use useartisan::Sent;
///
/// let fake = FakeArtisan::with_sample_data();
/// fake.fail_next(Fault::status(StatusCode::SERVICE_UNAVAILABLE).retry_after(30).times(4));
/// fake.fail_next_for("get_job", Fault::interrupted().times(4));
///
/// let client = fake.client();
/// let error = client.list_apps().send_blocking().unwrap_err();
/// assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(30));
/// assert_eq!(client.list_apps().send_blocking()?.len(), 2);
/// let job = fake.jobs().remove(0);
/// assert_eq!(client.get_job(&job).send_blocking().unwrap_err().sent(), Sent::Maybe);
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// Each fault and the kind of its error:
///
/// ```
/// use std::time::Duration;
/// use http::{HeaderValue, StatusCode, header::WARNING};
/// use useartisan::ErrorKind::*;
/// use useartisan::Retry;
/// use useartisan::fake::{FakeArtisan, Fault};
///
/// let fake = FakeArtisan::with_sample_data();
/// let client = fake.client().options(Retry::none());
/// for (fault, kind) in [
///     (Fault::failure("over quota"), Rejected),
///     (Fault::status(StatusCode::BAD_REQUEST).body("no").header(WARNING, HeaderValue::from(199)), Rejected),
///     (Fault::html_page(), Rejected),
///     (Fault::echo(), Rejected), // the keys are replaced in the error
///     (Fault::empty(), UnexpectedBody),
///     (Fault::oversize(11 << 20), Limit),
///     (Fault::redirect("https://elsewhere.example/"), Redirect),
///     (Fault::content_coding("br"), ContentCoding),
///     (Fault::not_sent(), Transport),
///     (Fault::interrupted().after_acting(), Transport), // as where a started job's answer is lost
///     (Fault::timed_out(), TimedOut),
///     (Fault::slow(Duration::from_secs(3600)), TimedOut),
///     (Fault::cut_body(9), Transport),
///     (Fault::cut_silently(9), UnexpectedBody),
///     (Fault::stalled(9), TimedOut),
/// ] {
///     fake.fail_next(fault);
///     assert_eq!(client.list_apps().send_blocking().unwrap_err().kind(), kind);
/// }
/// ```
#[derive(Clone)]
#[must_use = "a fault does nothing until it is given to `fail_next`"]
pub struct Fault {
    name: &'static str,
    kind: Kind,
    headers: Vec<(HeaderName, HeaderValue)>,
    acts: bool,
    pub(super) times: usize,
}

#[derive(Clone)]
enum Kind {
    /// This answer.
    Answer(StatusCode, Bytes),
    /// This status, with the request's headers and body as its body.
    Echo(StatusCode),
    /// No answer.
    NoAnswer(TransportErrorKind),
    /// The service's answer, with its body ended so after some bytes.
    Body(BodyEnd, usize),
    /// The service's answer, late.
    Slow(Duration),
}

impl Fault {
    fn new(name: &'static str, kind: Kind) -> Self {
        let acts = matches!(kind, Kind::Body(..) | Kind::Slow(_));
        Fault { name, kind, headers: Vec::new(), acts, times: 1 }
    }

    /// Answers with this status and an empty body.
    pub fn status(status: StatusCode) -> Self {
        Fault::new("status", Kind::Answer(status, Bytes::new()))
    }

    /// Answers with a failure in the published form, `{"success":false,"error":…}`, and status 200.
    pub fn failure(error: impl Into<String>) -> Self {
        let body = forms::failure(error.into()).to_bytes();
        Fault::new("failure", Kind::Answer(StatusCode::OK, body)).json()
    }

    /// Answers with an HTML page and status 500, as a proxy does.
    pub fn html_page() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let page = Fault::new("html_page", Kind::Answer(status, reply::page(status)));
        page.header(CONTENT_TYPE, HeaderValue::from_static("text/html"))
    }

    /// Answers with an empty body and status 200.
    pub fn empty() -> Self {
        Fault::new("empty", Kind::Answer(StatusCode::OK, Bytes::new())).json()
    }

    /// Answers with a JSON object of so many bytes, which has one long text, and status 200.
    pub fn oversize(bytes: usize) -> Self {
        let (open, close) = ("{\"filler\":\"", "\"}");
        let filler = "x".repeat(bytes.saturating_sub(open.len() + close.len()));
        let body = Bytes::from([open, &filler, close].concat());
        Fault::new("oversize", Kind::Answer(StatusCode::OK, body)).json()
    }

    /// Redirects to this location, with status 302. Characters that a header can't hold are percent-encoded.
    pub fn redirect(location: &str) -> Self {
        let encoded = utf8_percent_encode(location, CONTROLS).to_string();
        let value = HeaderValue::try_from(encoded).unwrap_or(HeaderValue::from_static("/"));
        Fault { name: "redirect", ..Fault::status(StatusCode::FOUND) }.header(LOCATION, value)
    }

    /// Answers with the request's headers and body, keys included, and status 500.
    pub fn echo() -> Self {
        Fault::new("echo", Kind::Echo(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Declares a content coding in the service's answer that was not asked for. The bytes stay as they are.
    ///
    /// # Panics
    /// If the name is not visible ASCII.
    pub fn content_coding(coding: &'static str) -> Self {
        let fault = Fault::new("content_coding", Kind::Body(BodyEnd::Whole, usize::MAX));
        fault.header(CONTENT_ENCODING, HeaderValue::from_static(coding))
    }

    /// Makes no connection. The request does not reach the service.
    pub fn not_sent() -> Self {
        Fault::new("not_sent", Kind::NoAnswer(TransportErrorKind::NotSent))
    }

    /// Ends the connection before an answer, and before the service has acted.
    pub fn interrupted() -> Self {
        Fault::new("interrupted", Kind::NoAnswer(TransportErrorKind::Interrupted))
    }

    /// Never answers, and the service does not act. The time-out `head` passes.
    pub fn timed_out() -> Self {
        Fault::new("timed_out", Kind::NoAnswer(TransportErrorKind::TimedOut))
    }

    /// Delays the service's answer by this time. If that is too long, the time-out `head` passes.
    pub fn slow(delay: Duration) -> Self {
        Fault::new("slow", Kind::Slow(delay))
    }

    /// Ends the connection after so many bytes of the body, short of the declared length.
    pub fn cut_body(after: usize) -> Self {
        Fault::new("cut_body", Kind::Body(BodyEnd::Cut, after))
    }

    /// Ends the body after so many bytes, without a declared length, so that it looks like an ordinary end.
    pub fn cut_silently(after: usize) -> Self {
        Fault::new("cut_silently", Kind::Body(BodyEnd::CutSilently, after))
    }

    /// Sends nothing more after so many bytes of the body. The time-out `stall` passes.
    pub fn stalled(after: usize) -> Self {
        Fault::new("stalled", Kind::Body(BodyEnd::Stalled, after))
    }

    /// Sets the body of an answer that replaces the service's.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        if let Kind::Answer(_, old) = &mut self.kind {
            *old = body.into();
        }
        self
    }

    /// Adds a header to the answer.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds `Retry-After`, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Lets the service act upon the request, as it does if an answer is lost on its way.
    pub fn after_acting(self) -> Self {
        Fault { acts: true, ..self }
    }

    /// Fails this many requests in a row. The default is one. Each attempt of a call is a request, and a call has up to four
    /// by default.
    ///
    /// ```
    /// use useartisan::fake::{FakeArtisan, Fault};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.fail_next(Fault::not_sent().times(3));
    /// assert_eq!(fake.client().list_apps().send_blocking()?.len(), 2); // by its fourth attempt
    ///
    /// fake.fail_next(Fault::not_sent().times(4));
    /// assert!(fake.client().list_apps().send_blocking().is_err());
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `times` is zero: no request would meet the fault.
    #[track_caller]
    pub fn times(self, times: usize) -> Self {
        assert!(times > 0, "a fault must fail at least one request: `times(0)` would never be met");
        Fault { times, ..self }
    }

    fn json(self) -> Self {
        self.header(CONTENT_TYPE, reply::JSON)
    }

    pub(super) fn is_not_sent(&self) -> bool {
        matches!(self.kind, Kind::NoAnswer(TransportErrorKind::NotSent))
    }

    /// The outcome of a request. `serve` makes the service's answer.
    pub(super) fn reply(self, request: &Request<Bytes>, serve: impl FnOnce() -> Response<Bytes>) -> Reply {
        let own = self.acts.then(serve);
        let mut reply = match self.kind {
            Kind::Answer(status, body) => Reply::whole(answer(status, body)),
            Kind::Echo(status) => Reply::whole(answer(status, echo(request))),
            Kind::NoAnswer(kind) => Reply::none(kind),
            Kind::Body(end, after) => Reply::ended(own.unwrap_or_default(), end, after),
            Kind::Slow(delay) => Reply { delay, ..Reply::whole(own.unwrap_or_default()) },
        };
        if let Ok(answer) = &mut reply.answer {
            answer.headers_mut().extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        }
        reply
    }
}

fn answer(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer
}

fn echo(request: &Request<Bytes>) -> Bytes {
    let mut text = Vec::new();
    for (name, value) in request.headers() {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    }
    text.extend([b"\n", request.body().as_ref()].concat());
    Bytes::from(text)
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("name", &self.name).field("times", &self.times).finish_non_exhaustive()
    }
}
