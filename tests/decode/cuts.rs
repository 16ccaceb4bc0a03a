//! Promises 11 and 13: a truncated document is never accepted as whole. Records and errors, positions included, do not depend on
//! how the bytes are split.

use crate::support::cases::cases;
use crate::support::decode::{check, cut, decode, document, mutate};
use fastrand::Rng;

const FIXTURES: [&[u8]; 6] = [
    include_bytes!("../fixtures/download_job.json"),
    include_bytes!("../fixtures/export_queued.json"),
    include_bytes!("../fixtures/get_profile.json"),
    include_bytes!("../fixtures/get_profile_not_found.json"),
    include_bytes!("../fixtures/list_apps.json"),
    include_bytes!("../fixtures/list_jobs_nested.json"),
];

#[test]
fn no_prefix_of_a_document_is_whole() {
    for seed in 0..cases(40, 1000) {
        let document = document(&mut Rng::with_seed(seed as u64));
        let (records, error) = decode([&*document]);
        assert_eq!(error, None, "{}", String::from_utf8_lossy(&document));
        let end = document.trim_ascii_end().len();
        for length in 0..end {
            let (some, error) = decode([&document[..length]]);
            assert!(error.is_some(), "{}", String::from_utf8_lossy(&document[..length]));
            assert!(records.starts_with(&some), "records before the end are delivered, and no others");
            assert!(check([&document[..length]]).is_err());
        }
        for length in end..=document.len() {
            assert_eq!(decode([&document[..length]]), (records.clone(), None));
            check([&document[..length]]).unwrap();
        }
    }
}

#[test]
fn every_split_of_the_fixtures_in_two_gives_the_same() {
    for fixture in FIXTURES {
        let whole = decode([fixture]);
        let checked = check([fixture]).map_err(|error| error.to_string());
        for at in 0..=fixture.len() {
            let (head, tail) = fixture.split_at(at);
            assert_eq!(decode([head, tail]), whole, "at {at}");
            assert_eq!(check([head, tail]).map_err(|error| error.to_string()), checked, "at {at}");
        }
    }
}

#[test]
fn single_bytes_give_the_same_as_the_whole() {
    for fixture in FIXTURES {
        assert_eq!(decode(fixture.chunks(1)), decode([fixture]));
    }
    for seed in 0..cases(300, 4000) {
        let random = &mut Rng::with_seed(seed as u64);
        let mut document = document(random);
        assert_eq!(decode(document.chunks(1)), decode([&*document]));
        mutate(random, &mut document);
        assert_eq!(
            decode(document.chunks(1)),
            decode([&*document]),
            "{}",
            String::from_utf8_lossy(&document)
        );
    }
}

#[test]
fn random_cuts_give_the_same_as_the_whole() {
    let cuts = cases(10_000, 1_000_000);
    for seed in 0..cuts / 20 {
        let random = &mut Rng::with_seed(seed as u64);
        let mut document = document(random);
        if random.bool() {
            mutate(random, &mut document);
        }
        let whole = decode([&*document]);
        let checked = check([&*document]).map_err(|error| error.to_string());
        for _ in 0..20 {
            let pieces = cut(random, &document);
            assert_eq!(decode(pieces.iter().copied()), whole, "{}", String::from_utf8_lossy(&document));
            assert_eq!(check(pieces).map_err(|error| error.to_string()), checked);
        }
    }
}
