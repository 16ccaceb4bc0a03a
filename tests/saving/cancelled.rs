//! Promises 23 and 29: a future that is dropped at any await leaves nothing half done.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use useartisan::fake::{FakeArtisan, FakeBody, Fault};
use useartisan::{AppId, AsyncBackend, Client, Error, JobId, JobStatus, SegmentId, Timeouts, TransportError};

use crate::support::directory::Directory;

const OLD: &str = "what was there before";
const RESULT: &str = r#"{"artisanUserIds":[{"age":"54"}]}"#;

/// The fake, with an await before and after each of its methods.
struct Slow(FakeArtisan);

struct SlowBody(Pin<Box<FakeBody>>, bool);

/// Is pending once.
async fn once() {
    let mut polled = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

impl AsyncBackend for Slow {
    type Body = SlowBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<SlowBody>, TransportError> {
        once().await;
        let answer = AsyncBackend::send(&self.0, request, timeouts).await;
        once().await;
        Ok(answer?.map(|body| SlowBody(Box::pin(body), false)))
    }

    async fn sleep(&self, duration: Duration) {
        once().await;
        AsyncBackend::sleep(&self.0, duration).await;
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn seed(&self) -> u64 {
        0
    }

    async fn offload(&self, work: Box<dyn FnOnce() + Send>) {
        once().await;
        work();
        once().await;
    }
}

impl Body for SlowBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.1 = !self.1;
        if self.1 { Poll::Pending } else { self.0.as_mut().poll_frame(cx) }
    }
}

type Doing<'test> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'test>>;

/// What is left after a future was dropped.
struct Left {
    fake: FakeArtisan,
    directory: Directory,
    path: PathBuf,
    before: usize,
    done: bool,
}

/// Polls the future once, twice and so on until it ends, dropping it each time. `look` checks what is left. Returns the number of
/// awaits.
fn at_each_await(
    name: &str,
    set: impl Fn(&FakeArtisan),
    doing: for<'test> fn(&'test Client<Slow>, &'test Path) -> Doing<'test>,
    look: impl Fn(&Left),
) -> usize {
    for polls in 0.. {
        let directory = Directory::new(name);
        let path = directory.file("export.json");
        fs::write(&path, OLD).unwrap();
        let fake = FakeArtisan::with_sample_data().pieces_of(16).complete_jobs_after(3);
        set(&fake);
        let client = Client::new(fake.api(), Slow(fake.clone()));
        let before = fake.jobs().len();
        let mut future = doing(&client, &path);
        let mut context = Context::from_waker(Waker::noop());
        let done = (0..polls).any(|_| future.as_mut().poll(&mut context).map(Result::unwrap).is_ready());
        let sent = fake.requests().len();
        drop(future);
        assert_eq!(fake.requests().len(), sent, "{name} sent something after {polls} polls");
        assert_eq!(directory.names(), ["export.json"], "{name} after {polls} polls");
        look(&Left { fake, directory, path, before, done });
        if done {
            return polls - 1;
        }
    }
    0
}

fn job(fake: &FakeArtisan) -> JobId {
    fake.jobs().remove(0).into()
}

fn first_job() -> JobId {
    job(&FakeArtisan::with_sample_data())
}

fn segment() -> (AppId, SegmentId) {
    let fake = FakeArtisan::with_sample_data();
    let app = AppId::from(fake.apps().remove(0));
    let segment = SegmentId::from(fake.segments(&app).remove(0));
    (app, segment)
}

#[test]
fn a_call_is_dropped() {
    let awaits = at_each_await(
        "send",
        |fake| drop(fake.fail_next(Fault::interrupted())),
        |client, _| Box::pin(async { client.list_apps().send().await.map(drop) }),
        |left| assert!(left.fake.requests().len() <= 2),
    );
    assert!(awaits >= 5, "{awaits}");
}

/// In every case there is at most one job, and at most one request for it was sent.
#[test]
fn an_export_is_dropped() {
    for fault in [None, Some(Fault::not_sent()), Some(Fault::slow(Duration::from_secs(20)))] {
        let awaits = at_each_await(
            "export",
            |fake| drop(fault.clone().map(|fault| fake.fail_next(fault))),
            |client, _| {
                Box::pin(async move {
                    let (app, segment) = segment();
                    client.export_segment(app, segment).send_and_wait().await.map(drop)
                })
            },
            |left| {
                let requests = left.fake.requests();
                let posts = requests.iter().filter(|request| request.method() == http::Method::POST).count();
                assert!(posts <= 1, "{requests:?}");
                assert_eq!(left.fake.jobs().len(), left.before + posts);
            },
        );
        assert!(awaits >= 12, "{awaits}");
    }
}

#[test]
fn a_wait_is_dropped() {
    let awaits = at_each_await(
        "wait",
        |fake| drop(fake.set_status(job(fake), JobStatus::Queued)),
        |client, _| Box::pin(async move { client.wait_for_job(first_job()).send().await.map(drop) }),
        |left| assert_eq!(left.fake.jobs().len(), left.before),
    );
    assert!(awaits >= 9, "{awaits}");
}

/// The same in the wait for another attempt, and in that attempt.
#[test]
fn a_save_is_dropped() {
    let awaits = at_each_await(
        "saved",
        |fake| {
            fake.set_status(job(fake), JobStatus::Complete);
            fake.set_result(job(fake), RESULT);
            fake.fail_next(Fault::cut_body(20));
        },
        |client, path| Box::pin(async move { client.download_job(first_job()).save(path).await.map(drop) }),
        |left| {
            let file = fs::read_to_string(&left.path).unwrap();
            // The file may be in place before the future returns.
            assert!(file == RESULT || (file == OLD && !left.done), "{file}");
            assert!(left.directory.parts().is_empty());
        },
    );
    assert!(awaits >= 14, "{awaits}");
}
