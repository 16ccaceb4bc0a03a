//! The whole export: start, wait, and open the download.

use std::fmt;
use std::time::Duration;

use http::response::Parts;

use super::{Event, Exchange, Head, Machine, Nudge, StartJob, Step, Wait, WaitForJob};
use crate::endpoint::OpenDownload;
use crate::settings::Settings;
use crate::{Api, DownloadJob, Endpoint, Error, Job, QueuedJob};

/// Starts a job, waits for it, and opens its download, as one machine.
///
/// ```text
///  Starting ── queued ──► Waiting ── complete ──► Opening ── head ──► Ended: Done(exported)
///     └──────────────────────┴───────────────────────┴──────────────► Ended: Err
/// ```
///
/// It is done when the download's head is there; the body is the caller's to read, with
/// [`DownloadJob::decoder`] for one.
///
/// Driven by hand, with no backend:
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Export, Exported, Machine, Step};
/// use useartisan::{Api, AppId, Credentials, Error, ExportSegment, SegmentId};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
/// let mut export = Export::new(&api, segment);
///
/// let mut answers = [r#"{"job":"5584566b"}"#, r#"{"_id":"5584566b","status":"COMPLETE"}"#].into_iter();
/// let mut event = Event::Start;
/// let exported: Exported = loop {
///     event = match export.step(Duration::ZERO, event)? {
///         Step::Send { request, .. } => {
///             println!("{} {}", request.method(), request.uri());
///             Event::Head(http::Response::new(()).into_parts().0)
///         }
///         Step::Read { .. } => Event::Body { bytes: answers.next().unwrap().into(), complete: true },
///         Step::Done(exported) => break exported,
///         other => panic!("{other:?}"),
///     };
/// };
/// assert_eq!(exported.job.id().as_str(), "5584566b");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Export<E> {
    api: Api,
    settings: Settings,
    wait: Option<Wait>,
    stage: Stage<E>,
}

#[derive(Debug)]
enum Stage<E> {
    Starting(StartJob<E>),
    Waiting(WaitForJob),
    Opening(Box<Exchange<OpenDownload>>, Job),
    Ended,
}

/// What an [`Export`] comes to.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::backend::drive_blocking;
/// use useartisan::export::Records;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::machine::{Export, Settings};
/// use useartisan::{ExportSegment, Retry, Wait};
///
/// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
/// let app = fake.apps().remove(0);
/// let segment = ExportSegment::new(&app, &fake.segments(&app)[0]);
/// let export = Export::new(&fake.api(), segment)
///     .waiting(Wait::new().observe(|told| println!("{}", told.status)))
///     .settings(Settings::new().retry(Retry::none()));
/// let driven = drive_blocking(&fake, export)?;
/// assert!(driven.output.job.status().is_finished() && driven.output.head.status == 200);
/// assert_eq!(Records::from_read(driven.body.unwrap()).count(), 2);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[non_exhaustive]
pub struct Exported {
    /// The job, complete.
    pub job: Job,
    /// The head of the download, whose body is not yet read.
    pub head: Parts,
}

impl<E: Endpoint<Output = QueuedJob>> Export<E> {
    /// The whole export that `endpoint` starts, with the default settings.
    pub fn new(api: &Api, endpoint: E) -> Self {
        Export::with_settings(api, endpoint, Settings::default())
    }

    /// Sets how the job is waited for.
    ///
    /// ```
    /// use useartisan::machine::Export;
    /// use useartisan::{Api, AppId, Credentials, ExportSegment, Polling, SegmentId, Wait};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
    /// let day = std::time::Duration::from_secs(24 * 60 * 60);
    /// let patient = Wait::new().polling(Polling::default().with_deadline(day));
    /// let export = Export::new(&api, segment).waiting(patient);
    /// # let _ = export;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn waiting(self, wait: Wait) -> Self {
        Export { wait: Some(wait), ..self }
    }

    /// Sets how long each call may take and how often it is tried, and what jitter is drawn from.
    ///
    /// ```
    /// use useartisan::machine::{Export, Settings};
    /// use useartisan::{Api, AppId, Credentials, ExportSegment, Retry, SegmentId};
    ///
    /// let api = Api::new(Credentials::new("public", "secret")?);
    /// let segment = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?);
    /// let settings = Settings::new().retry(Retry::default().with_attempts(10)).seed(7);
    /// let export = Export::new(&api, segment).settings(settings);
    /// # let _ = export;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        match self.stage {
            Stage::Starting(start) => {
                let stage = Stage::Starting(start.settings(settings));
                Export { settings, stage, ..self }
            }
            _ => self,
        }
    }

    pub(crate) fn with_settings(api: &Api, endpoint: E, settings: Settings) -> Self {
        let start = StartJob::with_settings(api, endpoint, settings);
        Export { api: api.clone(), settings, wait: None, stage: Stage::Starting(start) }
    }

    fn on_start(
        &mut self,
        mut start: StartJob<E>,
        now: Duration,
        event: Event,
    ) -> Result<Step<Exported>, Error> {
        match start.step(now, event)?.done() {
            Ok(queued) => {
                let wait = WaitForJob::with_settings(&self.api, queued.into(), self.settings.reseeded(1));
                let wait = wait.waiting(self.wait.take().unwrap_or_default());
                self.on_wait(wait, now, Event::Start)
            }
            Err(step) => {
                self.stage = Stage::Starting(start);
                Ok(step)
            }
        }
    }

    fn on_wait(
        &mut self,
        mut wait: WaitForJob,
        now: Duration,
        event: Event,
    ) -> Result<Step<Exported>, Error> {
        let id = wait.job().clone();
        match wait.step(now, event).map_err(|error| error.after_start_of(&id))?.done() {
            Ok(job) => {
                let download = OpenDownload(DownloadJob::new(&job));
                let open = Exchange::with_settings(&self.api, download, self.settings.reseeded(2));
                self.on_open(open, job, now, Event::Start)
            }
            Err(step) => {
                self.stage = Stage::Waiting(wait);
                Ok(step)
            }
        }
    }

    fn on_open(
        &mut self,
        mut open: Exchange<OpenDownload>,
        job: Job,
        now: Duration,
        event: Event,
    ) -> Result<Step<Exported>, Error> {
        match open.step(now, event).map_err(|error| error.after_start_of(job.id()))?.done() {
            Ok(head) => Ok(Step::Done(Exported { job, head })),
            Err(step) => {
                self.stage = Stage::Opening(Box::new(open), job);
                Ok(step)
            }
        }
    }
}

impl<E: Endpoint<Output = QueuedJob>> Machine for Export<E> {
    type Output = Exported;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Exported>, Error> {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Starting(start) => self.on_start(start, now, event),
            Stage::Waiting(wait) => self.on_wait(wait, now, event),
            Stage::Opening(open, job) => self.on_open(*open, job, now, event),
            Stage::Ended => Err(Error::misuse("an export")),
        }
    }

    fn nudge(&self) -> Option<&Nudge> {
        match &self.stage {
            Stage::Waiting(wait) => wait.nudge(),
            _ => None,
        }
    }
}

impl fmt::Debug for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exported").field("job", &self.job).field("head", &Head(&self.head)).finish()
    }
}
