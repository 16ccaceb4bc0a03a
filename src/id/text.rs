//! How the text of an id is held, and how a checked text is read by serde.

use std::fmt;
use std::sync::Arc;

use crate::Error;

/// The text of an id: cheap to clone, since ids go into calls by value.
#[derive(Clone)]
pub(super) enum Text {
    Static(&'static str),
    /// In place, without an allocation: the ids of apps, segments and jobs are of 24 bytes. A user's UUID is longer and
    /// shared: a list of thousands is written into a request without a look at each text whether it is one.
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    Shared(Arc<str>),
}

/// The longest text that is held in place, in bytes.
const SHORT: usize = 30;

impl Text {
    #[inline]
    pub(super) fn new(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..text.len()) {
            Some(part) => {
                part.copy_from_slice(text.as_bytes());
                Text::Short { length: text.len() as u8, bytes }
            }
            None => Text::Shared(Arc::from(text)),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            // It was made of a text: there is no other case than `Ok`.
            Text::Short { length, bytes } => bytes
                .get(..usize::from(*length))
                .and_then(|part| std::str::from_utf8(part).ok())
                .unwrap_or_default(),
            Text::Shared(text) => text,
        }
    }
}

/// Reads a checked text.
pub(crate) struct TextVisitor<T> {
    pub(crate) expecting: &'static str,
    pub(crate) make: fn(&str) -> Result<T, Error>,
}

impl<T> serde::de::Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<T, E> {
        (self.make)(id).map_err(E::custom)
    }
}
