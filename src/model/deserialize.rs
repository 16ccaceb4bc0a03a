//! Attributes as a serde deserializer, for the caller's own types.

use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
    value::BorrowedStrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::attributes::View;
use crate::error::Error;
use crate::model::{AttributeIter, AttributeValue};

impl<'a> View<'a> {
    pub(crate) fn deserialize<T: de::Deserialize<'a>>(self) -> Result<T, Error> {
        T::deserialize(self).map_err(|Mismatch { name, reason }| {
            let field = match name {
                Some(name) => format!("attribute `{}`", name.escape_debug()),
                None => "attributes".to_owned(),
            };
            Error::decode(format!("{field} {}", reason.escape_debug()), None)
        })
    }
}

/// Why a type refused the attributes: the attribute's name and the reason, without its value.
#[derive(Debug)]
pub(crate) struct Mismatch {
    name: Option<String>,
    reason: String,
}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self { name: None, reason: reason.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("is {}, not {expected}", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("is {} other than {expected}", kind(found)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("is none of {}", expected.join(", ")))
    }
}

/// What was found, in serde's words but without the value, which is personal data.
fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) | Unexpected::Bytes(_) => "a text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Mismatch {}

impl<'de> Deserializer<'de> for View<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_map(Members { rest: self.iter(), current: None })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Members<'a> {
    rest: AttributeIter<'a>,
    current: Option<(&'a str, AttributeValue<'a>)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        self.current = self.rest.next();
        let Some((name, _)) = self.current else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let Some((name, value)) = self.current.take() else {
            return Err(de::Error::custom("a value was asked for before its name"));
        };
        seed.deserialize(Value(value)).map_err(|refusal| Mismatch { name: Some(name.to_owned()), ..refusal })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A text is a string, and anything else is its JSON. The text `"54"` does not become a number.
struct Value<'a>(AttributeValue<'a>);

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::Text(text) => visitor.visit_borrowed_str(text),
            AttributeValue::Raw(json) => {
                json_error(serde_json::Deserializer::from_str(json).deserialize_any(visitor))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::Raw("null") => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::Text(_) => visitor.visit_newtype_struct(self),
            // serde_json's own deserializer knows the newtype that takes raw JSON.
            AttributeValue::Raw(json) => {
                json_error(serde_json::Deserializer::from_str(json).deserialize_newtype_struct(name, visitor))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            AttributeValue::Text(text) => visitor.visit_enum(IntoDeserializer::into_deserializer(text)),
            AttributeValue::Raw(json) => {
                json_error(serde_json::Deserializer::from_str(json).deserialize_enum(name, variants, visitor))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Replaces serde_json's message, which would show the value.
fn json_error<T>(result: Result<T, serde_json::Error>) -> Result<T, Mismatch> {
    result.map_err(|_| de::Error::custom("is JSON of another type than the one asked for"))
}
