//! JSON as the service writes it: members in their published order, which `serde_json::Value` would not keep.

use std::borrow::Cow;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::AttributeValue;

#[derive(Clone)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Text(Cow<'static, str>),
    Raw(Box<RawValue>),
    List(Vec<Json>),
    Object(Vec<(Cow<'static, str>, Json)>),
}

impl Json {
    pub(super) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Self {
        Json::Object(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    pub(super) fn list(items: impl IntoIterator<Item = Json>) -> Self {
        Json::List(items.into_iter().collect())
    }

    /// Indented by two, as in the published examples.
    pub(super) fn to_bytes(&self) -> Bytes {
        // Nothing in here can fail to be written: its names are text, and raw JSON is JSON.
        Bytes::from(serde_json::to_vec_pretty(self).unwrap_or_default())
    }

    /// The same as a type of the crate's, which reads what the service writes.
    #[allow(clippy::expect_used, reason = "a form of the fake's is one that the crate reads")]
    pub(super) fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.to_bytes()).expect("the crate reads the published forms")
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Json::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(Cow::Owned(text))
    }
}

impl From<Option<String>> for Json {
    fn from(text: Option<String>) -> Self {
        text.map_or(Json::Null, Json::from)
    }
}

/// A raw value that is no JSON becomes text.
impl From<AttributeValue<'_>> for Json {
    fn from(value: AttributeValue<'_>) -> Self {
        match value {
            AttributeValue::Text(text) => Json::from(text.to_owned()),
            AttributeValue::Raw(json) => match RawValue::from_string(json.to_owned()) {
                Ok(raw) => Json::Raw(raw),
                Err(_) => Json::from(json.to_owned()),
            },
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Text(text) => serializer.serialize_str(text),
            Json::Raw(json) => json.serialize(serializer),
            Json::List(items) => serializer.collect_seq(items),
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
