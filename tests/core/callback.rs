//! Callbacks. From any request, at most a job id is taken.
//!
//! Promise 31: a callback is a bounded hint. At most a valid job id is taken from it, and only from a valid path under the
//! Api's origin or the default one. Promise 22: no input causes a panic.

mod forgeries;
mod forms;
mod random;

use http::{Method, Request};
use useartisan::{Api, callback};

const JOB: &str = "5584a2c77d891c3d1f000001";

/// An Api at `base_url`, without keys.
fn api(base_url: &str) -> Api {
    Api::builder(base_url).no_credentials().build().unwrap()
}

fn request(method: Method, query: &str, content_type: &str, body: &[u8]) -> Request<Vec<u8>> {
    let uri = if query.is_empty() { "/done".to_owned() } else { format!("/done?{query}") };
    let mut request = Request::builder().method(method).uri(uri);
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    request.body(body.to_vec()).unwrap()
}

/// The outcome in one line: `job ID`, `not said`, or the error.
fn outcome(api: &Api, request: &Request<Vec<u8>>) -> String {
    match callback::parse(api, request) {
        Ok(callback) => callback.job().map_or("not said".to_owned(), |job| format!("job {job}")),
        Err(error) => error.to_string(),
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
