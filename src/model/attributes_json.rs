//! Attributes from JSON and to JSON, nothing lost on the way.

use serde::de::{Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::{AttributeValue, Attributes};

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
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Attributes::from_json(json.get()).map_err(D::Error::custom)
    }
}
