//! The one error type. Its methods about jobs and files are in `machine/job_error.rs` and `backends/save/kept.rs`, because their
//! types belong to higher layers.

mod keys;
mod kind;
mod make;
mod verdict;

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::headers::retry_after;

pub(crate) use keys::Keys;
pub use kind::{ErrorKind, Position, Sent};
pub(crate) use make::shown;
pub(crate) use verdict::{Says, Verdict};

/// How much of a body an [`Error`] keeps by default, in bytes.
pub(crate) const KEPT_BODY: usize = 4 * 1024;

/// The error of this crate. It has the size of a pointer, and its details behind methods.
///
/// Match on [`kind`](Self::kind). `Display` is one line that names what was wrong and where, without the cause, which
/// [`source`](std::error::Error::source) returns. Text that came from the server is bounded and escaped.
///
/// The keys of the [`Credentials`](crate::Credentials) are replaced in all of it, even where a server echoes them: message,
/// reason, headers, body and causes. They are searched for verbatim, and with `/` written as `\/`. A key of fewer than 8
/// bytes is not searched for, as it would garble ordinary text, nor is a key that a server encodes in a way of its own. The
/// search needs the [`Api`](crate::Api): [`Endpoint::parse`](crate::Endpoint::parse) and a decoder that is driven by hand
/// don't have it, while [`Api::parse`](crate::Api::parse), machines and the [`Client`](crate::Client) do.
///
/// `Display` shows two kinds of text from the server: the documented reason, and short names such as an unknown status. `Debug`
/// shows only the names, and only the kind of an I/O error among the causes.
///
/// ```
/// use useartisan::{AppId, ErrorKind};
///
/// let error = AppId::new("..").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.to_string(), "app id is `..`, which a URL cannot carry as a segment");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    endpoint: Option<&'static str>,
    position: Option<Position>,
    sent: Sent,
    api_message: Option<Message>,
    /// What the body said.
    says: Says,
    answer: Option<Answer>,
    attempts: u32,
    elapsed: Duration,
    /// The job or its id. The types belong to a layer above this one.
    subject: Option<Box<dyn Any + Send + Sync>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The service's reason, as much as is kept of a body.
struct Message {
    text: String,
    /// Its whole length, if it was longer.
    cut_from: Option<usize>,
}

/// What an error keeps of its response.
struct Answer {
    status: StatusCode,
    verdict: Verdict,
    headers: HeaderMap,
    body: Bytes,
    body_len: usize,
    /// Whether the body was, or may have been, longer than what is kept.
    is_cut: bool,
}

impl Error {
    /// Makes an error, for an endpoint or a backend of your own.
    ///
    /// The `message` is printed as it is: put no secret and no server's text into it.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            endpoint: None,
            position: None,
            sent: Sent::No,
            api_message: None,
            says: Says::Nothing,
            answer: None,
            attempts: 1,
            elapsed: Duration::ZERO,
            subject: None,
            source: None,
        }))
    }

    /// Adds the cause, which [`source`](std::error::Error::source) then returns.
    ///
    /// ```
    /// use std::error::Error as _;
    /// use useartisan::{Error, ErrorKind};
    ///
    /// let cause = "x".parse::<u32>().unwrap_err();
    /// let error = Error::new(ErrorKind::UnexpectedBody, "the count is no number").with_source(cause);
    /// assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The endpoint that was called, by the name of its method: `get_profile`.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the response, the keys replaced; none if there was no response. A header whose name holds a key is left
    /// out.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The beginning of the response's body as it came, the keys replaced: at most
    /// [`Limits::kept_body`](crate::Limits::kept_body) bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.body)
    }

    /// The reason that the service gave (`error` in its answer), unescaped: the first 4 KiB of it. `Display` says if
    /// it was longer.
    #[must_use]
    pub fn api_message(&self) -> Option<&str> {
        self.0.api_message.as_ref().map(|message| message.text.as_str())
    }

    /// Where in the body the error is.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }

    /// Where a redirect points: its `Location`, if that is text.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers()?.get(http::header::LOCATION)?.to_str().ok()
    }

    /// Whether the service says that the requested thing does not exist.
    ///
    /// It is true for the service's own 404 or 410: one with a JSON object that has `success`, `error` or the members of the
    /// endpoint's output, or an empty 404. It is also true if `success` is false and the reason has the published wording
    /// (`does not exist`) or `could not find`. It is false for a 404 with an HTML page, which comes from a proxy or a wrong base
    /// URL. (Published reference: "profile not found"; its status is undocumented.)
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// What the body said.
    pub(crate) fn says(&self) -> Says {
        self.0.says
    }

    /// What the answer means for the call, if there was one.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.0.answer.as_ref().map(|answer| answer.verdict)
    }

    /// How long the service asks to wait (`Retry-After`, RFC 9110, section 10.2.3). A date counts from the response's own `Date`.
    /// `None` if the header is absent or malformed.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?)
    }

    /// How many attempts there were, failed connections included. 1 for an error outside of a call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long all attempts took, the waits between them included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Whether the request was sent and answered. Look at this before you repeat a POST.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = self.0.endpoint {
            write!(f, "{endpoint}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(position) = self.0.position {
            write!(f, " at {position}")?;
        }
        if let Some(status) = self.status() {
            write!(f, " (status {status})")?;
        }
        if self.0.attempts > 1 {
            write!(f, " after {} attempts in {:.1?}", self.0.attempts, self.0.elapsed)?;
        }
        match &self.0.api_message {
            Some(Message { text, cut_from: None }) => write!(f, ": \"{}\"", shown(text)),
            Some(Message { text, cut_from: Some(length) }) => {
                write!(f, ": \"{}…\" ({length} bytes)", shown(text))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("endpoint", &self.0.endpoint)
            .field("status", &self.status())
            .field("position", &self.0.position)
            .field("sent", &self.0.sent)
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("api_message_len", &self.api_message().map(str::len))
            .field("body_len", &self.0.answer.as_ref().map(|answer| answer.body_len))
            .field("source", &self.0.source.as_deref().map(|source| Cause(source)))
            .finish()
    }
}

/// A chain of causes in `Debug`, without the text of a server that it may hold.
struct Cause<'a>(&'a (dyn std::error::Error + 'static));

impl fmt::Debug for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = Some(self.0);
        while let Some(cause) = next {
            if let Some(error) = cause.downcast_ref::<Error>() {
                return error.fmt(f);
            }
            if let Some(error) = cause.downcast_ref::<std::io::Error>() {
                return error.kind().fmt(f);
            }
            next = cause.source();
        }
        f.write_str("..")
    }
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Turns "not found" into `None`, where absence is an ordinary answer.
///
/// ```
/// # fn demo(result: Result<useartisan::Profile, useartisan::Error>) -> Result<(), useartisan::Error> {
/// use useartisan::OptionalExt;
/// let profile: Option<useartisan::Profile> = result.optional()?;
/// # Ok(()) }
/// ```
pub trait OptionalExt<T> {
    /// Returns `Ok(None)` if [`Error::is_not_found`] is true.
    ///
    /// # Errors
    /// Every other error.
    fn optional(self) -> Result<Option<T>, Error>;
}

impl<T> OptionalExt<T> for Result<T, Error> {
    fn optional(self) -> Result<Option<T>, Error> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
