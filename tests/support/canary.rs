//! Keys that are easy to recognize, and the search for them: promise 8.

use std::error::Error as _;
use std::fmt::Debug;

use useartisan::{Credentials, Error};

pub const PUBLIC: &str = "CANARY/public+key-0123456789";
pub const SECRET: &str = "CANARY/secret+key-9876543210";

/// Pieces of a key, long enough that none occurs by accident.
const TRACES: [&str; 5] = ["CANARY", "public+key", "secret+key", "0123456789", "9876543210"];

pub fn credentials() -> Credentials {
    Credentials::new(PUBLIC, SECRET).unwrap()
}

/// The pieces of a key in this text.
pub fn trace(text: &str) -> Option<&'static str> {
    TRACES.into_iter().find(|trace| text.contains(trace))
}

/// Everything that an error shows, in every way to ask it.
pub fn all_of(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n{:?}\n", error.api_message());
    text += &format!("{:?}\n{}\n", error.headers(), String::from_utf8_lossy(error.body()));
    for (name, value) in error.headers().into_iter().flatten() {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    text += &format!("{:?} {:?}\n", error.location(), error.job_id());
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!("{cause}\n{cause:?}\n{cause:#?}\n");
        source = cause.source();
    }
    text
}

#[track_caller]
pub fn assert_clean(what: &str, text: &str) {
    if let Some(trace) = trace(text) {
        panic!("{what} holds {trace}: {text}");
    }
}

#[track_caller]
pub fn assert_debug_clean(what: &str, value: &impl Debug) {
    assert_clean(what, &format!("{value:?} {value:#?}"));
}

#[track_caller]
pub fn assert_error_clean(what: &str, error: &Error) {
    assert_clean(what, &all_of(error));
}
