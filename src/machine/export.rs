//! An export: start its job, then wait for it.

use std::time::Duration;

use super::polling::{Watch, watched};
use super::{Event, Exchange, JobNotifier, Machine, Step, WaitForJob};
use crate::api::Api;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::model::{Job, QueuedJob};
use crate::options::CallOptions;

/// Starts a job and waits for it, as one machine.
///
/// ```text
///  Starting ── queued ──► Waiting ── complete ──► Ended: Done(job)
///     └──────────────────────┴──────────────────► Ended: Err
/// ```
///
/// An error after the start has the job's [id](Error::job_id). Get the result by a [`DownloadJob`](crate::DownloadJob).
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Export, Machine, Step};
/// use useartisan::{Api, AppId, Credentials, Error, ExportSegment, JobNotifier, Polling, SegmentId};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
/// let mut export = Export::new(&api, segment)
///     .polling(Polling::default().with_refusals(5, Duration::from_secs(600)))
///     .on_progress(|progress| println!("{} is {:?}", progress.job, progress.status))
///     .notified_by(&JobNotifier::new());
///
/// let mut answers = [r#"{"job":"5584566b"}"#, r#"{"_id":"5584566b","status":"COMPLETE"}"#].into_iter();
/// let mut event = Event::Start;
/// let job = loop {
///     event = match export.step(Duration::ZERO, event)? {
///         Step::Send { request, .. } => {
///             println!("{} {}", request.method(), request.uri());
///             Event::Head(http::Response::new(()).into_parts().0)
///         }
///         Step::Read { .. } => Event::Body { bytes: answers.next().unwrap().into(), complete: true },
///         Step::Done(job) => break job,
///         other => panic!("{other:?}"),
///     };
/// };
/// assert_eq!(job.id().as_str(), "5584566b");
/// # Ok::<(), Error>(())
/// ```
#[must_use = "a machine does nothing until it is driven"]
#[derive(Debug)]
pub struct Export<E: Endpoint> {
    api: Api,
    options: CallOptions,
    watch: Watch,
    stage: Stage<E>,
}

#[derive(Debug)]
enum Stage<E: Endpoint> {
    Starting(Box<Exchange<E>>),
    Waiting(Box<WaitForJob>),
    Ended,
}

watched! { impl<E: Endpoint> Export<E> }

impl<E: Endpoint<Output = QueuedJob>> Export<E> {
    /// Makes a machine for the export that `endpoint` starts, with the default options and intervals.
    pub fn new(api: &Api, endpoint: E) -> Self {
        Export {
            api: api.clone(),
            options: CallOptions::default(),
            watch: Watch::default(),
            stage: Stage::Starting(Box::new(Exchange::new(api, endpoint))),
        }
    }

    /// Sets the time-outs, limits and retries of each call, and the seed of all jitter. Those that `options` doesn't set stay as
    /// they were.
    ///
    /// ```
    /// use useartisan::machine::Export;
    /// use useartisan::{Api, AppId, CallOptions, Credentials, ExportSegment, Retry, SegmentId};
    ///
    /// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
    /// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
    /// let options = CallOptions::default().with_retry(Retry::default().with_attempts(10)).with_seed(7);
    /// let export = Export::new(&api, segment).options(options);
    /// # let _ = export;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn options(self, options: impl Into<CallOptions>) -> Self {
        let options = self.options.with_all(options.into());
        let stage = match self.stage {
            Stage::Starting(start) => Stage::Starting(Box::new(start.with_options(&options))),
            begun => begun,
        };
        Export { options, stage, ..self }
    }

    pub(crate) fn watched_by(self, watch: Watch) -> Self {
        Export { watch, ..self }
    }

    fn on_start(
        &mut self,
        mut start: Box<Exchange<E>>,
        now: Duration,
        event: Event,
    ) -> Result<Step<Job>, Error> {
        match start.step(now, event)?.done() {
            Ok(queued) => {
                let seed = self.options.seed.unwrap_or_default().wrapping_add(1);
                let wait = WaitForJob::new(&self.api, queued)
                    .options(self.options.with_seed(seed))
                    .watched_by(std::mem::take(&mut self.watch))
                    .just_started();
                self.on_wait(Box::new(wait), now, Event::Start)
            }
            Err(step) => {
                self.stage = Stage::Starting(start);
                Ok(step)
            }
        }
    }

    fn on_wait(
        &mut self,
        mut wait: Box<WaitForJob>,
        now: Duration,
        event: Event,
    ) -> Result<Step<Job>, Error> {
        let step = wait.step(now, event).map_err(|error| error.after_start_of(wait.job()))?;
        if !matches!(step, Step::Done(_)) {
            self.stage = Stage::Waiting(wait);
        }
        Ok(step)
    }
}

impl<E: Endpoint<Output = QueuedJob>> Machine for Export<E> {
    type Output = Job;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Job>, Error> {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Starting(start) => self.on_start(start, now, event),
            Stage::Waiting(wait) => self.on_wait(wait, now, event),
            Stage::Ended => Err(Error::misuse("an export")),
        }
    }

    fn notifier(&self) -> Option<&JobNotifier> {
        match &self.stage {
            Stage::Waiting(wait) => wait.notifier(),
            _ => None,
        }
    }
}
