//! Published readers for this task.

use std::hint::black_box;

use serde::Deserialize;
use struson::reader::{JsonReader, JsonStreamReader, ValueType};

use super::contenders::{Export, Pairs, Text, shape_of};
use super::table::Contender;
use useartisan_test_support::shapes::Shape;

pub(super) const PEERS: [Contender; 2] = [
    Contender { name: "sonic-rs: from_slice, borrowed pairs", run: sonic },
    Contender { name: "struson: stream reader, borrowed texts", run: struson },
];

fn sonic(document: &[u8]) -> usize {
    fn read<'a, K: Deserialize<'a>, V: Deserialize<'a>>(document: &'a [u8]) -> usize {
        sonic_rs::from_slice::<Export<Pairs<K, V>>>(document).unwrap().count()
    }
    match shape_of(document) {
        Shape::Escapes => read::<Text<'_>, Text<'_>>(document),
        Shape::Custom => read::<&str, sonic_rs::LazyValue<'_>>(document),
        _ => read::<&str, &str>(document),
    }
}

fn struson(document: &[u8]) -> usize {
    read_stream(document).unwrap()
}

fn read_stream(document: &[u8]) -> Result<usize, Box<dyn std::error::Error>> {
    let mut reader = JsonStreamReader::new(document);
    let mut attributes = 0;
    reader.begin_object()?;
    reader.next_name()?;
    reader.begin_array()?;
    while reader.has_next()? {
        reader.begin_object()?;
        while reader.has_next()? {
            black_box(reader.next_name()?);
            match reader.peek()? {
                ValueType::String => drop(black_box(reader.next_str()?)),
                ValueType::Number => drop(black_box(reader.next_number_as_str()?)),
                _ => reader.skip_value()?,
            }
            attributes += 1;
        }
        reader.end_object()?;
    }
    reader.end_array()?;
    reader.end_object()?;
    reader.consume_trailing_whitespace()?;
    Ok(attributes)
}
