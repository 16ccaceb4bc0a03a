//! The attributes of a profile: one text and a table of ranges.

use std::fmt;

use crate::error::Error;
use crate::model::{AttributeValue, attribute_methods};

/// The attributes of one profile: names and values, in the order of the answer.
///
/// The service's own names (`osVersion`, `age` …) have methods here. Apps add more, which [`get`](Self::get) and
/// [`parse`](Self::parse) look up by name. A name may occur more than once: `get` returns the last, and
/// [`iter`](Self::iter) returns all.
///
/// They are one text and a table of ranges: two allocations, for any number of attributes. The text has at most 4 GiB, read
/// from at most 2 GiB of JSON. Attributes are personal data, so `Debug` shows only sizes.
///
/// ```
/// use useartisan::{AttributeValue, Attributes};
///
/// let attributes: Attributes = serde_json::from_str(r#"{"age":"54","osName":"iPhone OS","vip":true}"#)?;
/// assert_eq!(attributes.age()?, Some(54));
/// assert_eq!(attributes.os_name(), Some("iPhone OS"));
/// assert_eq!(attributes.get("vip"), Some(AttributeValue::Raw("true")));
/// assert_eq!(attributes.parse::<bool>("vip")?, Some(true));
/// assert_eq!(attributes.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Attributes {
    text: String,
    entries: Vec<Entry>,
}

/// The iterator of [`Attributes::iter`]: names and values, in order.
///
/// ```
/// let attributes: useartisan::Attributes = serde_json::from_str(r#"{"age":"54","age":"55"}"#)?;
/// let ages: Vec<_> = attributes.iter().map(|(_, value)| value.as_str()).collect();
/// assert_eq!(ages, ["54", "55"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct AttributeIter<'a> {
    text: &'a str,
    entries: std::slice::Iter<'a, Entry>,
}

/// One attribute, as ranges of the text that holds it.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: Span,
    pub(crate) value: Span,
    pub(crate) raw: bool,
}

/// A range of bytes. Each end takes four bytes, because every profile has a table of these.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What owned attributes and the records of a download share.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
    pub(crate) entries: &'a [Entry],
}

impl Attributes {
    /// Reads the attributes into your own type, by serde. Its strings may borrow from the attributes.
    ///
    /// A text is only ever a string: `"54"` does not become a number, but [`parse`](Self::parse) reads it as one. Any other
    /// value is its JSON. If a name occurs twice, a derived struct with that field fails, and a map keeps the last.
    ///
    /// # Errors
    ///
    /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) if the type refuses the attributes. The error names the attribute, and
    /// does not show its value.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Device<'a> {
    ///     os_name: &'a str,
    ///     app_build: Option<&'a str>,
    /// }
    ///
    /// let attributes: useartisan::Attributes = serde_json::from_str(r#"{"osName":"iPhone OS","age":"54"}"#)?;
    /// let device: Device = attributes.decode()?;
    /// assert_eq!((device.os_name, device.app_build), ("iPhone OS", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decode<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, Error> {
        self.view().deserialize()
    }

    pub(crate) fn view(&self) -> View<'_> {
        View { text: &self.text, entries: &self.entries }
    }

    /// No attributes, with room for `bytes` of text.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Attributes { text: String::with_capacity(bytes), entries: Vec::new() }
    }

    /// Adds an attribute whose value is a string.
    pub(crate) fn push_text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.push(name, text, false)
    }

    /// Adds an attribute whose value is other JSON.
    pub(crate) fn push_raw(&mut self, name: &str, json: &str) -> Result<(), Error> {
        self.push(name, json, true)
    }

    /// Adds nothing if it fails.
    fn push(&mut self, name: &str, value: &str, raw: bool) -> Result<(), Error> {
        let start = self.text.len();
        let middle = start + name.len();
        let spans = (Span::new(start, middle), Span::new(middle, middle + value.len()));
        let (Some(name_span), Some(value_span)) = spans else {
            return Err(Error::limit("attributes limit of 4294967295 bytes", None));
        };
        self.text.push_str(name);
        self.text.push_str(value);
        self.entries.push(Entry { name: name_span, value: value_span, raw });
        Ok(())
    }
}

attribute_methods!(Attributes, AttributeIter<'_>, AttributeValue<'_>, &str);

impl<'a> View<'a> {
    pub(crate) fn get(self, name: &str) -> Option<AttributeValue<'a>> {
        self.iter().rev().find(|(candidate, _)| *candidate == name).map(|(_, value)| value)
    }

    #[inline]
    pub(crate) fn iter(self) -> AttributeIter<'a> {
        AttributeIter { text: self.text, entries: self.entries.iter() }
    }

    /// The value's text, or `None` if it is absent, empty or `null`.
    pub(crate) fn text_of(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            AttributeValue::Text("") | AttributeValue::Raw("null") => None,
            value => Some(value.as_str()),
        }
    }

    /// Reads the value's text with `read`. The error names the attribute and the rule, but never the value, which is personal
    /// data.
    pub(crate) fn read<T>(
        self,
        name: &str,
        rule: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.text_of(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Error::decode(format!("attribute `{name}` {rule}"), None))
    }

    /// A copy without the bytes between the names and values.
    pub(crate) fn to_attributes(self) -> Attributes {
        let size: usize = self.entries.iter().map(|entry| entry.name.len() + entry.value.len()).sum();
        let mut text = String::with_capacity(size);
        let mut end = 0;
        let mut place = |span: Span| {
            text.push_str(span.of(self.text));
            let start = end;
            // Fits into u32: the spans lie in one text and do not overlap.
            end += span.end - span.start;
            Span { start, end }
        };
        let entries = self
            .entries
            .iter()
            .map(|entry| Entry { name: place(entry.name), value: place(entry.value), raw: entry.raw })
            .collect();
        Attributes { text, entries }
    }

    /// For `Debug`: the sizes alone.
    pub(crate) fn debug(self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name).field("len", &self.entries.len()).field("bytes", &self.text.len()).finish()
    }
}

impl PartialEq for View<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Option<Self> {
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    /// A range inside a record. Its size is limited to what 32 bits can hold.
    #[inline(always)]
    pub(crate) fn within(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    #[inline]
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// This range of `text`.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        // Spans are made together with their text, so `get` always finds one.
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl<'a> AttributeIter<'a> {
    #[inline]
    fn attribute(text: &'a str, entry: &Entry) -> (&'a str, AttributeValue<'a>) {
        let value = entry.value.of(text);
        let value = if entry.raw { AttributeValue::Raw(value) } else { AttributeValue::Text(value) };
        (entry.name.of(text), value)
    }
}

impl<'a> Iterator for AttributeIter<'a> {
    type Item = (&'a str, AttributeValue<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(|entry| Self::attribute(self.text, entry))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl DoubleEndedIterator for AttributeIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back().map(|entry| Self::attribute(self.text, entry))
    }
}

impl ExactSizeIterator for AttributeIter<'_> {}
impl std::iter::FusedIterator for AttributeIter<'_> {}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a str, AttributeValue<'a>);
    type IntoIter = AttributeIter<'a>;

    fn into_iter(self) -> AttributeIter<'a> {
        self.view().iter()
    }
}

/// Equal if the names and values are the same, in the same order.
impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for Attributes {}

impl std::hash::Hash for Attributes {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.entries.len().hash(state);
        self.view().iter().for_each(|attribute| attribute.hash(state));
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().debug("Attributes", f)
    }
}

impl fmt::Debug for AttributeIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttributeIter").field("len", &self.entries.len()).finish()
    }
}
