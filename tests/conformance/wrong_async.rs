//! Async backends that do one thing wrong each, and the cases that they fail for it.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Mutex;
use tokio::time::Instant;
use useartisan::backend::Work;
use useartisan::backends::hyper::Hyper;
use useartisan::{AsyncBackend, Failure, Timeouts};

/// A defect, and the cases that fail for it, exactly.
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

/// A backend that would be right without its defect.
pub(crate) struct Wrong {
    defect: Defect,
    right: Hyper,
    turn: Mutex<()>,
}

impl Wrong {
    pub(crate) fn new(defect: Defect) -> Self {
        Wrong { defect, right: Hyper::new().unwrap(), turn: Mutex::default() }
    }
}

impl AsyncBackend for Wrong {
    type Body = <Hyper as AsyncBackend>::Body;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, Failure> {
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

    async fn offload(&self, work: Work) {
        if self.defect != Defect::NoOffload {
            self.right.offload(work).await;
        }
    }
}
