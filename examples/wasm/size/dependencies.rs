//! The size of the library's dependencies alone: what a call needs of them, without the library.
#![cfg(target_family = "wasm")]

use bytes::Bytes;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> Promise;
}

#[wasm_bindgen]
pub async fn call(base: String, key: String, id: String, answer: String) -> Result<String, JsError> {
    let url = url::Url::parse(&base)?;
    let id = percent_encoding::utf8_percent_encode(&id, percent_encoding::NON_ALPHANUMERIC);
    let request = http::Request::get(format!("{}{id}", url.as_str())).header("authorization", key);
    let request = request.body(Bytes::from(answer))?;
    let fetched = JsFuture::from(fetch(&request.uri().to_string())).await;
    let response = http::Response::builder().status(if fetched.is_ok() { 200 } else { 500 }).body(())?;
    let raw: Box<serde_json::value::RawValue> = serde_json::from_slice(request.body())?;
    let value: serde_json::Value = serde_json::from_str(raw.get())?;
    let created: jiff::Timestamp = value["created"].as_str().unwrap_or_default().parse()?;
    let brace = memchr::memchr(b'{', request.body());
    Ok(format!("{} {:?} {created} {brace:?} {value}", response.status(), request.headers()))
}
