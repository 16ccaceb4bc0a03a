//! One record: its members in place, and its escapes resolved.

use std::fmt;

use super::options::DecodeOptions;
use super::parse::{Gap, Parsed, Stop, parse};
use crate::error::Error;
use crate::json::syntax::Syntax;
use crate::json::{Halves, unescape};
use crate::model::Profile;
use crate::model::{AttributeIter, AttributeValue, Attributes, Entry, Span, View, attribute_methods};

/// The attributes of one profile of a download. They are borrowed from the decoder until it advances.
///
/// They keep the order of the document, with the escapes of names and texts resolved. The published attributes have methods,
/// the same as on [`Attributes`]. [`decode`](Self::decode) reads all of them into your own type. `Debug` shows sizes only.
///
/// ```
/// let mut decoder = useartisan::decode::Decoder::new();
/// let mut input: &[u8] = br#"{"artisanUserIds":[{"age":"29","plan":"gold"}]}"#;
/// while decoder.advance(&mut input)? {
///     let record = decoder.record();
///     assert_eq!(record.age()?, Some(29));
///     assert_eq!(record.get("plan").and_then(|plan| plan.as_text()), Some("gold"));
/// }
/// decoder.finish()?;
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct ProfileRecord<'a> {
    view: View<'a>,
}

/// The memory for one record, reused for each.
pub(super) struct Store {
    text: String,
    entries: Vec<Entry>,
    gap: Gap,
    nested: Syntax,
}

impl<'a> ProfileRecord<'a> {
    #[inline]
    fn view(&self) -> View<'a> {
        self.view
    }

    /// Reads the attributes into your own type. Its strings may borrow from the record.
    ///
    /// This is serde's usual view of a map. A text is a string and nothing else (`"54"` is no number: use
    /// [`parse`](Self::parse) for that), and any other value is its JSON. If a name comes twice, a derived
    /// struct that has it is an error, and a map keeps the last.
    ///
    /// # Errors
    ///
    /// The type refuses the attributes. The error names the attribute, and does not show its value.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Device<'a> {
    ///     os_name: &'a str,
    ///     app_build: Option<&'a str>,
    /// }
    ///
    /// let mut records = useartisan::decode::decode(br#"{"artisanUserIds":[{"osName":"iPhone OS","age":"29"}]}"#);
    /// while let Some(record) = records.next_record()? {
    ///     let device: Device = record.decode()?;
    ///     assert_eq!((device.os_name, device.app_build), ("iPhone OS", None));
    /// }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn decode<T: serde::Deserialize<'a>>(&self) -> Result<T, Error> {
        self.view.deserialize()
    }

    /// Copies the attributes into owned ones, as small as their names and values.
    ///
    /// ```
    /// let mut decoder = useartisan::decode::Decoder::new();
    /// let mut input: &[u8] = br#"{"artisanUserIds":[{"age":"29"}]}"#;
    /// assert!(decoder.advance(&mut input)?);
    /// let attributes = decoder.record().to_attributes();
    /// decoder.advance(&mut input)?;
    /// assert_eq!(attributes.age()?, Some(29));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn to_attributes(&self) -> Attributes {
        self.view.to_attributes()
    }

    /// Copies the attributes into a [`Profile`], whose id is among them.
    #[must_use]
    pub fn to_profile(&self) -> Profile {
        Profile::from(self.to_attributes())
    }
}

attribute_methods!(ProfileRecord<'a>, AttributeIter<'a>, AttributeValue<'a>, &'a str, 'a);

impl<'a> IntoIterator for ProfileRecord<'a> {
    type Item = (&'a str, AttributeValue<'a>);
    type IntoIter = AttributeIter<'a>;

    fn into_iter(self) -> AttributeIter<'a> {
        self.view.iter()
    }
}

impl<'a> IntoIterator for &ProfileRecord<'a> {
    type Item = (&'a str, AttributeValue<'a>);
    type IntoIter = AttributeIter<'a>;

    fn into_iter(self) -> AttributeIter<'a> {
        self.view.iter()
    }
}

impl fmt::Debug for ProfileRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view.debug("ProfileRecord", f)
    }
}

impl Store {
    pub(super) fn new() -> Self {
        Self { text: String::new(), entries: Vec::new(), gap: Gap::NONE, nested: Syntax::new(0) }
    }

    /// Sets how deep the values of a record may be nested.
    pub(super) fn limit_nesting(&mut self, levels: usize) {
        self.nested = Syntax::new(levels);
    }

    #[inline]
    pub(super) fn record(&self) -> ProfileRecord<'_> {
        ProfileRecord { view: View { text: &self.text, entries: &self.entries } }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.entries.clear();
    }

    /// Takes the record at the start of `bytes`, which begins after its `{`.
    pub(super) fn fill(&mut self, bytes: &[u8], options: &DecodeOptions) -> Result<Parsed, Stop> {
        self.clear();
        let parsed = parse(bytes, options, &mut self.gap, &mut self.nested, &mut self.entries)?;
        let record = bytes.get(..parsed.length).ok_or(Stop::Unfit)?;
        let text = std::str::from_utf8(record).map_err(|_| Stop::Unfit)?;
        // With one copy of the whole, the record doesn't borrow from the piece. The copy costs a tenth of the parsing.
        self.text.push_str(text);
        if parsed.escapes {
            resolve(&mut self.entries, text, &mut self.text, options.halves)?;
        }
        Ok(parsed)
    }
}

/// Appends the strings with resolved escapes to `text`, which starts with the record, and points the entries to them.
pub(super) fn resolve(
    entries: &mut [Entry],
    record: &str,
    text: &mut String,
    halves: Halves,
) -> Result<(), Stop> {
    for entry in entries {
        entry.name = unescaped(entry.name, record, text, halves)?;
        if !entry.raw {
            entry.value = unescaped(entry.value, record, text, halves)?;
        }
    }
    Ok(())
}

fn unescaped(span: Span, record: &str, text: &mut String, halves: Halves) -> Result<Span, Stop> {
    let string = span.of(record);
    if memchr::memchr(b'\\', string.as_bytes()).is_none() {
        return Ok(span);
    }
    let start = text.len();
    unescape(string, text, halves).map_err(|at| Stop::Surrogate(span.start as usize + at))?;
    Ok(Span::within(start, text.len()))
}
