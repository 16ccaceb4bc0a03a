//! Promise 34: any backend can be checked.
#![cfg(all(feature = "conformance", feature = "reqwest", feature = "ureq", feature = "hyper"))]

use useartisan::backends::conformance;
use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};

#[test]
fn ureq_conforms() {
    conformance::check_blocking(|| Ureq::new().unwrap());
}

#[tokio::test]
async fn reqwest_conforms() {
    conformance::check(|| Reqwest::new().unwrap()).await;
}

#[tokio::test]
async fn hyper_conforms() {
    conformance::check(|| Hyper::new().unwrap()).await;
}
