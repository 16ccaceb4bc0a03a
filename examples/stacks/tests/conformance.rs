//! Promise 34: any backend can be checked. The suite passes on each stack.

use std::time::Duration;

use useartisan::backends::conformance::check_blocking;
use useartisan_stacks::{bytes, curl, reqwest_blocking};

#[test]
fn a_link_of_bytes_conforms() {
    check_blocking(|| bytes::backend(bytes::dial));
}

#[test]
fn curl_conforms() {
    check_blocking(curl::backend);
}

#[test]
fn blocking_reqwest_conforms() {
    check_blocking(reqwest_blocking::backend);
}

/// What a redirect or a retry is left with needs no other client, with connections of its own.
#[test]
fn blocking_reqwest_takes_a_client_again_that_waits_a_tenth_longer_at_most() {
    let kept = [10, 30, 120];
    for (asked, expected) in [
        ([10, 30, 120], true),
        ([10, 28, 118], true),
        ([10, 27, 118], false),
        ([10, 28, 109], false),
        ([10, 31, 120], false),
        ([5, 30, 120], false),
    ] {
        let [kept, asked] = [kept, asked].map(|limits| limits.map(Duration::from_secs));
        assert_eq!(reqwest_blocking::will_do(&kept, &asked), expected, "{asked:?}");
    }
    assert!(reqwest_blocking::will_do(&[Duration::MAX; 3], &[Duration::MAX; 3]));
}
