//! Promises 22 and 31: whatever a callback holds, an id that is found in it stands there.
#![no_main]

#[path = "../../callback/oracle.rs"]
mod oracle;

use http::Request;
use libfuzzer_sys::fuzz_target;
use useartisan::{Api, callback};

const BASES: [&str; 3] =
    [oracle::DEFAULT, "https://proxy.example/artisan", "http://127.0.0.1:8080/public/api/jobs/7"];

fuzz_target!(|input: (u8, &str, &[u8], &[u8])| {
    let (base, content_type, query, body) = input;
    let base = BASES[usize::from(base) % BASES.len()];
    let api = Api::builder().base_url(base).no_credentials().build().unwrap();
    let uri = [b"/done?", query].concat();
    let Ok(request) = Request::post(uri).header("content-type", content_type).body(body) else { return };
    match callback::parse(&api, &request) {
        Ok(callback) => {
            if let Some(job) = callback.job() {
                assert!(oracle::holds(&request, base, job.as_str()), "{job} is nowhere in {request:?}");
            }
        }
        Err(error) => assert!(error.to_string().is_ascii()),
    }
});
