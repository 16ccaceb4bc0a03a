//! Waiting until a job has come to its end.

use std::fmt;
use std::time::Duration;

use super::retry::may_repeat;
use super::stopwatch::Stopwatch;
use super::{Event, Exchange, Machine, Nudge, Step, Wait, Waiting};
use crate::settings::Settings;
use crate::{Api, Error, ErrorKind, GetJob, Job, JobId, JobStatus, Sent, trace};

/// Asks for a job until it is complete.
///
/// ```text
///           Start: Send                answer: complete      ► Ended: Done(job)
///  Ready ────────────────► Asking ─┬─► answer: failed        ► Ended: Err(JobFailed)
///                          ▲  │ ▲  ├─► not there             ► Ended: Err(JobVanished)
///           the steps of   └──┘ │  ├─► no more time          ► Ended: Err(TimedOut)
///           its exchange        │  └─► any other error       ► Ended: Err
///                               │ Woke: Send
///                             Asleep ◄─ answer: neither, an unknown status included; or no answer: Sleep
/// ```
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Machine, Step, WaitForJob};
/// use useartisan::{Api, Credentials, Error, JobId};
///
/// /// Tells the machine of an answer, and returns what it wants after that.
/// fn answer(wait: &mut WaitForJob, now: u64, body: &'static str) -> Result<Step<useartisan::Job>, Error> {
///     let now = Duration::from_secs(now);
///     let (head, ()) = http::Response::new(()).into_parts();
///     let Step::Read { .. } = wait.step(now, Event::Head(head))? else { panic!() };
///     wait.step(now, Event::Body { bytes: body.into(), complete: true })
/// }
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let mut wait = WaitForJob::new(&api, JobId::new("5584566b")?);
///
/// let Step::Send { request, .. } = wait.step(Duration::ZERO, Event::Start)? else { panic!() };
/// assert_eq!(request.uri().path(), "/public/api/jobs/5584566b");
/// let Step::Sleep(pause) = answer(&mut wait, 0, r#"{"_id":"5584566b","status":"RUNNING"}"#)? else { panic!() };
///
/// let Step::Send { .. } = wait.step(pause, Event::Woke)? else { panic!() };
/// let Step::Done(job) = answer(&mut wait, 2, r#"{"_id":"5584566b","status":"COMPLETE"}"#)? else { panic!() };
/// assert!(job.status().is_finished());
/// # Ok::<(), Error>(())
/// ```
pub struct WaitForJob {
    api: Api,
    job: JobId,
    wait: Wait,
    settings: Settings,
    stopwatch: Stopwatch,
    polls: u32,
    interval: Duration,
    status: Option<JobStatus>,
    /// Whether the question that is being asked is the last one.
    last: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Ready,
    Asking(Box<Exchange<GetJob>>),
    /// Pausing. With a rest, deaf to nudges for now, and listening for the rest of the pause.
    Asleep {
        rest: Option<Duration>,
    },
    Ended,
}

impl WaitForJob {
    /// A wait with the default intervals and deadline.
    pub fn new(api: &Api, job: impl Into<JobId>) -> Self {
        WaitForJob::with_settings(api, job.into(), Settings::default())
    }

    /// Sets how the job is waited for.
    ///
    /// ```
    /// use useartisan::machine::WaitForJob;
    /// use useartisan::{Api, Credentials, JobId, Polling, Wait};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let day = std::time::Duration::from_secs(24 * 60 * 60);
    /// let patient = Wait::new().polling(Polling::default().with_deadline(day));
    /// let wait = WaitForJob::new(&api, JobId::new("5584566b")?).waiting(patient);
    /// # let _ = wait;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn waiting(self, wait: Wait) -> Self {
        WaitForJob { wait, ..self }
    }

    /// Sets how long each question may take and how often it is tried, and what jitter is drawn from.
    ///
    /// ```
    /// use useartisan::machine::{WaitForJob, Settings};
    /// use useartisan::{Api, Credentials, JobId, Retry};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let settings = Settings::new().retry(Retry::default().with_attempts(10)).seed(7);
    /// let wait = WaitForJob::new(&api, JobId::new("5584566b")?).settings(settings);
    /// # let _ = wait;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        WaitForJob { settings, ..self }
    }

    pub(crate) fn with_settings(api: &Api, job: JobId, settings: Settings) -> Self {
        WaitForJob {
            api: api.clone(),
            job,
            wait: Wait::default(),
            settings,
            stopwatch: Stopwatch::default(),
            polls: 0,
            interval: Duration::ZERO,
            status: None,
            last: false,
            state: State::Ready,
        }
    }

    pub(super) fn job(&self) -> &JobId {
        &self.job
    }

    fn left(&self) -> Duration {
        self.wait.polling.deadline.saturating_sub(self.stopwatch.elapsed())
    }

    fn ask(&mut self, now: Duration) -> Result<Step<Job>, Error> {
        let mut settings = self.settings.reseeded(u64::from(self.polls));
        let left = self.left();
        self.last = left.is_zero();
        if self.last {
            // One call and no more, but that with all the time it may take.
            settings.retry.attempts = 1;
        } else {
            settings.retry.deadline = settings.retry.deadline.min(left);
        }
        let exchange = Exchange::with_settings(&self.api, GetJob::new(&self.job), settings);
        self.go_on(exchange, now, Event::Start)
    }

    fn go_on(
        &mut self,
        mut exchange: Exchange<GetJob>,
        now: Duration,
        event: Event,
    ) -> Result<Step<Job>, Error> {
        match exchange.step(now, event) {
            Err(error) if error.is_not_found() => Err(error.job_vanished(&self.job)),
            // A service that is out of reach for a while is no reason to give a job of hours up.
            Err(error) if may_repeat(&error, true) => self.pause_or_end(Some(error)),
            Err(error) => Err(error),
            Ok(step) => match step.done() {
                Ok(job) => self.judge(job),
                Err(step) => {
                    self.state = State::Asking(Box::new(exchange));
                    Ok(step)
                }
            },
        }
    }

    fn judge(&mut self, job: Job) -> Result<Step<Job>, Error> {
        if job.id() != &self.job {
            return Err(Error::decode("the answer is about another job than the one asked for", None));
        }
        self.polls = self.polls.saturating_add(1);
        let told = Waiting {
            job: self.job.clone(),
            status: job.status().clone(),
            polls: self.polls,
            elapsed: self.stopwatch.elapsed(),
        };
        trace::polled(told.polls, &told.status, told.elapsed);
        self.wait.tell(&told);
        self.status = Some(told.status);
        match job.status() {
            JobStatus::Complete => return Ok(Step::Done(job)),
            JobStatus::Failed => return Err(self.ended(Error::job_failed(job))),
            _ => {}
        }
        self.pause_or_end(None)
    }

    /// Waits for the next question; after the last one there is none.
    fn pause_or_end(&mut self, unanswered: Option<Error>) -> Result<Step<Job>, Error> {
        let left = self.left();
        if self.last || (left.is_zero() && unanswered.is_none()) {
            let error = self.out_of_time();
            return Err(match unanswered {
                Some(cause) => error.with_source(cause),
                None => error,
            });
        }
        let first = self.wait.polling.first.max(LEAST_INTERVAL);
        let grown = self.interval.saturating_add(self.interval / 2).max(first);
        self.interval = grown.min(self.wait.polling.max.max(first));
        let asked = unanswered.and_then(|error| error.retry_after()).unwrap_or_default();
        let asked = asked.min(self.settings.retry.max_retry_after);
        let pause = self.interval.max(asked).min(left);
        // To what the service asks for, no nudge is a reason to come earlier.
        let deaf = first.max(asked).min(pause);
        Ok(match self.wait.nudge {
            Some(_) => self.sleep(deaf, Some(pause - deaf)),
            None => self.sleep(pause, None),
        })
    }

    fn sleep(&mut self, pause: Duration, rest: Option<Duration>) -> Step<Job> {
        self.state = State::Asleep { rest };
        Step::Sleep(pause)
    }

    fn out_of_time(&self) -> Error {
        let status = match &self.status {
            Some(status) => format!("still had status {}", status.as_str().escape_debug()),
            None => "told no status".to_owned(),
        };
        let job = self.job.as_str().escape_debug();
        let message = format!("job {job} {status} when the deadline of the wait passed");
        self.ended(Error::new(ErrorKind::TimedOut, message))
    }

    /// An error of the wait as a whole. What it quotes of the service is scrubbed.
    fn ended(&self, error: Error) -> Error {
        error
            .at_endpoint("get_job")
            .after_attempts(self.polls.max(1), self.stopwatch.elapsed(), Sent::Answered)
            .scrubbed(self.api.scrubber(), &[], 0)
    }
}

/// The least pause between two questions, whatever is asked for: less would be a flood.
const LEAST_INTERVAL: Duration = Duration::from_millis(100);

impl Machine for WaitForJob {
    type Output = Job;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Job>, Error> {
        self.stopwatch.tell(now);
        let step = match (std::mem::replace(&mut self.state, State::Ended), event) {
            (State::Ready, Event::Start) => self.ask(now),
            (State::Asking(exchange), event) => self.go_on(*exchange, now, event),
            (State::Asleep { rest: Some(rest) }, Event::Woke) => Ok(self.sleep(rest.min(self.left()), None)),
            (State::Asleep { rest: None }, Event::Woke) => self.ask(now),
            _ => Err(Error::misuse("a wait for a job")),
        };
        step.map_err(|error| error.about_job(&self.job))
    }

    fn nudge(&self) -> Option<&Nudge> {
        match self.state {
            State::Asleep { rest: None } => self.wait.nudge.as_ref(),
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
