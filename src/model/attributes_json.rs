//! Attributes from JSON and to JSON, nothing lost on the way.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{AttributeValue, Attributes};

/// As a map of values. For `serde_json` only, as no other format knows what raw JSON is.
impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

/// A text as a string, everything else as the JSON that it is: for `serde_json` only.
impl Serialize for AttributeValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            AttributeValue::Text(text) => serializer.serialize_str(text),
            AttributeValue::Raw(json) => {
                serde_json::from_str::<&RawValue>(json).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// From a JSON object, by `serde_json` only: values that are not strings are kept digit for digit, which takes
/// its help.
impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The whole map is taken as raw JSON first: so it works from a reader as well, and what is inside can
        // borrow from it.
        let json = Box::<RawValue>::deserialize(deserializer)?;
        serde_json::Deserializer::from_str(json.get()).deserialize_map(FlatMap).map_err(de::Error::custom)
    }
}

impl Attributes {
    /// Adds the member `name` of an object that is being read, whatever its value is.
    pub(crate) fn push_member<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let json = map.next_value::<Box<RawValue>>()?;
        self.push_json(name, json.get(), &mut String::new()).map_err(de::Error::custom)
    }

    /// Adds an attribute whose value is any JSON; `text` is a buffer for a string on its way.
    fn push_json(&mut self, name: &str, json: &str, text: &mut String) -> Result<(), serde_json::Error> {
        let pushed = if json.starts_with('"') {
            Replace(text).deserialize(&mut serde_json::Deserializer::from_str(json))?;
            self.push_text(name, text)
        } else {
            self.push_raw(name, json)
        };
        pushed.map_err(de::Error::custom)
    }
}

struct FlatMap;

impl<'de> Visitor<'de> for FlatMap {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut attributes = Attributes::default();
        // Two buffers for all names and values, which may have to be unescaped on their way.
        let (mut name, mut text) = (String::new(), String::new());
        while map.next_key_seed(Replace(&mut name))?.is_some() {
            let json = map.next_value::<&RawValue>()?.get();
            attributes.push_json(&name, json, &mut text).map_err(de::Error::custom)?;
        }
        Ok(attributes)
    }
}

/// Puts a string into a buffer in place of what was there.
struct Replace<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Replace<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Replace<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.0.clear();
        self.0.push_str(text);
        Ok(())
    }
}
