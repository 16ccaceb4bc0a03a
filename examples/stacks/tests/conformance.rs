//! Promise 34: any backend can be checked. The suite passes on each stack.

use useartisan::backends::conformance::{Suite, check_blocking};
use useartisan_stacks::{attohttpc, bytes, curl, reqwest_blocking};

#[test]
fn attohttpc_conforms() {
    Suite::default()
        .known_deviation("no_user_agent_added", "attohttpc sends its own if the request has none")
        .known_deviation("interim_answers", "attohttpc takes a 1xx for the answer")
        .known_deviation("trailers", "attohttpc expects the end after the last chunk")
        .run_blocking(attohttpc::backend)
        .unwrap();
}

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
