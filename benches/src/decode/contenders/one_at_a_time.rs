//! A careful use of serde_json: a visitor takes one record at a time out of the list, looks at each name and value, and drops it.
//! The records are never in memory together.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::hint::black_box;
use std::io::BufReader;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{PIECE, Pairs, Text, shape_of};
use useartisan_test_support::shapes::Shape;

/// Each record is a map, to look names up in.
pub(super) fn maps(document: &[u8]) -> usize {
    match shape_of(document) {
        Shape::Escapes => from_slice::<HashMap<Text<'_>, Text<'_>>>(document),
        Shape::Custom => from_slice::<HashMap<&str, &RawValue>>(document),
        _ => from_slice::<HashMap<&str, &str>>(document),
    }
}

/// Each record is a list of its names and values: the cheapest form that holds all of them.
pub(super) fn pairs(document: &[u8]) -> usize {
    match shape_of(document) {
        Shape::Escapes => from_slice::<Pairs<Text<'_>, Text<'_>>>(document),
        Shape::Custom => from_slice::<Pairs<&str, &RawValue>>(document),
        _ => from_slice::<Pairs<&str, &str>>(document),
    }
}

/// Names and values are dropped one by one, without records.
pub(super) fn attributes(document: &[u8]) -> usize {
    match shape_of(document) {
        Shape::Escapes => from_slice::<Dropped<Text<'_>, Text<'_>>>(document),
        Shape::Custom => from_slice::<Dropped<&str, &RawValue>>(document),
        _ => from_slice::<Dropped<&str, &str>>(document),
    }
}

pub(super) fn maps_from_reader(document: &[u8]) -> usize {
    fn read<V: for<'a> Deserialize<'a>>(document: &[u8]) -> usize {
        let reader = BufReader::with_capacity(PIECE, document);
        let mut json = serde_json::Deserializer::from_reader(reader);
        Document::<HashMap<String, V>>(PhantomData).deserialize(&mut json).unwrap()
    }
    match shape_of(document) {
        Shape::Custom => read::<Box<RawValue>>(document),
        _ => read::<String>(document),
    }
}

fn from_slice<'a, R: Record<'a>>(document: &'a [u8]) -> usize {
    let mut json = serde_json::Deserializer::from_slice(document);
    let attributes = Document::<R>(PhantomData).deserialize(&mut json).unwrap();
    json.end().unwrap();
    attributes
}

trait Record<'de>: Deserialize<'de> {
    /// Looks at each attribute, and counts them.
    fn take(self) -> usize;
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Record<'de> for Pairs<K, V> {
    fn take(self) -> usize {
        self.0.into_iter().map(black_box).count()
    }
}

impl<'de, K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>> Record<'de> for HashMap<K, V> {
    fn take(self) -> usize {
        self.into_iter().map(black_box).count()
    }
}

/// The number of attributes of a record.
struct Dropped<K, V>(usize, PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Record<'de> for Dropped<K, V> {
    fn take(self) -> usize {
        self.0
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Dropped<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Count<K, V> {
            type Value = Dropped<K, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a profile")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut attributes = 0;
                while let Some(attribute) = map.next_entry::<K, V>()? {
                    black_box(attribute);
                    attributes += 1;
                }
                Ok(Dropped(attributes, PhantomData))
            }
        }
        deserializer.deserialize_map(Count(PhantomData))
    }
}

/// Reads the document, and counts the attributes in its list.
struct Document<R>(PhantomData<R>);

impl<'de, R: Record<'de>> DeserializeSeed<'de> for Document<R> {
    type Value = usize;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: Record<'de>> Visitor<'de> for Document<R> {
    type Value = usize;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut attributes = 0;
        while let Some(name) = map.next_key::<String>()? {
            if name == "artisanUserIds" {
                attributes += map.next_value_seed(List::<R>(PhantomData))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(attributes)
    }
}

/// Reads the list of records.
struct List<R>(PhantomData<R>);

impl<'de, R: Record<'de>> DeserializeSeed<'de> for List<R> {
    type Value = usize;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R: Record<'de>> Visitor<'de> for List<R> {
    type Value = usize;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of profiles")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
        let mut attributes = 0;
        while let Some(record) = list.next_element::<R>()? {
            attributes += record.take();
        }
        Ok(attributes)
    }
}
