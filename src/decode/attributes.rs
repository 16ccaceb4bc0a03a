//! Attributes from JSON in memory, whose syntax was checked before.

use std::borrow::Cow;

use super::options::DecodeOptions;
use super::parse::{Gap, Stop, parse};
use super::record::resolve;
use crate::error::Error;
use crate::json::syntax::Syntax;
use crate::json::{HALF_A_PAIR, string};
use crate::model::{Attributes, View};

/// As in the options of a decoder: the ranges have 32 bits, and resolved escapes are kept behind the text.
const MOST: usize = 1 << 31;

/// More than the published attributes, so that the table of most profiles need not grow.
const USUAL: usize = 32;

impl Attributes {
    /// The attributes of an object.
    pub(crate) fn from_json(json: &str) -> Result<Self, Error> {
        let Some(members) = json.strip_prefix('{') else {
            return Err(Error::invalid("attributes", "are not an object"));
        };
        if members.len() > MOST {
            return Err(Error::limit(format!("attributes limit of {MOST} bytes of JSON"), None));
        }
        Self::from_members(members).map_err(|_| Error::invalid("a text in the attributes", HALF_A_PAIR))
    }

    fn from_members(members: &str) -> Result<Self, Stop> {
        let options = DecodeOptions::default().with_attributes(usize::MAX).with_text_length(usize::MAX);
        let mut nested = Syntax::new(usize::MAX);
        let mut entries = Vec::with_capacity(USUAL);
        let parsed = parse(members.as_bytes(), &options, &mut { Gap::NONE }, &mut nested, &mut entries)?;
        let mut text = Cow::Borrowed(members);
        if parsed.escapes {
            resolve(&mut entries, members, text.to_mut(), options.halves)?;
        }
        Ok(View { text: &text, entries: &entries }.to_attributes())
    }

    /// Adds an attribute whose value is any JSON.
    pub(crate) fn push_json(&mut self, name: &str, json: &str) -> Result<(), Error> {
        match string(json)? {
            Some(text) => self.push_text(name, &text),
            None => self.push_raw(name, json),
        }
    }
}
