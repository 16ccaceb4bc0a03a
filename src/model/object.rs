//! Objects by derive, with the strictness of this crate.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// Reads a derived `T` from an object only. A derive alone also accepts an array of the fields' values.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// The id of an object, under one of two names. Under both, they must agree.
#[inline]
pub(super) fn one_id<T: PartialEq, E: Error>(id: Option<T>, underscored: Option<T>) -> Result<T, E> {
    match (id, underscored) {
        (Some(id), Some(other)) if id != other => Err(E::custom("`_id` differs from `id`")),
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) => Err(E::missing_field("id")),
    }
}
