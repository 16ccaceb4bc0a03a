//! How a backend says that an exchange did not come to its end.

use std::convert::Infallible;
use std::fmt;
use std::io;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What a failure means for the request: whether it can be sent again without doing its work twice.
///
/// ```
/// use std::io::{Error, ErrorKind};
/// use useartisan::FailureKind;
///
/// /// In a backend of yours; when in doubt, the request may have been acted upon.
/// fn kind(error: &Error) -> FailureKind {
///     match error.kind() {
///         ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable => FailureKind::NotSent,
///         ErrorKind::TimedOut => FailureKind::TimedOut,
///         _ => FailureKind::Interrupted,
///     }
/// }
/// assert_eq!(kind(&ErrorKind::ConnectionReset.into()), FailureKind::Interrupted);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// Nothing of the request left this machine: no connection, a refused name, a failed TLS handshake.
    NotSent,
    /// The connection ended before the response was whole; the request may have been acted upon.
    Interrupted,
    /// A time-out passed after the request may have been sent. (One that passed while connecting is `NotSent`.)
    TimedOut,
    /// Anything else. Nothing is known of the request, so the outcome of a POST is unknown.
    Other,
}

/// A failure to carry a request or a response, as a backend reports it.
///
/// Its cause is the backend's, and is shown as it is by the `Debug` of this and of the [`Error`](crate::Error) that
/// comes of it: let it hold nothing of a request's headers.
///
/// ```
/// use useartisan::{Failure, FailureKind};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// assert_eq!(Failure::not_sent(refused).kind(), FailureKind::NotSent);
/// assert_eq!(Failure::interrupted("the modem hung up").kind(), FailureKind::Interrupted);
/// assert_eq!(Failure::timed_out("the time-out `head` of 30s passed").kind(), FailureKind::TimedOut);
/// assert_eq!(Failure::new(FailureKind::Other, "out of memory").to_string(), "the backend failed");
/// ```
#[derive(Debug)]
pub struct Failure {
    kind: FailureKind,
    source: Option<Source>,
}

impl Failure {
    /// A failure of this kind, with its cause.
    pub fn new(kind: FailureKind, source: impl Into<Source>) -> Self {
        Failure { kind, source: Some(source.into()) }
    }

    /// A [`NotSent`](FailureKind::NotSent), with its cause.
    pub fn not_sent(source: impl Into<Source>) -> Self {
        Failure::new(FailureKind::NotSent, source)
    }

    /// An [`Interrupted`](FailureKind::Interrupted), with its cause.
    pub fn interrupted(source: impl Into<Source>) -> Self {
        Failure::new(FailureKind::Interrupted, source)
    }

    /// A [`TimedOut`](FailureKind::TimedOut), with its cause: say which time-out passed.
    pub fn timed_out(source: impl Into<Source>) -> Self {
        Failure::new(FailureKind::TimedOut, source)
    }

    /// What it means for the request.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    pub(crate) fn into_source(self) -> Option<Source> {
        self.source
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FailureKind::NotSent => "the request could not be sent",
            FailureKind::Interrupted => "the exchange was interrupted",
            FailureKind::TimedOut => "a time-out passed",
            FailureKind::Other => "the backend failed",
        })
    }
}

/// As its kind.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<Infallible> for Failure {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// For what reading a body reports. A [`Failure`] inside is taken out again.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Failure>() {
            Ok(failure) => failure,
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                Failure::timed_out(error)
            }
            Err(error) => Failure::interrupted(error),
        }
    }
}

/// For a body whose reader can only report an [`io::Error`].
impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::TimedOut => io::ErrorKind::TimedOut,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_an_io_error() {
        for kind in
            [FailureKind::NotSent, FailureKind::Interrupted, FailureKind::TimedOut, FailureKind::Other]
        {
            let error = io::Error::from(Failure::new(kind, "cause"));
            assert_eq!(Failure::from(error).kind(), kind);
        }
        assert_eq!(io::Error::from(Failure::timed_out("cause")).kind(), io::ErrorKind::TimedOut);
        assert_eq!(io::Error::from(Failure::interrupted("cause")).kind(), io::ErrorKind::Other);
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::WouldBlock)).kind(), FailureKind::TimedOut);
        assert_eq!(
            Failure::from(io::Error::from(io::ErrorKind::UnexpectedEof)).kind(),
            FailureKind::Interrupted
        );
    }
}
