//! Shared by the tests of saving: downloads in pieces that can do anything.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use useartisan::{Api, AsyncBackend, BlockingBackend, Client, Credentials, JobId, Timeouts, TransportError};

pub(crate) use crate::support::directory::Directory;

/// The content of a file before a save, and after it.
pub(crate) const OLD: &str = "what was there before";
pub(crate) const NEW: &str = r#"{"artisanUserIds":[{"age":"54"}]}"#;

/// A piece of a body.
#[derive(Clone)]
pub(crate) enum Piece {
    Data(Vec<u8>),
    /// The connection breaks.
    Fail,
    /// Pending once; only in an async body.
    Pending,
    /// Looks into the directory of the current test.
    Look(fn(&Directory)),
}

/// An async and blocking backend that answers each request with these pieces.
pub(crate) struct InPieces {
    pieces: Vec<Piece>,
    requests: Arc<AtomicUsize>,
    offload: Offload,
}

/// How file work runs: at once, or at the second poll, as on another thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offload {
    AtOnce,
    AtTheSecondPoll,
}

pub(crate) fn client(pieces: &[Piece]) -> Client<InPieces> {
    client_with(pieces, Offload::AtOnce)
}

pub(crate) fn client_with(pieces: &[Piece], offload: Offload) -> Client<InPieces> {
    let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
    Client::new(api, InPieces { pieces: pieces.to_vec(), requests: Arc::default(), offload })
}

pub(crate) fn blocking(pieces: &[Piece]) -> Client<InPieces> {
    client(pieces)
}

pub(crate) fn requests(backend: &InPieces) -> usize {
    backend.requests.load(Ordering::Relaxed)
}

/// A document in two pieces.
pub(crate) fn data(text: &str) -> Vec<Piece> {
    let (start, end) = text.split_at(text.len() / 2);
    vec![Piece::Data(start.into()), Piece::Data(end.into())]
}

pub(crate) fn job() -> JobId {
    JobId::from_static("5584")
}

pub(crate) struct Body(VecDeque<Piece>);

impl InPieces {
    fn answer(&self) -> Response<Body> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        Response::new(Body(self.pieces.clone().into()))
    }
}

impl AsyncBackend for InPieces {
    type Body = Body;

    async fn send(&self, _: Request<Bytes>, _: &Timeouts) -> Result<Response<Body>, TransportError> {
        Ok(self.answer())
    }

    async fn sleep(&self, _: Duration) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn seed(&self) -> u64 {
        0
    }

    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        if self.offload == Offload::AtTheSecondPoll {
            let mut yielded = false;
            std::future::poll_fn(|_| match std::mem::replace(&mut yielded, true) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
            .await;
        }
        work();
    }
}

impl BlockingBackend for InPieces {
    type Body = Body;

    fn send(&self, _: Request<Bytes>, _: &Timeouts) -> Result<Response<Body>, TransportError> {
        Ok(self.answer())
    }

    fn sleep(&self, _: Duration) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn seed(&self) -> u64 {
        0
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        loop {
            return match self.0.pop_front() {
                None => Poll::Ready(None),
                Some(Piece::Data(data)) => Poll::Ready(Some(Ok(Frame::data(data.into())))),
                Some(Piece::Fail) => Poll::Ready(Some(Err(TransportError::interrupted("it broke")))),
                Some(Piece::Pending) => Poll::Pending,
                Some(Piece::Look(look)) => {
                    look(&Directory::of_this_test());
                    continue;
                }
            };
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            return match self.0.pop_front() {
                None => Ok(0),
                Some(Piece::Data(mut data)) => {
                    let length = data.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&data[..length]);
                    if length < data.len() {
                        self.0.push_front(Piece::Data(data.split_off(length)));
                    }
                    Ok(length)
                }
                Some(Piece::Fail) => Err(TransportError::interrupted("it broke").into()),
                Some(Piece::Pending) => continue,
                Some(Piece::Look(look)) => {
                    look(&Directory::of_this_test());
                    continue;
                }
            };
        }
    }
}
