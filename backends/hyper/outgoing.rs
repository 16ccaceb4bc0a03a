//! What goes out over hyper.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;

use super::ConnectedFlag;

/// A request's body that says when hyper first looks at it: once there is a connection to write to.
#[derive(Debug)]
pub(super) struct Outgoing {
    body: Full<Bytes>,
    connected: ConnectedFlag,
}

impl Outgoing {
    pub(super) fn new(body: Bytes, connected: ConnectedFlag) -> Self {
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
        self.connected.set();
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
