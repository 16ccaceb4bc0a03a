//! The value of an attribute: a text or other JSON.

use std::fmt;

/// The value of an attribute.
///
/// All published values are [`Text`](Self::Text), even numbers and booleans (`"age":"54"`). Any other JSON is kept
/// unchanged, digit for digit, as [`Raw`](Self::Raw).
///
/// ```
/// use useartisan::AttributeValue;
///
/// assert_eq!(AttributeValue::Text("54").as_str(), "54");
/// assert_eq!(AttributeValue::Raw("54.0").as_str(), "54.0");
/// assert_eq!(AttributeValue::Raw("54.0").as_text(), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeValue<'a> {
    /// A string, with its escapes resolved.
    Text(&'a str),
    /// The JSON text of a number, a boolean, `null`, an object or an array.
    Raw(&'a str),
}

impl<'a> AttributeValue<'a> {
    /// The string, or the JSON text of anything else.
    ///
    /// ```
    /// assert_eq!(useartisan::AttributeValue::Raw("[1]").as_str(), "[1]");
    /// ```
    #[inline]
    #[must_use]
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Text(text) | Self::Raw(text) => text,
        }
    }

    /// The string, or `None` if the value is something else.
    ///
    /// ```
    /// assert_eq!(useartisan::AttributeValue::Text("54").as_text(), Some("54"));
    /// assert_eq!(useartisan::AttributeValue::Raw("54").as_text(), None);
    /// ```
    #[must_use]
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Raw(_) => None,
        }
    }
}

impl<'a> From<&'a str> for AttributeValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = match self {
            Self::Text(text) => ("Text", text),
            Self::Raw(json) => ("Raw", json),
        };
        write!(f, "{kind}({} bytes)", text.len())
    }
}
