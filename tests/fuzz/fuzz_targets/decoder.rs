//! Promises 13, 16, 17 and 22: the decoder agrees with serde_json on any bytes, however they are split.
#![no_main]

use fastrand::Rng;
use libfuzzer_sys::fuzz_target;
use useartisan::decode::DecodeOptions;
use useartisan_test_support::decode::{check, cut, decode, decode_with};
use useartisan_test_support::oracle::{compare, is_result};

fuzz_target!(|input: (u64, &[u8])| {
    let (seed, document) = input;
    let pieces = cut(&mut Rng::with_seed(seed), document);
    let outcome = decode([document]);
    assert_eq!(decode(pieces.iter().copied()), outcome);
    // A check skips the records, so it also accepts a list with any other name.
    let whole = check([document]).map_err(|error| error.to_string());
    assert_eq!(check(pieces.iter().copied()).map_err(|error| error.to_string()), whole);
    assert!(outcome.1.is_some() || whole.is_ok());
    // Lossy text only accepts halves of surrogate pairs in addition.
    let lossy = || DecodeOptions::default().with_lossy_text(true);
    let replaced = decode_with(lossy(), [document]);
    assert_eq!(decode_with(lossy(), pieces), replaced);
    match &outcome.1 {
        None => assert_eq!(replaced, outcome),
        Some(error) => assert!(error.contains("half a surrogate pair") || replaced == outcome),
    }
    assert!(whole.is_err() || is_result(document));
    compare(document, outcome);
});
