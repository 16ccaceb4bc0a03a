//! Promise 34: any backend can be checked. The suite passes on each stack.

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
