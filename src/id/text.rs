//! How the text of an id is held, and how a checked text is read by serde.

use std::fmt;
use std::sync::Arc;

use crate::Error;

/// The text of an id: cheap to clone, since ids go into calls by value.
#[derive(Clone)]
pub(super) enum Text {
    Static(&'static str),
    /// In place, without an allocation: as the ids of apps, segments and jobs are.
    Usual(Usual),
    Shared(Arc<str>),
}

/// A text of the usual length in plain ASCII, in whole words, so that it is moved by them.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(super) struct Usual([u8; 24]);

impl Text {
    #[inline]
    pub(super) fn shared(text: &str) -> Self {
        Text::Shared(Arc::from(text))
    }

    /// A text that can be no other than a valid id, seen of many bytes at a time.
    #[inline]
    pub(super) fn usual(text: &str) -> Option<Self> {
        let bytes: [u8; 24] = text.as_bytes().try_into().ok()?;
        let plain = bytes.iter().fold(true, |plain, byte| plain & matches!(byte, 0x20..=0x7E));
        plain.then_some(Text::Usual(Usual(bytes)))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            // It was made of a text: there is no other case than `Ok`.
            Text::Usual(Usual(bytes)) => std::str::from_utf8(bytes).unwrap_or_default(),
            Text::Shared(text) => text,
        }
    }
}

/// Reads a checked text.
pub(crate) struct TextVisitor<F> {
    pub(crate) expecting: &'static str,
    pub(crate) make: F,
}

impl<T, F: FnOnce(&str) -> Result<T, Error>> serde::de::Visitor<'_> for TextVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<T, E> {
        (self.make)(id).map_err(E::custom)
    }
}
