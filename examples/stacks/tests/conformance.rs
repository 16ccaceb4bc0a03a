//! Promise 34: any backend can be checked. The suite passes on each stack.

use futures_lite::future::block_on;
use useartisan::backends::conformance::{Suite, check_blocking};
use useartisan_stacks::{attohttpc, bytes, curl, isahc, reqwest_blocking};

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

#[test]
fn isahc_conforms() {
    let suite = Suite::default()
        .known_deviation("no_user_agent_added", "isahc sends its own if the request has none")
        .known_deviation("no_tls", "without its feature for TLS, isahc takes https for a breach of HTTP")
        .known_deviation("body_as_it_comes", "isahc hands out the head with the first byte of the body")
        .known_deviation("stall_timeout", "until then `head` counts, and not `stall`")
        .known_deviation("cut_head", "libcurl takes a head that is cut after its first line as whole");
    block_on(suite.run(isahc::backend)).unwrap();
}
