//! Promise 29: a save that is dropped at any point leaves the old file, and nothing beside it.

use std::fs;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::pieces::{Directory, NEW, OLD, Offload, Piece, client_with, job};
use bytes::Bytes;
use http::{Request, Response};
use useartisan::{Api, AsyncBackend, Client, Credentials, Timeouts, TransportError};

#[test]
fn a_future_dropped_at_each_await_leaves_what_was_there() {
    let directory = Directory::new("dropped");
    let path = directory.file("export.json");
    let filler = Piece::Data(vec![b' '; 200 * 1024]);
    let pieces = [
        vec![Piece::Pending, Piece::Data(NEW.into()), Piece::Pending],
        vec![filler.clone(), Piece::Pending, filler.clone(), filler, Piece::Pending],
    ]
    .concat();
    let mut polls = 0;
    loop {
        fs::write(&path, OLD).unwrap();
        let client = client_with(&pieces, Offload::AtTheSecondPoll);
        let done = {
            let mut save = pin!(client.download_job(job()).save(&path));
            let mut context = Context::from_waker(Waker::noop());
            (0..polls).any(|_| save.as_mut().poll(&mut context).map(Result::unwrap).is_ready())
        };
        assert_eq!(directory.names(), ["export.json"], "after {polls} polls");
        if done {
            break;
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), OLD, "after {polls} polls");
        polls += 1;
    }
    assert!(fs::read_to_string(&path).unwrap().starts_with(NEW));
    assert_eq!(polls, 1 + 7, "it waits to open, four times in the body, for a batch, and for the end");
}

/// Holds file work back until it is released, like a late thread.
#[derive(Clone, Default)]
struct Late(Arc<Mutex<Vec<Work>>>);

type Work = Box<dyn FnOnce() + Send>;

impl AsyncBackend for Late {
    type Body = String;

    async fn send(&self, _: Request<Bytes>, _: &Timeouts) -> Result<Response<String>, TransportError> {
        Ok(Response::new(NEW.to_owned()))
    }

    async fn sleep(&self, _: Duration) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn seed(&self) -> u64 {
        0
    }

    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        self.0.lock().unwrap().push(work);
        std::future::poll_fn(|_| match self.0.lock().unwrap().is_empty() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

impl Late {
    fn work(&self) -> usize {
        let work = std::mem::take(&mut *self.0.lock().unwrap());
        work.into_iter().map(|work| work()).count()
    }
}

#[test]
fn work_that_is_late_puts_nothing_in_place() {
    let directory = Directory::new("late");
    let path = directory.file("export.json");
    let mut context = Context::from_waker(Waker::noop());
    for steps in 0..3 {
        fs::write(&path, OLD).unwrap();
        let late = Late::default();
        let client = Client::new(
            Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap(),
            late.clone(),
        );
        let mut save = Box::pin(client.download_job(job()).save(&path));
        for _ in 0..steps {
            assert!(save.as_mut().poll(&mut context).is_pending());
            assert_eq!(late.work(), 1);
        }
        let ended = save.as_mut().poll(&mut context);
        assert_eq!(ended.is_ready(), steps == 2, "opened, then written and put in place");
        drop(save);

        assert_eq!(late.work(), usize::from(ended.is_pending()));
        assert_eq!(directory.names(), ["export.json"]);
        let expected = if ended.is_ready() { NEW } else { OLD };
        assert_eq!(fs::read_to_string(&path).unwrap(), expected, "after {steps} steps");
    }
}

/// If a backend loses work, for example because its thread panicked, the save fails and does not hang.
#[test]
fn work_that_is_lost_is_an_error() {
    struct Lost(Late);
    impl AsyncBackend for Lost {
        type Body = String;

        async fn send(
            &self,
            request: Request<Bytes>,
            timeouts: &Timeouts,
        ) -> Result<Response<String>, TransportError> {
            self.0.send(request, timeouts).await
        }

        async fn sleep(&self, _: Duration) {}

        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn seed(&self) -> u64 {
            0
        }

        async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
            drop(work);
        }
    }
    let directory = Directory::new("lost");
    let client = Client::new(
        Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap(),
        Lost(Late::default()),
    );
    let error = pollster::block_on(client.download_job(job()).save(directory.file("x"))).unwrap_err();
    assert_eq!(error.to_string(), "download_job: the backend did not get the file work done");
}
