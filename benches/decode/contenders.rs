//! The ways to read an export that need nothing but this crate and serde_json.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use useartisan::export::{Decoder, Records, decode};

use crate::shapes::Shape;
use crate::table::Contender;

/// The size of the pieces in which a download arrives.
const PIECE: usize = 64 << 10;

pub(crate) const CONTENDERS: [Contender; 5] = [
    Contender { name: "useartisan: borrowed records, 64 KiB pieces", run: borrowed, skips: &[] },
    Contender { name: "useartisan: owned profiles, from a reader", run: owned, skips: &[] },
    Contender { name: "useartisan: owned profiles, from memory", run: owned_in_memory, skips: &[] },
    Contender { name: "serde_json: from_slice, borrowed pairs", run: serde_borrowed, skips: &[] },
    Contender { name: "serde_json: from_reader, HashMap<String, _>", run: serde_reader, skips: &[] },
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Export<T> {
    pub(crate) artisan_user_ids: Vec<T>,
}

/// A map as its pairs, in order: the cheapest thing to read it into.
pub(crate) struct Pairs<K, V>(pub(crate) Vec<(K, V)>);

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

/// A string that is borrowed where it has no escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

pub(crate) fn sum<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    pairs.map(|(name, value)| name.len() + value.len()).sum()
}

fn borrowed(document: &[u8]) -> usize {
    let mut decoder = Decoder::new();
    let mut total = 0;
    for mut piece in document.chunks(PIECE) {
        while decoder.advance(&mut piece).unwrap() {
            total += sum(decoder.record().iter().map(|(name, value)| (name, value.as_str())));
        }
    }
    decoder.finish().unwrap();
    total
}

fn owned(document: &[u8]) -> usize {
    Records::from_read(document).map(|profile| lengths(profile.unwrap().attributes())).sum()
}

fn owned_in_memory(document: &[u8]) -> usize {
    decode(document).map(|profile| lengths(profile.unwrap().attributes())).sum()
}

fn lengths(profile: &useartisan::Attributes) -> usize {
    sum(profile.iter().map(|(name, value)| (name, value.as_str())))
}

/// Which types hold a document depends on what is in it; each gets the cheapest that do.
fn shape_of(document: &[u8]) -> Shape {
    let head = &document[..document.len().min(4096)];
    if head.contains(&b'\\') {
        Shape::Escapes
    } else if memchr::memmem::find(head, b"custom_").is_some() {
        Shape::Custom
    } else {
        Shape::Compact
    }
}

fn serde_borrowed(document: &[u8]) -> usize {
    match shape_of(document) {
        Shape::Escapes => {
            let export: Export<Pairs<Text<'_>, Text<'_>>> = serde_json::from_slice(document).unwrap();
            export.artisan_user_ids.iter().map(|pairs| sum(pairs.0.iter().map(|(k, v)| (&*k.0, &*v.0)))).sum()
        }
        Shape::Custom => {
            let export: Export<Pairs<&str, &RawValue>> = serde_json::from_slice(document).unwrap();
            let pairs = export.artisan_user_ids.iter();
            pairs.map(|pairs| sum(pairs.0.iter().map(|(k, v)| (*k, unquoted(v))))).sum()
        }
        _ => {
            let export: Export<Pairs<&str, &str>> = serde_json::from_slice(document).unwrap();
            export.artisan_user_ids.iter().map(|pairs| sum(pairs.0.iter().copied())).sum()
        }
    }
}

fn unquoted(json: &RawValue) -> &str {
    json.get().trim_matches('"')
}

fn serde_reader(document: &[u8]) -> usize {
    fn read<V: DeserializeOwned>(document: &[u8], text: fn(&V) -> &str) -> usize {
        let export: Export<HashMap<String, V>> =
            serde_json::from_reader(std::io::BufReader::with_capacity(PIECE, document)).unwrap();
        export.artisan_user_ids.iter().map(|map| sum(map.iter().map(|(k, v)| (&**k, text(v))))).sum()
    }
    match shape_of(document) {
        Shape::Custom => read::<Box<RawValue>>(document, |json| unquoted(json)),
        _ => read::<String>(document, |text| text),
    }
}
