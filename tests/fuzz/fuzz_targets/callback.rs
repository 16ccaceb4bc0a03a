//! Promises 22 and 31: an id that is found in a callback is really in it.
#![no_main]

use http::Request;
use libfuzzer_sys::fuzz_target;
use useartisan::{Api, callback};
use useartisan_test_support::callback::{DEFAULT, holds};

const BASES: [&str; 3] =
    [DEFAULT, "https://proxy.example/artisan", "http://127.0.0.1:8080/public/api/jobs/7"];

fuzz_target!(|input: (u8, &str, &[u8], &[u8])| {
    let (base, content_type, query, body) = input;
    let base = BASES[usize::from(base) % BASES.len()];
    let api = Api::builder(base).no_credentials().build().unwrap();
    let uri = [b"/done?", query].concat();
    let Ok(request) = Request::post(uri).header("content-type", content_type).body(body) else { return };
    match callback::parse(&api, &request) {
        Ok(callback) => {
            if let Some(job) = callback.job() {
                assert!(holds(&request, base, job.as_str()), "{job} is nowhere in {request:?}");
            }
        }
        Err(error) => assert!(error.to_string().is_ascii()),
    }
});
