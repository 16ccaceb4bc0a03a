//! The options and limits of a decoder.

use std::borrow::Cow;

use crate::json::Halves;
use crate::options::IN_MEMORY;

/// What a decoder expects, and its limits.
///
/// | option | default | what it bounds |
/// |---|---|---|
/// | [`with_list`](Self::with_list) | `artisanUserIds` | – |
/// | [`with_record_size`](Self::with_record_size) | 16 MiB | a record in the document, from its `{` to its `}` |
/// | [`with_attributes`](Self::with_attributes) | 65,536 | the attributes of a record |
/// | [`with_text_length`](Self::with_text_length) | 4 MiB | a string in a record, names included, between its quotes |
/// | [`with_nesting`](Self::with_nesting) | 128 | objects and arrays inside each other, wherever they are |
/// | [`with_lossy_text`](Self::with_lossy_text) | no | – |
///
/// Nothing is cut: past a limit there is an error that names it. Everything but the records is skipped in constant memory, so its
/// only limits are the nesting, and 1 MiB of white space in a row.
///
/// The defaults leave room for any profile that the service can have held. Its ids look like MongoDB's, which stores at most 16
/// MiB in a document. A published profile has some twenty attributes in one KiB, but an app may add its own, and a photo in
/// Base64 fits into 4 MiB. A high limit costs nothing until a record needs it: the decoder then takes up to four times the size
/// of the largest record, 64 MiB at most. Set lower limits on a device with less memory.
///
/// ```
/// use useartisan::decode::{Decoder, DecodeOptions};
///
/// let mut decoder = Decoder::with(DecodeOptions::default().with_list("profiles").with_record_size(64 * 1024));
/// let mut input: &[u8] = br#"{"profiles":[{"age":"54"}]}"#;
/// assert!(decoder.advance(&mut input)?);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct DecodeOptions {
    pub(super) list: Cow<'static, str>,
    pub(super) record_size: usize,
    pub(super) attributes: usize,
    pub(super) text_length: usize,
    pub(super) nesting: usize,
    pub(super) halves: Halves,
}

impl DecodeOptions {
    /// Sets the name of the list of records. `artisanUserIds` is documented for the export of a segment. The name in an export of
    /// profiles is undocumented.
    ///
    /// ```
    /// let options = useartisan::decode::DecodeOptions::default().with_list("profiles");
    /// ```
    pub fn with_list(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { list: name.into(), ..self }
    }

    /// Sets the most bytes that a record may have in the document, from its `{` to its `}`. More than 2 GiB count as 2 GiB; on 32
    /// bits, more than 1 GiB count as 1 GiB.
    ///
    /// ```
    /// let options = useartisan::decode::DecodeOptions::default().with_record_size(64 * 1024);
    /// ```
    pub fn with_record_size(self, bytes: usize) -> Self {
        // The ranges in a record have 32 bits, and its resolved escapes are kept behind it.
        Self { record_size: bytes.min(1 << 31).min(IN_MEMORY), ..self }
    }

    /// Sets the most attributes that a record may have, repeated names included.
    ///
    /// ```
    /// let options = useartisan::decode::DecodeOptions::default().with_attributes(100);
    /// ```
    pub fn with_attributes(self, count: usize) -> Self {
        Self { attributes: count, ..self }
    }

    /// Sets the most bytes that a string in a record may have between its quotes, with escapes as written.
    ///
    /// ```
    /// let options = useartisan::decode::DecodeOptions::default().with_text_length(1024);
    /// ```
    pub fn with_text_length(self, bytes: usize) -> Self {
        Self { text_length: bytes, ..self }
    }

    /// Sets how deep objects and arrays may be nested, counted from the document's own braces. A record of a bare document is at
    /// level 3.
    ///
    /// ```
    /// let options = useartisan::decode::DecodeOptions::default().with_nesting(8);
    /// ```
    pub fn with_nesting(self, levels: usize) -> Self {
        Self { nesting: levels, ..self }
    }

    /// Sets whether half a surrogate pair in a name or text of a record becomes U+FFFD, as in [`String::from_utf16_lossy`].
    ///
    /// JSON can write such a half as an escape, `"\ud83d"`, but no `str` can hold it. It comes from programs that cut a
    /// text in the middle of an emoji. By default it is an error, so nothing is lost unnoticed. An object or array as a
    /// value is raw JSON, and keeps its escapes either way.
    ///
    /// ```
    /// use useartisan::decode::{DecodeOptions, decode};
    ///
    /// let document = br#"{"artisanUserIds":[{"nick":"ann \ud83d"}]}"#;
    /// assert!(decode(document).next_record().is_err());
    ///
    /// let mut records = decode(document).options(DecodeOptions::default().with_lossy_text(true));
    /// let record = records.next_record()?.unwrap();
    /// assert_eq!(record.get("nick").unwrap().as_text(), Some("ann \u{FFFD}"));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn with_lossy_text(self, lossy: bool) -> Self {
        Self { halves: if lossy { Halves::Replaced } else { Halves::Refused }, ..self }
    }
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self {
            list: Cow::Borrowed("artisanUserIds"),
            record_size: 16 << 20,
            attributes: 1 << 16,
            text_length: 4 << 20,
            nesting: 128,
            halves: Halves::Refused,
        }
    }
}
