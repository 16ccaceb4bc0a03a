//! The attributes of a profile: one text and a table of ranges.

use std::fmt;

use crate::error::Error;
use crate::model::{AttributeValue, attribute_methods};

/// The attributes of one profile: an open, flat map from names to values, in the order in which they came.
///
/// The service has a set of names of its own (`osVersion`, `age` …), which have methods here, and apps add
/// theirs, which [`get`](Self::get) and [`parse`](Self::parse) reach by name. Names are not unique by
/// construction: where one comes twice, `get` gives the last, and [`iter`](Self::iter) gives all.
///
/// It is held as one text and a table of ranges, at most 4 GiB in all, read from at most 2 GiB of JSON: two
/// allocations, however many attributes there are. As it is personal data, `Debug` shows sizes only.
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

/// The attributes of a profile in their order, as (name, value): what [`Attributes::iter`] gives.
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

/// One attribute in the text that holds it.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: Span,
    pub(crate) value: Span,
    pub(crate) raw: bool,
}

/// A range of bytes. Four bytes for each end, as a table of them is part of every profile.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Attributes wherever they are held: what owned attributes and the records of a download share.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
    pub(crate) entries: &'a [Entry],
}

impl Attributes {
    /// Reads the attributes into your own type. Its strings may borrow from them.
    ///
    /// This is serde's usual view of a map: a text is a string and nothing else (`"54"` is no number; ask
    /// [`parse`](Self::parse) for that), anything else is the JSON that came. Where a name comes twice, a derived
    /// struct that has it is an error, and a map keeps the last.
    ///
    /// # Errors
    ///
    /// Where the type refuses the attributes. The error names the attribute, and does not show its value.
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

    /// None, with room for texts of so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Attributes { text: String::with_capacity(bytes), entries: Vec::new() }
    }

    /// Adds an attribute whose value is a string.
    pub(crate) fn push_text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.push(name, text, false)
    }

    /// Adds an attribute whose value is anything but a string, as JSON text.
    pub(crate) fn push_raw(&mut self, name: &str, json: &str) -> Result<(), Error> {
        self.push(name, json, true)
    }

    /// On an error nothing is added.
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

    /// The value's text, or `None` where it is absent, empty or `null`.
    pub(crate) fn text_of(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            AttributeValue::Text("") | AttributeValue::Raw("null") => None,
            value => Some(value.as_str()),
        }
    }

    /// What `read` makes of the value's text. The error names the attribute and the rule, never the value:
    /// values are personal data.
    pub(crate) fn read<T>(
        self,
        name: &str,
        rule: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.text_of(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Error::invalid(format!("attribute `{name}`"), rule))
    }

    /// A copy without whatever stands between the names and values here.
    pub(crate) fn to_attributes(self) -> Attributes {
        let size: usize = self.entries.iter().map(|entry| entry.name.len() + entry.value.len()).sum();
        let mut text = String::with_capacity(size);
        let mut end = 0;
        let mut place = |span: Span| {
            text.push_str(span.of(self.text));
            let start = end;
            // Can't pass u32: the spans lie in one text without overlapping.
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

    /// For `Debug`: how much there is, and nothing of it.
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

    /// A range inside a record, whose size is limited to what 32 bits can say.
    #[inline(always)]
    pub(crate) fn within(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    #[inline]
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// The part of `text` that this stands for.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        // Spans are made together with their text: there is no other case than `Some`.
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

/// The same attributes in the same order, however they are held.
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
