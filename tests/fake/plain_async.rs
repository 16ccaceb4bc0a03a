//! The smallest async backend that passes the suite: hyper's bare connection, one for each request. The other backends are
//! measured by it, so it shares no code with them.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body::{Body, Frame};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};
use useartisan::{AsyncBackend, Timeouts, TransportError};

pub(crate) struct PlainAsync {
    began: Instant,
}

impl PlainAsync {
    pub(crate) fn new() -> Self {
        PlainAsync { began: Instant::now() }
    }
}

impl AsyncBackend for PlainAsync {
    type Body = Patient;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Patient>, TransportError> {
        let (stall, head) = (timeouts.stall, timeouts.head);
        match timeout(head, exchange(request)).await {
            Ok(response) => Ok(response?.map(|body| Patient { body, stall, alarm: Box::pin(sleep(stall)) })),
            Err(_) => Err(TransportError::timed_out("no answer came")),
        }
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn seed(&self) -> u64 {
        0
    }
}

async fn exchange(mut request: Request<Bytes>) -> Result<Response<Incoming>, TransportError> {
    let authority = request.uri().authority().expect("the URI is absolute").as_str().to_owned();
    let socket = TcpStream::connect(&authority).await.map_err(TransportError::not_sent)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
        .await
        .map_err(TransportError::interrupted)?;
    tokio::spawn(connection);
    request.headers_mut().insert(HOST, HeaderValue::from_str(&authority).expect("an authority"));
    let target = request.uri().path_and_query().expect("a target").clone();
    *request.uri_mut() = Uri::from(target);
    sender.send_request(request.map(Full::new)).await.map_err(TransportError::interrupted)
}

/// A body that fails if nothing arrives.
pub(crate) struct Patient {
    body: Incoming,
    stall: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl Body for Patient {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.alarm = Box::pin(sleep(self.stall));
            return Poll::Ready(frame.map(|frame| frame.map_err(TransportError::interrupted)));
        }
        self.alarm.as_mut().poll(context).map(|()| Some(Err(TransportError::timed_out("the body stalled"))))
    }
}
