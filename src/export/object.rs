//! Attributes out of JSON that is in memory as a whole, with its syntax known to be right.

use std::borrow::Cow;

use super::parse::{Gap, Stop, parse};
use super::record::resolve;
use super::settings::Settings;
use super::syntax::Syntax;
use super::unescape::unescape;
use crate::Error;
use crate::model::{Attributes, View};

/// As in the settings of a decoder: the ranges are of 32 bits, and what escapes stand for is kept behind the text.
const MOST: usize = 1 << 31;

/// More than the service publishes, so that the table of most profiles need not grow.
const USUAL: usize = 32;

impl Attributes {
    /// Those of an object.
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
        let settings = Settings::new().attributes(usize::MAX).text_length(usize::MAX);
        let mut nested = Syntax::new(usize::MAX);
        let mut entries = Vec::with_capacity(USUAL);
        let parsed = parse(members.as_bytes(), &settings, &mut { Gap::NONE }, &mut nested, &mut entries)?;
        let mut text = Cow::Borrowed(members);
        if parsed.escapes {
            resolve(&mut entries, members, text.to_mut())?;
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

/// What a string says; `None` where the JSON is something else.
pub(crate) fn string(json: &str) -> Result<Option<Cow<'_, str>>, Error> {
    let Some(inside) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(None);
    };
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Ok(Some(Cow::Borrowed(inside)));
    }
    let mut text = String::with_capacity(inside.len());
    unescape(inside, &mut text).map_err(|_| Error::invalid("a text", HALF_A_PAIR))?;
    Ok(Some(Cow::Owned(text)))
}

/// All that can be wrong with right syntax.
const HALF_A_PAIR: &str = "has half a surrogate pair";
