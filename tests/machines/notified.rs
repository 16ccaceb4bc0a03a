//! A callback that notifies a wait ends its pause at once, over both kinds of backend. The options of a call apply to all that it
//! starts.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use useartisan::fake::{FakeArtisan, FakeBody, Fault};
use useartisan::{
    AppId, AsyncBackend, BlockingBackend, CallOptions, Client, ErrorKind, JobId, JobNotifier, JobStatus,
    Polling, Retry, SegmentId, Timeouts, TransportError,
};

const JOB: JobId = JobId::from_static("5584469c7d891c1d06000001");
const LONG: Duration = Duration::from_secs(1000);

/// The fake, with a hook for sleeps and a record of the time-outs.
#[derive(Clone)]
struct Watched {
    fake: FakeArtisan,
    notifier: JobNotifier,
    heard: Arc<Mutex<Vec<Timeouts>>>,
}

impl Watched {
    fn new() -> Self {
        Watched { fake: FakeArtisan::with_sample_data(), notifier: JobNotifier::new(), heard: Arc::default() }
    }

    fn client(&self) -> Client<Watched> {
        Client::new(self.fake.api(), self.clone()).options(Retry::none())
    }

    /// The callback arrives during a sleep: the job is complete, and the waiter is notified.
    fn callback(&self) {
        self.fake.set_status(&JOB, JobStatus::Complete);
        self.notifier.notify();
    }
}

impl AsyncBackend for Watched {
    type Body = FakeBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FakeBody>, TransportError> {
        self.heard.lock().unwrap().push(*timeouts);
        AsyncBackend::send(&self.fake, request, timeouts).await
    }

    /// A short pause passes at once. In a long one the callback arrives, or it would never end.
    async fn sleep(&self, duration: Duration) {
        if duration < LONG / 2 {
            return AsyncBackend::sleep(&self.fake, duration).await;
        }
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            match polls {
                2 => self.callback(),
                100.. => panic!("the notification was ignored"),
                _ => {}
            }
            Poll::<()>::Pending
        })
        .await;
    }

    fn now(&self) -> Duration {
        AsyncBackend::now(&self.fake)
    }

    fn seed(&self) -> u64 {
        7
    }
}

impl BlockingBackend for Watched {
    type Body = FakeBody;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FakeBody>, TransportError> {
        self.heard.lock().unwrap().push(*timeouts);
        BlockingBackend::send(&self.fake, request, timeouts)
    }

    /// The callback arrives after some short sleeps.
    fn sleep(&self, duration: Duration) {
        BlockingBackend::sleep(&self.fake, duration);
        if self.fake.slept().len() == 12 {
            self.callback();
        }
    }

    fn now(&self) -> Duration {
        BlockingBackend::now(&self.fake)
    }

    fn seed(&self) -> u64 {
        7
    }
}

#[test]
fn a_notification_ends_an_async_pause() {
    let watched = Watched::new();
    // The intervals grow until what is left of one is a long pause.
    let polling = Polling::default().with_interval(LONG / 100, 3 * LONG).with_deadline(100 * LONG);
    let wait = watched.client().wait_for_job(JOB).polling(polling).notified_by(&watched.notifier);
    let job = pollster::block_on(wait.send()).unwrap();
    assert_eq!(job.status(), &JobStatus::Complete);
}

#[test]
fn a_notification_ends_a_blocking_pause_within_a_tenth_of_a_second() {
    let watched = Watched::new();
    // Pauses of up to a quarter of an hour. Their first second ignores notifications.
    let polling = Polling::default().with_interval(Duration::from_secs(1), LONG);
    let wait = watched.client().wait_for_job(JOB).polling(polling).notified_by(&watched.notifier);
    let job = wait.send_blocking().unwrap();
    assert_eq!(job.status(), &JobStatus::Complete);
    // Only the slices of the pause up to the notification, and not the rest.
    let slept = watched.fake.slept();
    assert_eq!(slept.len(), 12, "{slept:?}");
    assert!(slept.iter().rev().take(3).all(|slice| *slice <= Duration::from_millis(100)), "{slept:?}");
}

/// The options of a call apply to the start, to each poll and to the download.
#[test]
fn the_options_of_a_call_hold_for_all_that_it_starts() {
    let watched = Watched::new();
    watched.fake.complete_jobs_after(2);
    let timeouts = Timeouts::default().with_head(Duration::from_secs(5)).with_total(Duration::from_secs(7));
    let client = watched.client();
    let (app, segment) = sample(&watched.fake);
    let export = || client.export_segment(&app, &segment).options(timeouts).options(Retry::none());
    let completed = export().send_and_wait_blocking().unwrap();
    completed.download().profiles_blocking().unwrap().for_each(|profile| drop(profile.unwrap()));
    pollster::block_on(async {
        let completed = export().send_and_wait().await.unwrap();
        completed.download().open().await.map(drop).unwrap();
    });
    let heard = watched.heard.lock().unwrap();
    assert!(heard.len() >= 8, "{}", heard.len());
    for timeouts in heard.iter() {
        assert_eq!((timeouts.head, timeouts.total), (Duration::from_secs(5), Duration::from_secs(7)));
    }
}

fn sample(fake: &FakeArtisan) -> (AppId, SegmentId) {
    let app = fake.apps()[0].id().clone();
    let segment = fake.segments(&app)[0].id().clone();
    (app, segment)
}

/// A client of the fake retries like any client, unless it is told not to.
#[test]
fn a_fakes_client_retries_unless_asked_not_to() {
    let fake = FakeArtisan::with_sample_data();
    let busy = || fake.fail_next(Fault::status(http::StatusCode::SERVICE_UNAVAILABLE));
    busy();
    let once = fake.client().options(Retry::none());
    assert_eq!(once.list_apps().send_blocking().unwrap_err().kind(), ErrorKind::Rejected);
    busy();
    assert_eq!(fake.client().list_apps().send_blocking().unwrap().len(), 2);
}

/// Without a notification, a pause has its full length, however it is sliced.
#[test]
fn a_pause_without_a_notification_is_as_long_as_it_says() {
    let slept = |notified: bool, blocking: bool| -> Duration {
        let fake = FakeArtisan::with_sample_data().complete_jobs_after(4);
        let job = fake.add_job(AppId::from(&fake.apps()[0]), SegmentId::from_static("557ee469"));
        let polling = Polling::default().with_interval(Duration::from_secs(1), Duration::from_secs(9));
        let call =
            fake.client().wait_for_job(job).polling(polling).options(CallOptions::default().with_seed(7));
        let call = if notified { call.notified_by(&JobNotifier::new()) } else { call };
        if blocking { call.send_blocking() } else { pollster::block_on(call.send()) }.unwrap();
        fake.slept().iter().sum()
    };
    let plain = slept(false, true);
    assert!(plain > Duration::from_secs(2));
    for (notified, blocking) in [(true, true), (true, false), (false, false)] {
        assert_eq!(slept(notified, blocking), plain);
    }
}
