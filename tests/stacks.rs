//! Promise 34: any backend can be checked. The suite passes on each stack of `examples/stack`.
#![cfg(all(feature = "conformance", feature = "reqwest", feature = "rustls"))]

#[path = "../examples/stack/bytes.rs"]
mod bytes_only;
#[path = "../examples/stack/curl.rs"]
mod over_curl;
#[path = "../examples/stack/reqwest_blocking.rs"]
mod reqwest_blocking;

use useartisan::backends::conformance::check_blocking;

#[test]
fn a_link_of_bytes_conforms() {
    check_blocking(|| bytes_only::backend(bytes_only::dial));
}

#[test]
fn curl_conforms() {
    check_blocking(over_curl::backend);
}

#[test]
fn blocking_reqwest_conforms() {
    check_blocking(reqwest_blocking::backend);
}
