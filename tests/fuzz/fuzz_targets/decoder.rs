//! Promises 13, 16, 17 and 22: the decoder says of any bytes what serde_json says, however they are cut.
#![no_main]

#[path = "../../export_support/mod.rs"]
mod export_support;

use export_support::oracle::{compare, is_result};
use export_support::{Random, check, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, &[u8])| {
    let (seed, document) = input;
    let pieces = Random::new(seed).cut(document);
    let outcome = decode([document]);
    assert_eq!(decode(pieces.iter().copied()), outcome);
    // A check skips the records: it also accepts a list under any other name.
    let whole = check([document]).map_err(|error| error.to_string());
    assert_eq!(check(pieces.iter().copied()).map_err(|error| error.to_string()), whole);
    assert!(outcome.1.is_some() || whole.is_ok());
    assert!(whole.is_err() || is_result(document));
    compare(document, outcome);
});
