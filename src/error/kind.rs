//! Kinds of errors, positions, and the fate of a request.

use std::fmt;

/// The kind of an error.
///
/// ```
/// use useartisan::{Error, ErrorKind};
///
/// /// The exit code of a command line.
/// fn exit_code(error: &Error) -> u8 {
///     match error.kind() {
///         ErrorKind::InvalidInput => 2,
///         ErrorKind::NotFound => 4,
///         ErrorKind::Transport | ErrorKind::TimedOut => 5,
///         _ => 1,
///     }
/// }
/// let error = useartisan::AppId::new("").unwrap_err();
/// assert_eq!((exit_code(&error), error.kind().to_string()), (2, "invalid input".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument breaks a rule, and nothing was sent. The message names both.
    InvalidInput,
    /// The service, or a proxy in front of it, says that the call failed: the status is neither 2xx nor 3xx, `success` is
    /// false, or there is an `error` in place of the output. See [`Error::status`](crate::Error::status) and
    /// [`Error::api_message`](crate::Error::api_message).
    Rejected,
    /// The service itself says that the requested thing does not exist. See
    /// [`Error::is_not_found`](crate::Error::is_not_found), and [`OptionalExt`](crate::OptionalExt), which makes it `None`.
    NotFound,
    /// The service or a proxy answered 401 or 403: the keys are wrong, the caller's address is not on the organization's
    /// allow-list, or the proxy refuses.
    AccessDenied,
    /// A redirect (3xx) that is not followed. Only a download follows some. See [`Error::location`](crate::Error::location).
    Redirect,
    /// The body has a content coding that was not asked for, and is not decoded.
    ContentCoding,
    /// The body is not the JSON that was expected. See [`Error::position`](crate::Error::position).
    UnexpectedBody,
    /// A limit was exceeded. The message names it.
    Limit,
    /// The exchange broke off, or never began. [`Error::sent`](crate::Error::sent) says which.
    Transport,
    /// The backend failed in another way. Whether the request was sent is unknown.
    Backend,
    /// A deadline passed.
    TimedOut,
    /// A job has the status `FAILED`. See [`Error::job`](crate::Error::job).
    JobFailed,
    /// The job that was waited for does not exist.
    JobVanished,
    /// A POST may or may not have been acted upon: no answer came, or one that doesn't say. It is not sent again, because that
    /// might start a second job. See the [chapter on retries](crate::cookbook::retries).
    OutcomeUnknown,
    /// A file or a writer could not be written to. See [`Error::kept_part`](crate::Error::kept_part).
    File,
    /// A machine received an event that is invalid in its state.
    Misuse,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ErrorKind::InvalidInput => "invalid input",
            ErrorKind::Rejected => "rejected",
            ErrorKind::NotFound => "not found",
            ErrorKind::AccessDenied => "access denied",
            ErrorKind::Redirect => "redirect",
            ErrorKind::ContentCoding => "content coding",
            ErrorKind::UnexpectedBody => "unexpected body",
            ErrorKind::Limit => "limit passed",
            ErrorKind::Transport => "transport failure",
            ErrorKind::Backend => "backend failure",
            ErrorKind::TimedOut => "timed out",
            ErrorKind::JobFailed => "job failed",
            ErrorKind::JobVanished => "job vanished",
            ErrorKind::OutcomeUnknown => "outcome unknown",
            ErrorKind::File => "file not written",
            ErrorKind::Misuse => "misuse",
        })
    }
}

/// The fate of a failed call's request, which decides whether it may be sent again without doing its work twice.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::fake::{FakeArtisan, Fault};
/// use useartisan::{AppId, SegmentId, Sent};
///
/// let fake = FakeArtisan::new();
/// fake.fail_next(Fault::interrupted());
/// let call = fake.client();
/// let call = call.export_segment(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
/// match call.send_blocking().unwrap_err().sent() {
///     Sent::No => println!("start it again"),
///     Sent::Answered => println!("it was refused"),
///     Sent::Maybe => println!("look for it in `list_jobs` first"),
/// }
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// No byte of it left this machine.
    No,
    /// The service answered it.
    Answered,
    /// The service may have received it and acted upon it. No answer came, or one that doesn't say, such as a gateway's 504, a
    /// page where JSON was expected, or a 500 without `success`.
    Maybe,
}

/// A place in a JSON document.
///
/// ```
/// let mut records = useartisan::decode::decode(b"{\"artisanUserIds\":[{},\n  {\"age\":}]}");
/// let error = records.find_map(Result::err).unwrap();
/// let position = error.position().unwrap();
/// assert_eq!((position.line, position.column, position.record), (2, 10, Some(1)));
/// assert_eq!(position.to_string(), "line 2 column 10 (byte 32, record 1)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: u64,
    /// The offset in bytes from the document's start, from 0.
    pub offset: u64,
    /// The index of the record, from 0, if the place is inside one.
    pub record: Option<u64>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)?;
        match self.record {
            Some(record) => write!(f, " (byte {}, record {record})", self.offset),
            None => write!(f, " (byte {})", self.offset),
        }
    }
}
