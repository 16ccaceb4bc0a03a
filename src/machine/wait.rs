//! Waiting until a job has finished.

use std::fmt;
use std::time::Duration;

use super::attempts::{Jitter, is_outage};
use super::polling::{Watch, watched};
use super::stopwatch::Stopwatch;
use super::{Event, Exchange, JobNotifier, JobProgress, Machine, Step};
use crate::api::Api;
use crate::endpoint::GetJob;
use crate::error::{Error, ErrorKind, Sent, shown};
use crate::id::JobId;
use crate::machine::trace;
use crate::model::{Job, JobStatus};
use crate::options::CallOptions;

/// Polls a job until it is complete.
///
/// ```text
///           Start: Send                answer: complete           ► Ended: Done(job)
///  Ready ────────────────► Asking ─┬─► answer: failed             ► Ended: Err(JobFailed)
///                          ▲  │ ▲  ├─► refused, again and again   ► Ended: Err, or Err(JobVanished)
///           the steps of   └──┘ │  └─► no more time               ► Ended: Err(TimedOut)
///           its exchange        │
///                               │ Woke: Send
///                             Asleep ◄─ answer: neither, an unknown status included; an outage; a refusal: Sleep
/// ```
///
/// Before its first good answer a wait is as strict as any call: an error ends it. After that, or from the beginning if its job
/// was [just started](Self::just_started), it is patient as [`Polling`](crate::Polling) says.
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Machine, Step, WaitForJob};
/// use useartisan::{Api, Credentials, Error, JobId, JobNotifier, Polling};
///
/// /// Passes an answer to the machine, and returns the step after it.
/// fn answer(wait: &mut WaitForJob, now: u64, body: &'static str) -> Result<Step<useartisan::Job>, Error> {
///     let now = Duration::from_secs(now);
///     let (head, ()) = http::Response::new(()).into_parts();
///     let Step::Read { .. } = wait.step(now, Event::Head(head))? else { panic!() };
///     wait.step(now, Event::Body { bytes: body.into(), complete: true })
/// }
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let mut wait = WaitForJob::new(&api, JobId::new("5584566b")?)
///     .just_started()
///     .polling(Polling::default().with_deadline(Duration::from_secs(3600)))
///     .on_progress(|progress| println!("{} is {:?}", progress.job, progress.status))
///     .notified_by(&JobNotifier::new());
///
/// let Step::Send { request, .. } = wait.step(Duration::ZERO, Event::Start)? else { panic!() };
/// assert_eq!(request.uri().path(), "/public/api/jobs/5584566b");
/// let Step::Sleep(pause) = answer(&mut wait, 0, r#"{"_id":"5584566b","status":"RUNNING"}"#)? else { panic!() };
/// let Step::Sleep(rest) = wait.step(pause, Event::Woke)? else { panic!() }; // in which a notification would count
///
/// let Step::Send { .. } = wait.step(pause + rest, Event::Woke)? else { panic!() };
/// let Step::Done(job) = answer(&mut wait, 2, r#"{"_id":"5584566b","status":"COMPLETE"}"#)? else { panic!() };
/// assert!(job.status().is_finished());
/// # Ok::<(), Error>(())
/// ```
#[must_use = "a machine does nothing until it is driven"]
pub struct WaitForJob {
    api: Api,
    job: JobId,
    watch: Watch,
    options: CallOptions,
    jitter: Jitter,
    stopwatch: Stopwatch,
    polls: u32,
    interval: Duration,
    status: Option<JobStatus>,
    refusals: Refusals,
    /// The last answer that did not end the wait.
    passed_over: Option<Error>,
    /// Whether the present poll is the last one.
    last: bool,
    state: State,
}

/// How many refusals there were in a row.
#[derive(Debug, Default)]
struct Refusals {
    count: u32,
    /// The time of the first of them.
    since: Duration,
}

#[derive(Debug)]
enum State {
    Ready,
    Asking(Box<Exchange<GetJob>>),
    /// Pausing. If there is a rest, notifications are ignored until then, and heeded in the rest.
    Asleep {
        rest: Option<Duration>,
    },
    Ended,
}

/// The least pause between two polls. Less would flood the service.
const LEAST_INTERVAL: Duration = Duration::from_millis(100);

watched! { impl WaitForJob }

impl WaitForJob {
    /// Makes a machine with the default options and intervals.
    pub fn new(api: &Api, job: impl Into<JobId>) -> Self {
        let options = CallOptions::default();
        WaitForJob {
            api: api.clone(),
            job: job.into(),
            watch: Watch::default(),
            options,
            jitter: Jitter::default(),
            stopwatch: Stopwatch::default(),
            polls: 0,
            interval: Duration::ZERO,
            status: None,
            refusals: Refusals::default(),
            passed_over: None,
            last: false,
            state: State::Ready,
        }
    }

    /// Sets the time-outs, limits and retries of each poll, and the seed of all jitter. Those that `options` doesn't set stay as
    /// they were.
    ///
    /// ```
    /// use useartisan::machine::WaitForJob;
    /// use useartisan::{Api, CallOptions, Credentials, JobId, Retry};
    ///
    /// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
    /// let options = CallOptions::default().with_retry(Retry::default().with_attempts(10)).with_seed(7);
    /// let wait = WaitForJob::new(&api, JobId::new("5584566b")?).options(options);
    /// # let _ = wait;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn options(self, options: impl Into<CallOptions>) -> Self {
        let options = self.options.with_all(options.into());
        WaitForJob { options, jitter: Jitter::new(options.seed.unwrap_or_default()), ..self }
    }

    /// Makes the wait patient from its beginning, for a job that was just started.
    ///
    /// Otherwise an error before the first good answer ends the wait.
    pub fn just_started(mut self) -> Self {
        self.watch.known = true;
        self
    }

    pub(crate) fn watched_by(self, watch: Watch) -> Self {
        WaitForJob { watch, ..self }
    }

    pub(super) fn job(&self) -> &JobId {
        &self.job
    }

    fn left(&self) -> Duration {
        self.watch.polling.deadline.saturating_sub(self.stopwatch.elapsed())
    }

    fn ask(&mut self, now: Duration) -> Result<Step<Job>, Error> {
        let left = self.left();
        self.last = left.is_zero();
        let mut retry = self.options.retry.unwrap_or_default();
        if self.last {
            // One attempt, with all the time that a call may take.
            retry.attempts = 1;
        } else {
            retry.deadline = retry.deadline.min(left);
        }
        let options = self.options.with_retry(retry).with_seed(self.jitter.next());
        let exchange = Exchange::new(&self.api, GetJob::new(&self.job)).with_options(&options);
        self.go_on(exchange, now, Event::Start)
    }

    fn go_on(
        &mut self,
        mut exchange: Exchange<GetJob>,
        now: Duration,
        event: Event,
    ) -> Result<Step<Job>, Error> {
        let job = match exchange.step(now, event).map(Step::done) {
            Ok(Err(step)) => {
                self.state = State::Asking(Box::new(exchange));
                return Ok(step);
            }
            Ok(Ok(job)) if job.id() == &self.job => Ok(job),
            Ok(Ok(_)) => Err(Error::decode("the answer is about another job than the one asked for", None)
                .at_endpoint("get_job")),
            Err(error) => Err(error),
        };
        if matches!(&job, Err(error) if error.kind() == ErrorKind::Misuse) {
            return job.map(Step::Done);
        }
        self.polls = self.polls.saturating_add(1);
        match job {
            Ok(job) => self.on_status(job),
            Err(error) => self.on_error(error),
        }
    }

    fn on_status(&mut self, job: Job) -> Result<Step<Job>, Error> {
        self.watch.known = true;
        self.refusals = Refusals::default();
        self.status = Some(job.status().clone());
        self.report(None);
        match job.status() {
            JobStatus::Complete => Ok(Step::Done(job)),
            JobStatus::Failed => Err(self.ended(Error::job_failed(job))),
            _ if self.left().is_zero() => Err(self.out_of_time()),
            _ => Ok(self.pause(Duration::ZERO)),
        }
    }

    /// Ends with an error, or goes on in spite of it.
    fn on_error(&mut self, error: Error) -> Result<Step<Job>, Error> {
        self.report(Some(&error));
        if !self.watch.known {
            return Err(self.refused(error));
        }
        if is_outage(&error) {
            self.refusals = Refusals::default();
        } else if self.refused_enough() {
            return Err(self.after_polls(self.refused(error)));
        }
        let asked = error.retry_after().unwrap_or_default();
        self.passed_over = Some(error);
        match self.last {
            true => Err(self.out_of_time()),
            false => Ok(self.pause(asked.min(self.options.retry.unwrap_or_default().max_retry_after))),
        }
    }

    /// Counts a refusal, and returns whether it ends the wait.
    fn refused_enough(&mut self) -> bool {
        let elapsed = self.stopwatch.elapsed();
        if self.refusals.count == 0 {
            self.refusals.since = elapsed;
        }
        self.refusals.count = self.refusals.count.saturating_add(1);
        let span = elapsed.saturating_sub(self.refusals.since);
        let polling = &self.watch.polling;
        self.refusals.count >= polling.refusals && span >= polling.refusal_span
    }

    fn refused(&self, error: Error) -> Error {
        if error.is_not_found() { error.job_vanished(&self.job) } else { error }
    }

    fn report(&mut self, error: Option<&Error>) {
        let progress = JobProgress {
            job: &self.job,
            status: self.status.as_ref(),
            polls: self.polls,
            elapsed: self.stopwatch.elapsed(),
            error,
        };
        if self.polls > 0 {
            trace::polled(&progress);
        }
        self.watch.tell(&progress);
    }

    /// Sleeps until the next poll, for no less than the service `asked` for.
    fn pause(&mut self, asked: Duration) -> Step<Job> {
        let polling = self.watch.polling;
        let first = polling.first.max(LEAST_INTERVAL);
        let grown = self.interval.saturating_add(self.interval / 2).max(first);
        self.interval = grown.min(polling.max.max(first));
        let drawn = self.interval - self.jitter.part_of(self.interval / 2);
        // Waits that the service sent away together must not come back together.
        let asked = if asked.is_zero() { asked } else { asked.saturating_add(self.jitter.part_of(first)) };
        let pause = drawn.max(LEAST_INTERVAL).max(asked).min(self.left());
        // A notification does not shorten a pause that the service asked for.
        let deaf = first.max(asked).min(pause);
        match self.watch.notifier {
            Some(_) => self.sleep(deaf, Some(pause - deaf)),
            None => self.sleep(pause, None),
        }
    }

    fn sleep(&mut self, pause: Duration, rest: Option<Duration>) -> Step<Job> {
        self.state = State::Asleep { rest };
        Step::Sleep(pause)
    }

    fn out_of_time(&mut self) -> Error {
        let status = match &self.status {
            Some(status) => format!("still had status {}", shown(status.as_str())),
            None => "told no status".to_owned(),
        };
        let job = shown(self.job.as_str());
        let message = format!("job {job} {status} when the deadline of the wait passed");
        let error = self.ended(Error::new(ErrorKind::TimedOut, message));
        match self.passed_over.take() {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }

    /// An error of the wait itself.
    fn ended(&self, error: Error) -> Error {
        self.after_polls(error.at_endpoint("get_job"))
    }

    fn after_polls(&self, error: Error) -> Error {
        error.after_attempts(self.polls.max(1), self.stopwatch.elapsed(), Sent::Answered)
    }
}

impl Machine for WaitForJob {
    type Output = Job;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Job>, Error> {
        self.stopwatch.tell(now);
        let step = match (std::mem::replace(&mut self.state, State::Ended), event) {
            (State::Ready, Event::Start) => {
                if self.watch.known {
                    // A caller that started the job by the same call does not know its id yet.
                    self.report(None);
                }
                self.ask(now)
            }
            (State::Asking(exchange), event) => self.go_on(*exchange, now, event),
            (State::Asleep { rest: Some(rest) }, Event::Woke) => Ok(self.sleep(rest.min(self.left()), None)),
            (State::Asleep { rest: None }, Event::Woke) => self.ask(now),
            _ => Err(Error::misuse("a wait for a job")),
        };
        // An id that is a key must not be shown.
        let nameable = !self.api.keys().are_in(self.job.as_str().as_bytes());
        step.map_err(|error| {
            let error = error.without(self.api.keys());
            if nameable { error.about_job(&self.job) } else { error }
        })
    }

    fn notifier(&self) -> Option<&JobNotifier> {
        match self.state {
            State::Asleep { rest: None } => self.watch.notifier.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Debug for WaitForJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForJob")
            .field("job", &self.job)
            .field("polls", &self.polls)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
