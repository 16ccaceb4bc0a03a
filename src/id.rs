//! Ids. Each is a newtype that is checked when it is made, so it is always exactly one path segment.

mod profile;
mod text;
mod unchecked;

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

pub(crate) use profile::Which;
pub use profile::{ProfileId, ProfileIdIter, ProfileIds};
use text::Text;
pub(crate) use text::TextVisitor;

/// The longest id, in bytes.
const MAX_ID: usize = 512;

/// Why a text is not an id, in a form that a `const fn` can return.
enum Flaw {
    Empty,
    Long,
    Dots,
    Control(usize),
}

/// Whether a text is printable ASCII, as nearly every id is. There is no branch on a byte, so the compiler vectorizes this.
const fn is_plain(mut rest: &[u8]) -> bool {
    let mut plain = true;
    while let Some((byte, tail)) = rest.split_first() {
        plain &= matches!(byte, b' '..=b'~');
        rest = tail;
    }
    plain
}

/// The rules. `.` and `..` are refused because URL libraries resolve them away, even percent-encoded.
const fn flaw(text: &str) -> Option<Flaw> {
    // `split_first` walks the bytes without indexing, which could panic.
    let mut rest = text.as_bytes();
    match rest {
        [] => return Some(Flaw::Empty),
        b"." | b".." => return Some(Flaw::Dots),
        _ if rest.len() > MAX_ID => return Some(Flaw::Long),
        _ if is_plain(rest) => return None,
        _ => {}
    }
    while let Some((&byte, tail)) = rest.split_first() {
        // C0, DEL and C1. UTF-8 writes C1 as C2 80 to C2 9F.
        let c1 = byte == 0xC2 && matches!(tail.first(), Some(0x80..=0x9F));
        if byte < 0x20 || byte == 0x7F || c1 {
            return Some(Flaw::Control(text.len() - rest.len()));
        }
        rest = tail;
    }
    None
}

fn checked(field: &str, text: &str) -> Result<Text, Error> {
    let Some(flaw) = flaw(text) else { return Ok(Text::Shared(Arc::from(text))) };
    Err(match flaw {
        Flaw::Empty => Error::invalid(field, "is empty"),
        Flaw::Long => {
            Error::invalid(field, format_args!("is {} bytes long, over the limit of {MAX_ID}", text.len()))
        }
        Flaw::Dots => {
            Error::invalid(field, format_args!("is `{text}`, which a URL cannot carry as a segment"))
        }
        Flaw::Control(at) => Error::invalid(field, format_args!("has a control character at byte {at}")),
    })
}

/// An id of any kind, bounded and checked: what a [`Path`](crate::endpoint::Path) accepts as a segment.
///
/// ```
/// use useartisan::endpoint::Id;
/// use useartisan::{Api, JobId};
///
/// /// For your own endpoint: the tags of anything that has an id.
/// fn tags(api: &Api, of: &impl Id) -> http::Request<bytes::Bytes> {
///     api.path("/public/api/tags/").id(of).get()
/// }
///
/// let api = Api::builder("https://artisan.example").no_credentials().build()?;
/// assert_eq!(tags(&api, &JobId::new("a/b")?).uri().path(), "/public/api/tags/a%2Fb");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an id, which is checked when it is made",
    note = "make one by `AppId::new(…)?` or its like; `TextId::new(…)?` takes any other id and short text"
)]
pub trait Id: sealed::Sealed {
    /// The id as text, unencoded.
    fn as_str(&self) -> &str;
}

/// A bounded text: what a [`Path`](crate::endpoint::Path) accepts as a value in its query.
///
/// ```
/// use useartisan::endpoint::{QueryValue, TextId};
/// use useartisan::{Api, JobStatus};
///
/// fn search(api: &Api, by: &impl QueryValue) -> http::Request<bytes::Bytes> {
///     api.path("/public/api/search").query("by", by).get()
/// }
///
/// let api = Api::builder("https://artisan.example").no_credentials().build()?;
/// assert_eq!(search(&api, &JobStatus::Complete).uri().query(), Some("by=COMPLETE"));
/// assert_eq!(search(&api, &TextId::new("a&b")?).uri().query(), Some("by=a%26b"));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a query, which is bounded in length",
    note = "make one by `TextId::new(…)?`"
)]
pub trait QueryValue: sealed::Sealed {
    /// The value as text, unencoded.
    fn as_query(&self) -> &str;
}

impl<T: Id> QueryValue for T {
    fn as_query(&self) -> &str {
        self.as_str()
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident, $path:literal, $field:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// It has 1 to 512 bytes and no control character, and is neither `.` nor `..`. Everything else is allowed, and is
        /// percent-encoded once, as exactly one path segment.
        ///
        /// ```
        #[doc = concat!("use useartisan::", $path, ";")]
        ///
        #[doc = concat!("const KNOWN: ", stringify!($name), " = ", stringify!($name), "::from_static(\"5550dd57\");")]
        #[doc = concat!("assert_eq!(", stringify!($name), "::new(\"5550dd57\")?, KNOWN);")]
        #[doc = concat!("assert!(\"..\".parse::<", stringify!($name), ">().is_err());")]
        /// # Ok::<(), useartisan::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Text);

        impl $name {
            /// Checks an id.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the rule and the position.
            pub fn new(id: impl AsRef<str>) -> Result<Self, Error> {
                checked($field, id.as_ref()).map($name)
            }

            /// Makes an id from a text known at compile time, without an allocation.
            ///
            /// # Panics
            /// If the text is not an id. In a `const`, this is a compile error.
            #[must_use]
            #[track_caller]
            #[allow(clippy::panic, reason = "a wrong literal is a bug in the program, as for HeaderValue::from_static")]
            pub const fn from_static(id: &'static str) -> Self {
                match flaw(id) {
                    None => $name(Text::Static(id)),
                    Some(_) => panic!(concat!("not a valid ", $field)),
                }
            }

            /// The id as text, unencoded.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl Id for $name {
            fn as_str(&self) -> &str {
                self.as_str()
            }
        }

        impl sealed::Sealed for $name {}

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        /// Lets a text look up a key in a map of ids.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(id: &str) -> Result<Self, Error> {
                $name::new(id)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Error;
            fn try_from(id: &str) -> Result<Self, Error> {
                $name::new(id)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(id: String) -> Result<Self, Error> {
                $name::new(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let make = |id: &str| checked($field, id).map($name);
                deserializer.deserialize_str(TextVisitor { expecting: concat!("a valid ", $field), make })
            }
        }
    )*};
}

id_types! {
    /// The id of an app.
    AppId, "AppId", "app id";
    /// The id of a segment.
    SegmentId, "SegmentId", "segment id";
    /// The id of an export job.
    JobId, "JobId", "job id";
    /// An Artisan id. The service gives one to each device.
    ArtisanId, "ArtisanId", "artisan id";
    /// A shared user id. An app gives one to each of its users, for all of their devices.
    SharedUserId, "SharedUserId", "shared user id";
    /// Any other id or short text in a path or a query, for endpoints of your own.
    TextId, "endpoint::TextId", "text id";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 5: a text that cannot be one path segment is refused when the id is made, with name and position.
    #[test]
    fn bad_ids_are_refused_by_name() {
        for (id, message) in [
            ("", "app id is empty"),
            (".", "app id is `.`, which a URL cannot carry as a segment"),
            ("..", "app id is `..`, which a URL cannot carry as a segment"),
            ("a\nb", "app id has a control character at byte 1"),
            ("\0", "app id has a control character at byte 0"),
            ("é\u{7f}", "app id has a control character at byte 2"),
            ("ab\u{85}", "app id has a control character at byte 2"),
            ("5550dd57330eb93d87000\n0c", "app id has a control character at byte 21"),
            ("5550dd57330eb93d87000\u{85}c", "app id has a control character at byte 21"),
            (&"\u{7f}".repeat(24), "app id has a control character at byte 0"),
            (&"x".repeat(513), "app id is 513 bytes long, over the limit of 512"),
        ] {
            assert_eq!(AppId::new(id).unwrap_err().to_string(), message);
            assert!(serde_json::from_value::<AppId>(id.into()).is_err());
        }
    }

    /// Promise 5: everything else is allowed.
    #[test]
    fn odd_ids_are_allowed() {
        let long = [23, 24, 25, 512].map(|length| "x".repeat(length));
        let odd = [
            "...",
            "a/b?c#d%2e",
            " ",
            "ü\u{a0}",
            "%2e%2e",
            "a,b",
            "\\",
            "5550dd57330eb93d870000é",
            "5550dd57330eb93d8700000~",
        ];
        for id in odd.into_iter().chain(long.iter().map(String::as_str)) {
            assert_eq!(AppId::new(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn a_static_id_is_the_same_id() {
        const APP: AppId = AppId::from_static("557ade8b");
        assert_eq!(APP, "557ade8b".parse().unwrap());
        assert_eq!(serde_json::to_string(&APP).unwrap(), "\"557ade8b\"");
        assert_eq!(serde_json::from_str::<AppId>("\"557ade8b\"").unwrap(), APP);
    }

    #[test]
    #[should_panic(expected = "not a valid job id")]
    fn a_wrong_static_id_panics() {
        let _ = JobId::from_static("..");
    }
}
