//! Waiting for a job.

use std::fmt;

use super::Client;
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::error::Error;
use crate::id::JobId;
use crate::machine::{WaitForJob, Watch, drive, drive_blocking, watched};
use crate::model::Job;
use crate::options::CallOptions;

impl<B> Client<B> {
    /// Waits until a job is complete. If you have just started it, call [`just_started`](WaitCall::just_started) too.
    ///
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().complete_jobs_after(3).client();
    /// let job = client.list_jobs().send().await?.remove(0);
    /// let job = client.wait_for_job(&job).send().await?;
    /// assert!(job.status().is_finished());
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn wait_for_job(&self, job: impl Into<JobId>) -> WaitCall<B> {
        WaitCall { client: self.clone(), job: job.into(), watch: Watch::default() }
    }
}

/// A wait for a job that has not begun yet. `send().await` begins it, or `send_blocking()` over a blocking backend.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::time::Duration;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{JobNotifier, Polling, Timeouts};
///
/// let client = FakeArtisan::with_sample_data().complete_jobs_after(3).client();
/// let job = client.list_jobs().send_blocking()?.remove(0);
/// let notifier = JobNotifier::new(); // for the server that receives callbacks
/// let job = client
///     .wait_for_job(&job)
///     .polling(Polling::default().with_deadline(Duration::from_secs(600)))
///     .on_progress(|progress| println!("{:?} after {:?}", progress.status, progress.elapsed))
///     .notified_by(&notifier)
///     .options(Timeouts::default().with_total(Duration::from_secs(20)))
///     .send_blocking()?;
/// assert!(job.status().is_finished());
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[must_use = "a wait does nothing until it is sent"]
pub struct WaitCall<B> {
    /// The client, with the options of this wait.
    client: Client<B>,
    job: JobId,
    watch: Watch,
}

watched! { impl<B> WaitCall<B> }

impl<B> WaitCall<B> {
    /// Sets options of each poll. The client's options fill in what is not set.
    pub fn options(mut self, options: impl Into<CallOptions>) -> Self {
        self.client = self.client.for_call(options);
        self
    }

    /// Makes the wait patient from its beginning, for a job that was just started.
    ///
    /// Otherwise an error before the first good answer ends the wait.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use http::StatusCode;
    /// use useartisan::fake::{FakeArtisan, Fault};
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(1);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let queued = client.export_segment(&app, &fake.segments(&app)[0]).send_blocking()?;
    /// println!("{}", queued.id()); // kept for another run
    ///
    /// fake.fail_next(Fault::status(StatusCode::NOT_FOUND)); // the job is too new for the service to find
    /// client.wait_for_job(&queued).just_started().send_blocking()?;
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn just_started(mut self) -> Self {
        self.watch.known = true;
        self
    }

    /// Polls the job until it is complete.
    ///
    /// Each poll is a call with its retries. Before the first good answer, an error of a poll ends the wait. After it, the
    /// wait goes on until the job is complete or has failed, until the deadline, or until the job is refused in several
    /// polls in a row, as [`Polling`](crate::Polling) says.
    ///
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data().fail_jobs_after(2);
    /// let error = fake.client().wait_for_job(&fake.jobs()[0]).send().await.unwrap_err();
    /// assert_eq!(error.job().map(|job| job.status().as_str()), Some("FAILED"));
    /// # });
    /// ```
    ///
    /// # Errors
    /// [`JobFailed`](crate::ErrorKind::JobFailed) with the job; [`JobVanished`](crate::ErrorKind::JobVanished) if it is not
    /// there; [`TimedOut`](crate::ErrorKind::TimedOut) at the deadline, whose [source](std::error::Error::source) is the last
    /// answer that was passed over; and those of [`get_job`](Client::get_job).
    pub async fn send(self) -> Result<Job, Error>
    where
        B: AsyncBackend,
    {
        let client = self.client.clone();
        let backend = client.backend();
        Ok(drive(backend, &mut self.machine(backend.seed())).await?.output)
    }

    /// Polls the job over a blocking backend until it is complete. It blocks in between, and a
    /// [`JobNotifier`](crate::JobNotifier) ends a pause early.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_blocking(self) -> Result<Job, Error>
    where
        B: BlockingBackend,
    {
        let client = self.client.clone();
        let backend = client.backend();
        Ok(drive_blocking(backend, &mut self.machine(backend.seed()))?.output)
    }

    fn machine(self, seed: u64) -> WaitForJob {
        let WaitCall { client, job, watch } = self;
        WaitForJob::new(&client.api, job).options(client.options.seeded(seed)).watched_by(watch)
    }
}

impl<B> fmt::Debug for WaitCall<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitCall").field("job", &self.job).field("watch", &self.watch).finish_non_exhaustive()
    }
}
