//! How the text of an id is held, and how a checked text is read by serde.

use std::fmt;
use std::sync::Arc;

use crate::Error;

/// The text of an id: cheap to clone, since ids go into calls by value.
#[derive(Clone)]
pub(super) enum Text {
    Static(&'static str),
    InPlace(InPlace),
    /// Any other: also a user's UUID, of which lists of thousands are written into a request without a look at each text
    /// whether it is shared.
    Shared(Arc<str>),
}

/// The length of the ids of apps, segments and jobs, in bytes: they need no allocation.
const IN_PLACE: usize = 24;

/// In whole words, so that it is moved by them.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(super) struct InPlace([u8; IN_PLACE]);

impl Text {
    pub(super) fn shared(text: &str) -> Self {
        Text::Shared(Arc::from(text))
    }

    /// A text of the usual length in plain ASCII, which is a valid id; `None` for any other, valid or not.
    #[inline]
    pub(super) fn in_place(text: &str) -> Option<Self> {
        let bytes: [u8; IN_PLACE] = text.as_bytes().try_into().ok()?;
        // All are looked at together, and not one after another.
        let plain = bytes.iter().fold(true, |plain, byte| plain & matches!(byte, 0x20..=0x7E));
        plain.then_some(Text::InPlace(InPlace(bytes)))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            // It was made of a text: there is no other case than `Ok`.
            Text::InPlace(InPlace(bytes)) => std::str::from_utf8(bytes).unwrap_or_default(),
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
