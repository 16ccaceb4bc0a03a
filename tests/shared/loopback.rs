//! Serves a `FakeArtisan` on a socket of the loopback interface, for tests and examples.
//!
//! What the fake says went wrong with the transport is done to the socket: a connection that is to be
//! interrupted is closed without an answer, a body that is to be cut is closed in its middle, and what is to
//! stall stays open until the client gives up. The one thing a server cannot do is not to be reached, so a
//! request that is not to be sent is interrupted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use useartisan::fake::{BodyEnd, FakeArtisan};
use useartisan::{Api, FailureKind};

/// A fake that is served until this is dropped.
pub(crate) struct Loopback {
    base_url: String,
    fake: FakeArtisan,
    runtime: Option<Runtime>,
}

impl Loopback {
    /// Listens on a free port, and answers from a thread of its own.
    pub(crate) fn serve(fake: &FakeArtisan) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        runtime.spawn(accept(listener, fake.clone()));
        Ok(Loopback { base_url, fake: fake.clone(), runtime: Some(runtime) })
    }

    /// As in `http://127.0.0.1:40123`.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What makes the right requests: this address, and the fake's keys.
    pub(crate) fn api(&self) -> Result<Api, useartisan::Error> {
        Api::builder().base_url(self.base_url()).credentials(self.fake.credentials()).build()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        // Without waiting: this may happen inside another runtime, and connections may be stalled for ever.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, fake: FakeArtisan) {
    while let Ok((socket, _)) = listener.accept().await {
        let fake = fake.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |request| answer(fake.clone(), request));
            // That a connection ends in an error is the client's to see.
            drop(http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await);
        });
    }
}

async fn answer(fake: FakeArtisan, request: Request<Incoming>) -> Result<Response<Wire>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let reply = fake.exchange(Request::from_parts(head, body));
    tokio::time::sleep(reply.delay).await;
    match reply.answer {
        Ok(mut answer) => {
            if reply.end == BodyEnd::CutSilently {
                // Only the older version ends a body by closing the connection.
                *answer.version_mut() = Version::HTTP_10;
            }
            Ok(answer.map(|bytes| Wire { bytes, end: reply.end, flushed: false }))
        }
        Err(FailureKind::TimedOut) => std::future::pending().await,
        Err(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
    }
}

/// A body that ends as the fake says.
struct Wire {
    bytes: Bytes,
    end: BodyEnd,
    flushed: bool,
}

impl Body for Wire {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.bytes.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.bytes)))));
        }
        match self.end {
            BodyEnd::Stalled => Poll::Pending,
            BodyEnd::Cut if self.flushed => {
                Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
            }
            // An error drops what hyper has not written yet, so it is let write first.
            BodyEnd::Cut => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && self.end == BodyEnd::Whole
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            BodyEnd::Whole => SizeHint::with_exact(self.bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
