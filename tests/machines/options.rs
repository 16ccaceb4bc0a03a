//! Options of a client, of a call and of an open download take effect.

use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{
    AppId, BlockingBackend, Call, CallOptions, Client, ErrorKind, JobId, JobStatus, Limits, ListApps,
    Polling, Retry, SegmentId, Timeouts, TransportError, WaitCall,
};

pub(super) const RESULT: &str = r#"{"artisanUserIds":[{"age":"54"},{"age":"29"}]}"#;

/// The fake behind a backend that notes its time-outs.
struct Noting(FakeArtisan, Mutex<Vec<(String, Timeouts)>>);

impl BlockingBackend for Noting {
    type Body = <FakeArtisan as BlockingBackend>::Body;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        self.1.lock().unwrap().push((request.uri().path().to_owned(), *timeouts));
        BlockingBackend::send(&self.0, request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        BlockingBackend::sleep(&self.0, duration);
    }

    fn now(&self) -> Duration {
        BlockingBackend::now(&self.0)
    }

    fn seed(&self) -> u64 {
        BlockingBackend::seed(&self.0)
    }
}

impl Noting {
    /// The `head` time-out of each request so far, in seconds, by the last part of its path.
    fn heads(&self) -> Vec<(String, u64)> {
        let noted = std::mem::take(&mut *self.1.lock().unwrap());
        let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        noted.into_iter().map(|(path, timeouts)| (last(&path), timeouts.head.as_secs())).collect()
    }
}

pub(super) fn fake() -> (FakeArtisan, JobId) {
    let fake = FakeArtisan::with_sample_data();
    let job = JobId::from(fake.jobs().remove(0));
    fake.set_status(&job, JobStatus::Complete);
    fake.set_result(&job, RESULT);
    (fake, job)
}

fn noting() -> (Client<Noting>, JobId) {
    let (fake, job) = fake();
    (Client::new(fake.api(), Noting(fake, Mutex::default())), job)
}

fn head(seconds: u64) -> Timeouts {
    Timeouts::default().with_head(Duration::from_secs(seconds))
}

#[test]
fn the_defaults_are_as_documented() {
    let seconds = |timeouts: Timeouts| {
        [timeouts.connect, timeouts.head, timeouts.stall, timeouts.total].map(|time| time.as_secs())
    };
    assert_eq!(seconds(Timeouts::default()), [10, 30, 30, 120]);
    assert_eq!(seconds(Timeouts::for_download()), [10, 30, 30, 6 * 3600]);
    let limits = Limits::default();
    assert_eq!((limits.body, limits.error_body, limits.kept_body), (10 << 20, 64 << 10, 4 << 10));
    let retry = Retry::default();
    assert_eq!((retry.attempts, Retry::none().attempts), (4, 1));
    let waits = [retry.backoff, retry.max_backoff, retry.max_retry_after, retry.deadline];
    assert_eq!(waits.map(|wait| wait.as_millis()), [500, 20_000, 60_000, 300_000]);
    let [one, two] = [1, 2].map(Duration::from_secs);
    let retry = Retry::default().with_backoff(one, two).with_attempts(9);
    assert_eq!([retry.backoff, retry.max_backoff, retry.deadline], [one, two, Duration::from_secs(300)]);
    assert_eq!(retry.attempts, 9);
    let retry = retry.with_max_retry_after(two).with_deadline(one);
    assert_eq!([retry.backoff, retry.max_retry_after, retry.deadline], [one, two, one]);
    let timeouts = Timeouts::default().with_connect(one).with_head(two).with_stall(one).with_total(two);
    assert_eq!(seconds(timeouts), [1, 2, 1, 2]);
    let limits = Limits::default().with_body(1).with_error_body(2).with_kept_body(3);
    assert_eq!((limits.body, limits.error_body, limits.kept_body), (1, 2, 3));
    let polling = Polling::default();
    assert_eq!([polling.first, polling.max, polling.deadline].map(|time| time.as_secs()), [1, 30, 6 * 3600]);
    assert_eq!((polling.refusals, polling.refusal_span.as_secs()), (3, 60));
    let polling = polling.with_refusals(5, two).with_interval(one, two).with_deadline(one);
    assert_eq!((polling.refusals, polling.refusal_span), (5, two));
    assert_eq!([polling.first, polling.max, polling.deadline], [one, two, one]);
    // A given option replaces an earlier one, and leaves the others.
    let options = CallOptions::from(retry).with_timeouts(timeouts).with_limits(limits).with_seed(7);
    assert_eq!(
        (options.retry, options.timeouts, options.limits),
        (Some(retry), Some(timeouts), Some(limits))
    );
    assert_eq!((options.download_timeouts, options.seed), (None, Some(7)));
    assert_eq!(CallOptions::from(timeouts), CallOptions::default().with_timeouts(timeouts));
    assert_eq!(CallOptions::from(limits), CallOptions::default().with_limits(limits));
}

#[test]
fn time_outs_are_those_of_the_call_or_else_of_its_client() {
    let (client, job) = noting();
    client.list_apps().send_blocking().unwrap();
    let client = client.options(CallOptions::from(head(21)).with_download_timeouts(head(22)));
    client.list_apps().send_blocking().unwrap();
    client.download_job(&job).bytes_blocking(1000).unwrap();
    client.wait_for_job(&job).send_blocking().unwrap();
    client.list_apps().options(head(11)).send_blocking().unwrap();
    client.download_job(&job).options(head(12)).bytes_blocking(1000).unwrap();
    client.wait_for_job(&job).options(head(13)).send_blocking().unwrap();
    let heads: Vec<_> = client.backend().heads().into_iter().map(|(_, seconds)| seconds).collect();
    assert_eq!(heads, [30, 21, 22, 21, 11, 12, 13]);
}

#[test]
fn an_export_is_waited_for_as_its_call_says() {
    let (fake, _) = fake();
    let app = AppId::from(&fake.apps()[0]);
    let segment = SegmentId::from(&fake.segments(&app)[0]);
    let client = fake.client();
    let start = || {
        let polling = Polling::default().with_deadline(Duration::ZERO);
        client.export_segment(&app, &segment).polling(polling)
    };
    let errors = [
        start().send_and_wait_blocking().unwrap_err(),
        pollster::block_on(start().send_and_wait()).unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.elapsed()), (ErrorKind::TimedOut, Duration::ZERO), "{error}");
        assert!(fake.job(error.job_id().unwrap().clone()).is_some());
    }
}

/// By default an open download has six hours, in every way to call it.
#[test]
fn a_download_has_its_own_time() {
    let (client, job) = noting();
    client.download_job(&job).bytes_blocking(1000).unwrap();
    client.download_job(&job).open_blocking().unwrap();
    client.download_job(&job).send_raw_blocking().unwrap();
    client.call(&ListApps::new()).send_blocking().unwrap();
    client.call(&ListApps::new()).send_raw_blocking().unwrap();
    let noted = std::mem::take(&mut *client.backend().1.lock().unwrap());
    let totals = noted.into_iter().map(|(_, timeouts)| timeouts.total.as_secs()).collect::<Vec<_>>();
    // A result that is read whole has no more time than all its attempts.
    assert_eq!(totals, [6 * 3600, 6 * 3600, 120, 120, 120]);
    client.backend().0.fail_next(Fault::interrupted());
    let error = client.list_apps().options(Retry::none()).send_raw_blocking().unwrap_err();
    assert_eq!(error.endpoint(), Some("list_apps"));
}

/// The options of the call that starts it.
#[test]
fn an_export_has_the_options_of_its_call_to_its_end() {
    let (client, _) = noting();
    let fake = client.backend().0.clone().complete_jobs_after(1);
    let app = AppId::from(&fake.apps()[0]);
    let segment = SegmentId::from(&fake.segments(&app)[0]);
    let start = || client.export_segment(&app, &segment).options(head(11));

    let completed = start().send_and_wait_blocking().unwrap();
    assert!(format!("{completed:?}").starts_with("CompletedJob { job: Job { id: JobId("), "{completed:?}");
    assert_eq!(completed.job().status(), &JobStatus::Complete);
    let profiles = completed.download().profiles_blocking().unwrap();
    assert!(profiles.map(Result::unwrap).count() > 0);
    let heads = client.backend().heads();
    assert_eq!(heads.len(), 3, "{heads:?}");
    assert!(heads.iter().all(|(_, seconds)| *seconds == 11), "{heads:?}");

    pollster::block_on(async {
        let client = fake.client();
        let completed = client.export_segment(&app, &segment).send_and_wait().await.unwrap();
        let mut profiles = completed.download().profiles().await.unwrap();
        assert!(profiles.next_record().await.unwrap().is_some());
    });
}

#[test]
fn retries_are_those_of_the_call_or_else_of_its_client() {
    let attempts = |set: fn(Client<FakeArtisan>) -> Client<FakeArtisan>,
                    ask: fn(&Client<FakeArtisan>, &JobId) -> u32| {
        let (fake, job) = fake();
        fake.fail_next(Fault::interrupted().times(9));
        ask(&set(fake.client()), &job)
    };
    let retry = |attempts| Retry::default().with_attempts(attempts);
    assert_eq!(retry(3).attempts, 3);
    let list: fn(&Client<FakeArtisan>, &JobId) -> u32 =
        |client, _| client.list_apps().send_blocking().unwrap_err().attempts();
    assert_eq!(attempts(|client| client, list), 4);
    assert_eq!(attempts(|client| client.options(Retry::default().with_attempts(2)), list), 2);
    let call: fn(&Client<FakeArtisan>, &JobId) -> u32 = |client, _| {
        client.list_apps().options(Retry::default().with_attempts(3)).send_blocking().unwrap_err().attempts()
    };
    assert_eq!(attempts(|client| client.options(Retry::none()), call), 3);
}

/// A poll without an answer is retried as often as set, and the wait continues.
#[test]
fn a_wait_has_options_of_its_own() {
    let (fake, job) = fake();
    let polling = Polling::default().with_deadline(Duration::ZERO);
    let wait = |set: fn(WaitCall<FakeArtisan>) -> WaitCall<FakeArtisan>| {
        fake.clear_requests();
        let client = fake.client();
        let answer = set(client.wait_for_job(&job)).polling(polling).send_blocking();
        fake.clear_faults();
        answer.map(|job| job.status().clone()).map_err(|error| (error.kind(), fake.requests().len()))
    };
    assert_eq!(wait(|call| call), Ok(JobStatus::Complete));
    // Without retries the poll stays unanswered, and the next one comes after the interval.
    let slept = |set: fn(WaitCall<FakeArtisan>) -> WaitCall<FakeArtisan>| {
        let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
        let faulty = fake.clone();
        let call = fake.client().wait_for_job(&fake.jobs()[0]);
        let call = call.on_progress(move |progress| {
            if progress.polls == 1 {
                faulty.fail_next(Fault::interrupted());
            }
        });
        set(call).send_blocking().unwrap();
        fake.slept()[1]
    };
    assert!(slept(|call| call) <= Duration::from_millis(500));
    assert!(slept(|call| call.options(Retry::none())) >= Duration::from_millis(750));
    fake.fail_next(Fault::interrupted().times(9));
    let once = wait(|call| call.options(Retry::none())).unwrap_err();
    fake.fail_next(Fault::oversize(1000));
    let bounded = wait(|call| call.options(Limits::default().with_body(999)).options(Retry::none()));
    assert_eq!(bounded.unwrap_err(), (ErrorKind::Limit, 1));
    assert_eq!(once.1, 1);
}

#[test]
fn limits_are_those_of_the_call_or_else_of_its_client() {
    let (fake, _) = fake();
    let outcome = |set: fn(Client<FakeArtisan>) -> Client<FakeArtisan>,
                   call: fn(Call<FakeArtisan, ListApps>) -> Call<FakeArtisan, ListApps>| {
        fake.fail_next(Fault::oversize(1000));
        call(set(fake.client()).list_apps()).send_raw_blocking().map(|answer| answer.body().len())
    };
    let small = |bytes| Limits::default().with_body(bytes);
    assert_eq!(small(999).body, 999);
    assert_eq!(outcome(|client| client, |call| call).unwrap(), 1000);
    let kind = |outcome: Result<usize, useartisan::Error>| outcome.unwrap_err().kind();
    assert_eq!(
        kind(outcome(|client| client.options(Limits::default().with_body(999)), |call| call)),
        ErrorKind::Limit
    );
    assert_eq!(
        kind(outcome(|client| client, |call| call.options(Limits::default().with_body(999)))),
        ErrorKind::Limit
    );
    assert_eq!(
        outcome(|client| client, |call| call.options(Limits::default().with_body(1000))).unwrap(),
        1000
    );
}

/// As much of a failure's body is read as set, and as much of that is kept.
#[test]
fn the_body_of_a_failure_is_bounded() {
    let (fake, _) = fake();
    let failed = |limits| {
        fake.fail_next(Fault::html_page().body("x".repeat(100)));
        fake.client().options(Retry::none()).list_apps().options(limits).send_blocking().unwrap_err()
    };
    assert_eq!(failed(Limits::default()).body().len(), 100);
    assert_eq!(failed(Limits::default().with_error_body(50)).body().len(), 50);
    assert_eq!(failed(Limits::default().with_kept_body(10)).body().len(), 10);
}

/// A raw answer is the first one: a raw download follows no redirect.
#[test]
fn a_raw_download_follows_no_redirect() {
    let (fake, job) = fake();
    fake.fail_next(Fault::redirect("/elsewhere"));
    let answer = fake.client().download_job(&job).send_raw_blocking().unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(fake.requests().len(), 1);
}
