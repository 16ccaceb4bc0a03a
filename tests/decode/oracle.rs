//! Promise 16: the decoder agrees with serde_json on which documents are valid and what they mean.
//!
//! The oracle reads names and texts of records as `String`, and all else as `RawValue`. It leaves two rules open, which are set
//! here: a depth over 128 is refused, and half a surrogate pair is allowed outside of records.

use crate::support::cases::cases;
use crate::support::decode::{check, decode, document, mutate};
use crate::support::oracle::{compare, is_result, oracle};
use fastrand::Rng;

#[test]
fn generated_documents_mean_the_same() {
    for seed in 0..cases(3_000, 100_000) {
        let document = document(&mut Rng::with_seed(seed as u64));
        assert!(oracle(&document).is_some(), "{}", String::from_utf8_lossy(&document));
        compare(&document, decode([&*document]));
    }
}

#[test]
fn mutated_documents_are_refused_alike() {
    let (mut valid, count) = (0, cases(20_000, 1_000_000));
    for seed in 0..count {
        let random = &mut Rng::with_seed(seed as u64);
        let mut document = document(random);
        mutate(random, &mut document);
        compare(&document, decode([&*document]));
        let result = is_result(&document);
        let checked = check([&*document]);
        assert_eq!(checked.is_ok(), result, "{checked:?}: {}", String::from_utf8_lossy(&document));
        valid += usize::from(result);
    }
    assert!(
        valid > count / 20 && valid < count * 19 / 20,
        "{valid} of {count} are valid: neither is tested well"
    );
}
