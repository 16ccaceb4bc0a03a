//! The ways to read an export with only this crate and serde_json.

mod one_at_a_time;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::hint::black_box;
use std::io::BufReader;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use useartisan::decode::{Decoder, Records, decode};

use super::table::Contender;
use useartisan_test_support::shapes::Shape;

/// The size of the pieces in which a download arrives.
const PIECE: usize = 64 << 10;

pub(super) const CONTENDERS: [Contender; 12] = [
    Contender { name: "useartisan: borrowed, each name and value taken", run: borrowed_and_taken },
    Contender { name: "useartisan: borrowed records", run: borrowed },
    Contender { name: "the same, in pieces of 16 KiB", run: |document| in_pieces(document, 16 << 10) },
    Contender { name: "the same, in pieces of 4 KiB", run: |document| in_pieces(document, 4 << 10) },
    Contender { name: "useartisan: owned profiles, from a reader", run: owned },
    Contender { name: "useartisan: owned profiles, from memory", run: owned_in_memory },
    Contender { name: "serde_json: visitor, one map at a time, from memory", run: one_at_a_time::maps },
    Contender {
        name: "serde_json: visitor, one map at a time, from a reader",
        run: one_at_a_time::maps_from_reader,
    },
    Contender { name: "serde_json: visitor, one list at a time, from memory", run: one_at_a_time::pairs },
    Contender { name: "serde_json: visitor, no records, from memory", run: one_at_a_time::attributes },
    Contender { name: "serde_json: from_slice, borrowed pairs", run: serde_borrowed },
    Contender { name: "serde_json: from_reader, owned maps", run: serde_reader },
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Export<T> {
    artisan_user_ids: Vec<T>,
}

/// A map as its pairs, in order: the cheapest form.
pub(super) struct Pairs<K, V>(Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Collect<K, V> {
            type Value = Pairs<K, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collect(PhantomData))
    }
}

/// A string, borrowed if it has no escapes.
#[derive(PartialEq, Eq, Hash, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The cheapest types that can hold a document.
pub(super) fn shape_of(document: &[u8]) -> Shape {
    let head = &document[..document.len().min(4096)];
    if head.contains(&b'\\') {
        Shape::Escapes
    } else if memchr::memmem::find(head, b"custom_").is_some() {
        Shape::Custom
    } else {
        Shape::Compact
    }
}

impl<K, V> Export<Pairs<K, V>> {
    /// The number of attributes in the document.
    pub(super) fn count(self) -> usize {
        black_box(self).artisan_user_ids.iter().map(|pairs| pairs.0.len()).sum()
    }
}

fn borrowed(document: &[u8]) -> usize {
    in_pieces(document, PIECE)
}

pub(super) fn in_pieces(document: &[u8], size: usize) -> usize {
    let mut decoder = Decoder::new();
    let mut attributes = 0;
    for mut piece in document.chunks(size) {
        while decoder.advance(&mut piece).unwrap() {
            attributes += black_box(decoder.record()).len();
        }
    }
    decoder.finish().unwrap();
    attributes
}

fn borrowed_and_taken(document: &[u8]) -> usize {
    let mut decoder = Decoder::new();
    let mut attributes = 0;
    for mut piece in document.chunks(PIECE) {
        while decoder.advance(&mut piece).unwrap() {
            for attribute in decoder.record() {
                black_box(attribute);
                attributes += 1;
            }
        }
    }
    decoder.finish().unwrap();
    attributes
}

fn owned(document: &[u8]) -> usize {
    Records::from_read(document).map(|profile| black_box(profile.unwrap()).len()).sum()
}

fn owned_in_memory(document: &[u8]) -> usize {
    decode(document).map(|profile| black_box(profile.unwrap()).len()).sum()
}

fn serde_borrowed(document: &[u8]) -> usize {
    fn read<'a, K: Deserialize<'a>, V: Deserialize<'a>>(document: &'a [u8]) -> usize {
        serde_json::from_slice::<Export<Pairs<K, V>>>(document).unwrap().count()
    }
    match shape_of(document) {
        Shape::Escapes => read::<Text<'_>, Text<'_>>(document),
        Shape::Custom => read::<&str, &RawValue>(document),
        _ => read::<&str, &str>(document),
    }
}

fn serde_reader(document: &[u8]) -> usize {
    fn read<V: DeserializeOwned>(document: &[u8]) -> usize {
        let reader = BufReader::with_capacity(PIECE, document);
        let export: Export<HashMap<String, V>> = serde_json::from_reader(reader).unwrap();
        black_box(export).artisan_user_ids.iter().map(HashMap::len).sum()
    }
    match shape_of(document) {
        Shape::Custom => read::<Box<RawValue>>(document),
        _ => read::<String>(document),
    }
}
