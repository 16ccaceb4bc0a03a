//! How a backend says that an exchange did not come to its end.

use std::convert::Infallible;
use std::fmt;
use std::io;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What a failure means for the request: whether it can be sent again without doing its work twice.
///
/// In your own backend, *when* something failed decides, and not which error it was: a host can become unreachable, or
/// refuse to go on, after it read the request. When in doubt, the request may have been acted upon.
///
/// ```
/// use std::io;
/// use std::net::TcpStream;
/// use useartisan::{TransportError, TransportErrorKind};
///
/// // Until there is a connection, nothing is sent.
/// fn connect(address: &str) -> Result<TcpStream, TransportError> {
///     TcpStream::connect(address).map_err(TransportError::not_sent)
/// }
/// // A connection that is kept from earlier has passed that point: the same error means something else there.
/// fn lost(error: io::Error) -> TransportError {
///     match error.kind() {
///         io::ErrorKind::TimedOut => TransportError::timed_out(error),
///         _ => TransportError::interrupted(error),
///     }
/// }
/// assert_eq!(connect("127.0.0.1:1").unwrap_err().kind(), TransportErrorKind::NotSent);
/// assert_eq!(lost(io::ErrorKind::ConnectionRefused.into()).kind(), TransportErrorKind::Interrupted);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// Nothing of the request left this machine: no connection, a refused name, a failed TLS handshake.
    NotSent,
    /// The connection ended before the response was whole; the request may have been acted upon. So did a connection that was
    /// kept from an earlier request, and died before or while this one was written.
    Interrupted,
    /// A time-out passed after the request may have been sent. (One that passed while connecting is `NotSent`.)
    TimedOut,
    /// Anything else. Nothing is known of the request, so the outcome of a POST is unknown.
    Other,
}

/// A failure to carry a request or a response, as a backend reports it.
///
/// Its cause is the backend's, and `Debug` shows it as it is. The [`Error`](crate::Error) that is made of it has the keys
/// replaced: a cause that shows one becomes text.
///
/// ```
/// use useartisan::{TransportError, TransportErrorKind};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// assert_eq!(TransportError::not_sent(refused).kind(), TransportErrorKind::NotSent);
/// assert_eq!(TransportError::interrupted("the modem hung up").kind(), TransportErrorKind::Interrupted);
/// assert_eq!(TransportError::timed_out("the time-out `head` of 30s passed").kind(), TransportErrorKind::TimedOut);
/// assert_eq!(TransportError::new(TransportErrorKind::Other, "out of memory").to_string(), "the backend failed");
/// ```
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Source>,
}

impl TransportError {
    /// A failure of this kind, with its cause.
    pub fn new(kind: TransportErrorKind, source: impl Into<Source>) -> Self {
        TransportError { kind, source: Some(source.into()) }
    }

    /// A [`NotSent`](TransportErrorKind::NotSent), with its cause.
    pub fn not_sent(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::NotSent, source)
    }

    /// An [`Interrupted`](TransportErrorKind::Interrupted), with its cause.
    pub fn interrupted(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::Interrupted, source)
    }

    /// A [`TimedOut`](TransportErrorKind::TimedOut), with its cause: say which time-out passed.
    pub fn timed_out(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::TimedOut, source)
    }

    /// What it means for the request.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    pub(crate) fn into_source(self) -> Option<Source> {
        self.source
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TransportErrorKind::NotSent => "the request could not be sent",
            TransportErrorKind::Interrupted => "the exchange was interrupted",
            TransportErrorKind::TimedOut => "a time-out passed",
            TransportErrorKind::Other => "the backend failed",
        })
    }
}

/// As its kind.
impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<Infallible> for TransportError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// For what reading a body reports. A [`TransportError`] inside is taken out again. Otherwise the kinds `TimedOut` and
/// `WouldBlock` become [`TimedOut`](TransportErrorKind::TimedOut), and any other
/// [`Interrupted`](TransportErrorKind::Interrupted): it is not for errors of connecting.
impl From<io::Error> for TransportError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<TransportError>() {
            Ok(failure) => failure,
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                TransportError::timed_out(error)
            }
            Err(error) => TransportError::interrupted(error),
        }
    }
}

/// For a body whose reader can only report an [`io::Error`].
impl From<TransportError> for io::Error {
    fn from(failure: TransportError) -> Self {
        let kind = match failure.kind {
            TransportErrorKind::TimedOut => io::ErrorKind::TimedOut,
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
        for kind in [
            TransportErrorKind::NotSent,
            TransportErrorKind::Interrupted,
            TransportErrorKind::TimedOut,
            TransportErrorKind::Other,
        ] {
            let error = io::Error::from(TransportError::new(kind, "cause"));
            assert_eq!(TransportError::from(error).kind(), kind);
        }
        assert_eq!(io::Error::from(TransportError::timed_out("cause")).kind(), io::ErrorKind::TimedOut);
        assert_eq!(io::Error::from(TransportError::interrupted("cause")).kind(), io::ErrorKind::Other);
        assert_eq!(
            TransportError::from(io::Error::from(io::ErrorKind::WouldBlock)).kind(),
            TransportErrorKind::TimedOut
        );
        assert_eq!(
            TransportError::from(io::Error::from(io::ErrorKind::UnexpectedEof)).kind(),
            TransportErrorKind::Interrupted
        );
    }
}
