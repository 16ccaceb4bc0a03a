//! Async backends with one defect each, and the cases that they fail for it.

use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use tokio::sync::Mutex;
use tokio::time::Instant;
use useartisan::backends::{self, Timed, hyper::Hyper};
use useartisan::{AsyncBackend, Timeouts, TransportError};

use crate::support::sockets::{self, Quirk};

/// A defect, and exactly the cases that it fails.
pub(crate) const DEFECTS: &[(Defect, &[&str])] = &[
    (Defect::SendsInTheBackground, &["cancelled"]),
    (Defect::OneCallAtATime, &["side_by_side"]),
    (Defect::SleepOverflows, &["sleep_without_end"]),
    (Defect::SleepBlocks, &["sleep_without_end"]),
    (Defect::NoOffload, &["offload"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    SendsInTheBackground,
    OneCallAtATime,
    SleepOverflows,
    SleepBlocks,
    NoOffload,
}

/// A backend that would be correct without its defect.
pub(crate) struct Wrong {
    defect: Defect,
    right: Timed<Hyper>,
    turn: Mutex<()>,
}

impl Wrong {
    pub(crate) fn new(defect: Defect) -> Self {
        Wrong { defect, right: Hyper::new().unwrap(), turn: Mutex::default() }
    }
}

impl AsyncBackend for Wrong {
    type Body = <Timed<Hyper> as AsyncBackend>::Body;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        let _turn = match self.defect {
            Defect::OneCallAtATime => Some(self.turn.lock().await),
            _ => None,
        };
        if self.defect == Defect::SendsInTheBackground {
            let (right, timeouts) = (self.right.clone(), *timeouts);
            return tokio::spawn(async move { right.send(request, &timeouts).await }).await.unwrap();
        }
        self.right.send(request, timeouts).await
    }

    async fn sleep(&self, duration: Duration) {
        match self.defect {
            Defect::SleepOverflows => tokio::time::sleep_until(Instant::now() + duration).await,
            Defect::SleepBlocks => std::thread::sleep(duration),
            _ => self.right.sleep(duration).await,
        }
    }

    fn now(&self) -> Duration {
        self.right.now()
    }

    fn seed(&self) -> u64 {
        self.right.seed()
    }

    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        if self.defect != Defect::NoOffload {
            self.right.offload(work).await;
        }
    }
}

/// A blocking client behind an async method: each poll blocks for as long as the network takes.
pub(crate) fn coat() -> impl AsyncBackend<Body = Coat> {
    backends::from_async_fn(|request: Request<Bytes>, timeouts| async move {
        Ok(sockets::send(Quirk::None, &request, &timeouts)?.map(Coat))
    })
}

pub(crate) struct Coat(sockets::Body);

impl Body for Coat {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let mut buffer = vec![0; 16 * 1024];
        Poll::Ready(match self.0.read(&mut buffer) {
            Ok(0) => None,
            Ok(length) => Some(Ok(Frame::data(Bytes::copy_from_slice(&buffer[..length])))),
            Err(error) => Some(Err(error.into())),
        })
    }
}
