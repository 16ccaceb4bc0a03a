//! What goes out over hyper.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;

/// A request's body that notes when hyper first looks at it: once there is a connection to write to.
#[derive(Debug)]
pub(super) struct Outgoing {
    body: Full<Bytes>,
    connected: Arc<AtomicBool>,
}

impl Outgoing {
    pub(super) fn new(body: Bytes, connected: Arc<AtomicBool>) -> Self {
        Outgoing { body: Full::new(body), connected }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.connected.store(true, Relaxed);
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
