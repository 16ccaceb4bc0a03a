//! Attributes from JSON and to JSON, nothing lost on the way.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{AttributeValue, Attributes};

/// As a map: strings as strings, everything else as the JSON that it is. For `serde_json` only, as no other
/// format knows what raw JSON is.
impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self {
            match value {
                AttributeValue::Text(text) => map.serialize_entry(name, text)?,
                AttributeValue::Raw(json) => {
                    let raw: &RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
                    map.serialize_entry(name, raw)?;
                }
            }
        }
        map.end()
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
            let pushed = if json.starts_with('"') {
                let value = &mut serde_json::Deserializer::from_str(json);
                Replace(&mut text).deserialize(value).map_err(de::Error::custom)?;
                attributes.push_text(&name, &text)
            } else {
                attributes.push_raw(&name, json)
            };
            pushed.map_err(de::Error::custom)?;
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
