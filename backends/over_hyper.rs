//! What the reqwest and hyper backends share: both speak HTTP/1.1 through hyper.

use std::error::Error;

use crate::{TransportError, TransportErrorKind};

/// The most bytes that the head of a response may have. It is hyper's default over HTTP/1.1; over HTTP/2 hyper's own is 16 KiB.
pub(super) const LARGEST_HEAD: u32 = 400 << 10;

/// Whether hyper refused the response because its head is too large. `is_parse_too_large` works in servers only, so this
/// looks for the text that the documentation of hyper's `max_headers` gives.
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

/// Not worth another attempt: the server would send the same head again. Whether it accepted the request is unknown.
pub(super) fn too_large() -> TransportError {
    let bounds = "the head of the response is over hyper's bounds: by default 100 headers and 400 KiB";
    TransportError::new(TransportErrorKind::Other, bounds)
}
