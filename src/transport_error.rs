//! What a backend reports when an exchange fails.

use std::convert::Infallible;
use std::fmt;
use std::io;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What a failure means for the request: can it be sent again without doing its work twice?
///
/// In your own backend, choose by *when* something failed, not by which error it was. A host can become unreachable after it
/// has read the request. When in doubt, do not use [`NotSent`](Self::NotSent): the service may have acted on the request.
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
/// // On a connection that is already open, the same error proves nothing.
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
    /// Nothing of the request left this machine: an unknown host, no connection, a failed TLS handshake.
    NotSent,
    /// The connection ended before the whole response arrived. The service may have acted on the request. This includes a
    /// connection kept from an earlier request that died before or while this one was written.
    Interrupted,
    /// A time-out passed when the request may have been sent. (A time-out while connecting is `NotSent`.)
    TimedOut,
    /// Anything else. The outcome of a POST is unknown.
    Other,
}

/// A failed exchange, as a backend reports it.
///
/// `Debug` shows the cause as it is. The [`Error`](crate::Error) made from it replaces the keys: a cause that shows one becomes
/// text.
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
    /// Makes a failure of this kind.
    pub fn new(kind: TransportErrorKind, source: impl Into<Source>) -> Self {
        TransportError { kind, source: Some(source.into()) }
    }

    /// Makes a [`NotSent`](TransportErrorKind::NotSent).
    pub fn not_sent(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::NotSent, source)
    }

    /// Makes an [`Interrupted`](TransportErrorKind::Interrupted).
    pub fn interrupted(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::Interrupted, source)
    }

    /// Makes a [`TimedOut`](TransportErrorKind::TimedOut). The cause should name the time-out that passed.
    pub fn timed_out(source: impl Into<Source>) -> Self {
        TransportError::new(TransportErrorKind::TimedOut, source)
    }

    /// What the failure means for the request.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    pub(crate) fn into_source(self) -> Option<Source> {
        self.source
    }
}

impl TransportErrorKind {
    pub(crate) fn message(self) -> &'static str {
        match self {
            TransportErrorKind::NotSent => "the request could not be sent",
            TransportErrorKind::Interrupted => "the exchange was interrupted",
            TransportErrorKind::TimedOut => "a time-out passed",
            TransportErrorKind::Other => "the backend failed",
        }
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.message())
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

/// For errors of reading a body, not for errors of connecting. A [`TransportError`] inside is taken out again. Otherwise the
/// kinds `TimedOut` and `WouldBlock` become [`TimedOut`](TransportErrorKind::TimedOut), and every other kind becomes
/// [`Interrupted`](TransportErrorKind::Interrupted).
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
