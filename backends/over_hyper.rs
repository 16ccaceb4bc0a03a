//! What reqwest and hyper share: the HTTP/1.1 of hyper.

use std::error::Error;

use crate::{TransportError, TransportErrorKind};

/// Whether hyper gave up a response for the size of its head. `is_parse_too_large` is for servers only, but the text that
/// hyper's `max_headers` documents tells.
pub(super) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<::hyper::Error>() {
            return error.is_parse() && error.to_string().contains("message head is too large");
        }
        next = error.source();
    }
    false
}

/// The server answered, and would answer the same again. What it said of the request is unknown.
pub(super) fn too_large() -> TransportError {
    let bounds = "the head of the response is over hyper's bounds: by default 100 headers and 400 KiB";
    TransportError::new(TransportErrorKind::Other, bounds)
}
