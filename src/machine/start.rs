//! Starting a job, once.

use std::time::Duration;

use super::{Event, Exchange, Machine, Step};
use crate::settings::Settings;
use crate::{Api, Endpoint, Error, Job, JobId, JobStatus, ListJobs, QueuedJob, Sent};

/// Starts a job, and never starts it twice.
///
/// ```text
///         Start              answer
///  Ready ───────► Starting ──────────────────────────► Ended: Done(queued) or Err
///                     │ the outcome is unknown
///                     ▼            the list, or none
///                  Listing ──────────────────────────► Ended: Err(OutcomeUnknown)
/// ```
///
/// Where the request may have reached the service but no answer tells ([`Sent::Maybe`]), nobody knows whether there is
/// a job now. It is neither started again nor replaced by one that looks alike: jobs are
/// listed once, and the error carries [those that may be it](Error::candidates).
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Machine, StartJob, Step};
/// use useartisan::{Api, AppId, Credentials, ErrorKind, ExportSegment, Failure, SegmentId};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let export = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
/// let mut start = StartJob::new(&api, export);
///
/// let now = Duration::ZERO;
/// let Step::Send { request, .. } = start.step(now, Event::Start)? else { panic!() };
/// assert_eq!(request.method(), "POST");
///
/// // The connection dies after the request was sent: the jobs are listed.
/// let lost = Event::Failed(Failure::interrupted("connection reset"));
/// let Step::Send { request, .. } = start.step(now, lost)? else { panic!() };
/// assert_eq!(request.uri().path(), "/public/api/jobs");
///
/// let (head, ()) = http::Response::new(()).into_parts();
/// let Step::Read { .. } = start.step(now, Event::Head(head))? else { panic!() };
/// let body = Event::Body { bytes: r#"{"jobs":[{"id":"5584566b","status":"QUEUED"}]}"#.into(), complete: true };
/// let error = start.step(now, body).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
/// assert_eq!(error.candidates().unwrap()[0].as_str(), "5584566b");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Debug)]
pub struct StartJob<E> {
    api: Api,
    settings: Settings,
    state: State<E>,
}

#[derive(Debug)]
enum State<E> {
    Starting(Box<Exchange<E>>),
    /// What the start came to.
    Listing(Box<Exchange<ListJobs>>, Error),
    Ended,
}

/// How many jobs an error carries at most; the newest come first.
const MAX_CANDIDATES: usize = 100;

impl<E: Endpoint<Output = QueuedJob>> StartJob<E> {
    /// Starts the job that `endpoint` asks for, with the default settings.
    pub fn new(api: &Api, endpoint: E) -> Self {
        StartJob::with_settings(api, endpoint, Settings::default())
    }

    /// Sets how long it may take and how often it is tried, and what jitter is drawn from.
    ///
    /// ```
    /// use useartisan::machine::{StartJob, Settings};
    /// use useartisan::{Api, AppId, Credentials, ExportSegment, Retry, SegmentId};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
    /// let start = StartJob::new(&api, segment).settings(Settings::new().retry(Retry::none()));
    /// # let _ = start;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        match self.state {
            State::Starting(exchange) => {
                let exchange = Box::new(exchange.settings(settings));
                StartJob { settings, state: State::Starting(exchange), ..self }
            }
            _ => self,
        }
    }

    pub(crate) fn with_settings(api: &Api, endpoint: E, settings: Settings) -> Self {
        let exchange = Exchange::with_settings(api, endpoint, settings);
        StartJob { api: api.clone(), settings, state: State::Starting(Box::new(exchange)) }
    }

    fn on_start(
        &mut self,
        mut exchange: Box<Exchange<E>>,
        now: Duration,
        event: Event,
    ) -> Result<Step<QueuedJob>, Error> {
        match exchange.step(now, event) {
            Ok(step) => {
                if !matches!(step, Step::Done(_)) {
                    self.state = State::Starting(exchange);
                }
                Ok(step)
            }
            Err(error) if error.sent() == Sent::Maybe => {
                let list = Exchange::with_settings(&self.api, ListJobs::new(), self.settings.reseeded(1));
                self.on_list(list, error, now, Event::Start)
            }
            Err(error) => Err(error),
        }
    }

    fn on_list(
        &mut self,
        mut list: Exchange<ListJobs>,
        error: Error,
        now: Duration,
        event: Event,
    ) -> Result<Step<QueuedJob>, Error> {
        let step = match list.step(now, event) {
            Ok(step) => step,
            Err(failed) => {
                return Err(error.outcome_unknown(None, &format!("the jobs could not be listed: {failed}")));
            }
        };
        match step.done() {
            Ok(jobs) => {
                let (jobs, listed) = candidates(jobs);
                Err(error.outcome_unknown(Some(jobs), &listed))
            }
            Err(step) => {
                self.state = State::Listing(Box::new(list), error);
                Ok(step)
            }
        }
    }
}

impl<E: Endpoint<Output = QueuedJob>> Machine for StartJob<E> {
    type Output = QueuedJob;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<QueuedJob>, Error> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Starting(exchange) => self.on_start(exchange, now, event),
            State::Listing(list, error) => self.on_list(*list, error, now, event),
            State::Ended => Err(Error::misuse("the start of a job")),
        }
    }
}

/// The jobs that may be it, and in words how many they are.
fn candidates(mut jobs: Vec<Job>) -> (Vec<JobId>, String) {
    jobs.retain(|job| job.status() != &JobStatus::Failed);
    jobs.sort_by_key(|job| std::cmp::Reverse(job.created_at()));
    let listed = match jobs.len() {
        1 => "1 job may be it".to_owned(),
        count if count <= MAX_CANDIDATES => format!("{count} jobs may be it"),
        count => format!("the newest {MAX_CANDIDATES} of {count} jobs that may be it are told"),
    };
    (jobs.into_iter().take(MAX_CANDIDATES).map(JobId::from).collect(), listed)
}
