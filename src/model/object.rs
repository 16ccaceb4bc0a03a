//! Objects by derive, as strictly as documents are read here.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::Attributes;

/// What the derive of `T` reads, from an object only. A derive alone also accepts an array of the fields' values.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor { fields: None, output: PhantomData })
    }
}

/// Reads an object by the derive of `T`, whose fields these are, and adds every other member to `other`.
pub(super) fn with_others<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    fields: &'static [&'static str],
    other: &mut Attributes,
) -> Result<T, D::Error> {
    let visitor = ObjectVisitor { fields: Some((fields, other)), output: PhantomData };
    deserializer.deserialize_map(visitor).map(|Object(output)| output)
}

struct ObjectVisitor<'o, T> {
    fields: Option<(&'static [&'static str], &'o mut Attributes)>,
    output: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        let output = match self.fields {
            None => T::deserialize(MapAccessDeserializer::new(map)),
            Some((fields, other)) => {
                T::deserialize(MapAccessDeserializer::new(Members { map, fields, other }))
            }
        };
        output.map(Object)
    }
}

/// The members that have a field. The others are taken out on the way, as the JSON that they are.
struct Members<'o, A> {
    map: A,
    fields: &'static [&'static str],
    other: &'o mut Attributes,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.map.next_key()? {
            if self.fields.contains(&&*name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            let json = self.map.next_value::<Box<RawValue>>()?;
            self.other.push_json(&name, json.get()).map_err(A::Error::custom)?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// The name of a member, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The id of an object that has it under one of two names, or under both if they agree.
pub(super) fn one_id<T: PartialEq, E: Error>(id: Option<T>, underscored: Option<T>) -> Result<T, E> {
    match (id, underscored) {
        (Some(id), Some(other)) if id != other => Err(E::custom("`_id` differs from `id`")),
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) => Err(E::missing_field("id")),
    }
}
