//! Stub, replaced on main; its crate-private constructors keep these signatures.
use std::borrow::Cow;
use std::fmt;

/// Where in a JSON document an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1.
    pub column: u64,
    /// The offset in bytes, from 0.
    pub offset: u64,
    /// The index of the record, from 0, where the error is inside one.
    pub record: Option<u64>,
}

/// The error of every call of this crate.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// An input that is refused: `field` names it, `reason` the rule.
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Error(format!("{} {}", field.into(), reason.into()))
    }
    /// A body that is not what was expected.
    pub(crate) fn decode(reason: impl Into<Cow<'static, str>>, at: Option<Position>) -> Self {
        Error(format!("{} {at:?}", reason.into()))
    }
    /// A limit that was passed: `limit` names it with its value, as in `record size limit of 1048576 bytes`.
    pub(crate) fn limit(limit: impl Into<Cow<'static, str>>, at: Option<Position>) -> Self {
        Error(format!("{} {at:?}", limit.into()))
    }
    /// The service said that the call failed (`success` false), with its `error` text where it gave one.
    pub(crate) fn api(message: Option<String>) -> Self {
        Error(format!("{message:?}"))
    }
}
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Error {}
