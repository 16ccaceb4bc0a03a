//! Waiting for a job.

use std::fmt;

use super::Client;
use crate::backend::{AsyncBackend, BlockingBackend, drive, drive_blocking};
use crate::machine::{Settings, WaitForJob};
use crate::{Error, Job, JobId, Limits, Retry, Timeouts, Wait};

impl<B> Client<B> {
    /// Waits until a job is complete.
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
    pub fn wait_for_job(&self, job: impl Into<JobId>) -> WaitCall<'_, B> {
        WaitCall { client: self, job: job.into(), wait: Wait::default(), settings: self.settings }
    }
}

/// A wait for a job, not begun yet.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::time::Duration;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{Limits, Polling, Retry, Timeouts, Wait};
///
/// let client = FakeArtisan::with_sample_data().complete_jobs_after(3).client();
/// let job = client.list_jobs().send_blocking()?.remove(0);
/// let wait = Wait::new()
///     .polling(Polling::default().with_deadline(Duration::from_secs(600)))
///     .observe(|told| println!("{} after {:?}", told.status, told.elapsed));
/// let job = client
///     .wait_for_job(&job)
///     .waiting(wait)
///     .timeouts(Timeouts::default().with_total(Duration::from_secs(20)))
///     .retry(Retry::default().with_attempts(2))
///     .limits(Limits::default())
///     .send_blocking()?;
/// assert!(job.status().is_finished());
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[must_use = "a wait does nothing until it is sent"]
pub struct WaitCall<'client, B> {
    pub(super) client: &'client Client<B>,
    pub(super) job: JobId,
    pub(super) wait: Wait,
    pub(super) settings: Settings,
}

impl<B> WaitCall<'_, B> {
    /// Sets how long each question may take.
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        WaitCall { settings: self.settings.timeouts(timeouts), ..self }
    }

    /// Sets how often each question is tried before it counts as not answered.
    pub fn retry(self, retry: Retry) -> Self {
        WaitCall { settings: self.settings.retry(retry), ..self }
    }

    /// Sets how much of each answer is read and kept.
    pub fn limits(self, limits: Limits) -> Self {
        WaitCall { settings: self.settings.limits(limits), ..self }
    }

    fn machine(self, seed: u64) -> WaitForJob {
        WaitForJob::with_settings(&self.client.api, self.job, self.settings.seed(seed)).waiting(self.wait)
    }

    /// Sets how often the job is asked for, who is told, and what ends a pause early.
    pub fn waiting(self, wait: Wait) -> Self {
        WaitCall { wait, ..self }
    }
}

impl<B> WaitCall<'_, B> {
    /// Asks for the job until it is complete.
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
    /// [`JobFailed`](crate::ErrorKind::JobFailed) with the job, [`JobVanished`](crate::ErrorKind::JobVanished),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) at the deadline with the last status, and those of
    /// [`get_job`](Client::get_job).
    pub async fn send(self) -> Result<Job, Error>
    where
        B: AsyncBackend,
    {
        let backend = &*self.client.backend;
        let machine = self.machine(backend.seed());
        Ok(drive(backend, machine).await?.output)
    }
}

impl<B> WaitCall<'_, B> {
    /// As `send` of an async backend.
    ///
    /// # Errors
    /// [`JobFailed`](crate::ErrorKind::JobFailed) with the job, [`JobVanished`](crate::ErrorKind::JobVanished),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) at the deadline with the last status, and those of
    /// [`get_job`](Client::get_job).
    pub fn send_blocking(self) -> Result<Job, Error>
    where
        B: BlockingBackend,
    {
        let backend = &*self.client.backend;
        let machine = self.machine(backend.seed());
        Ok(drive_blocking(backend, machine)?.output)
    }
}

impl<B> fmt::Debug for WaitCall<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitCall").field("job", &self.job).field("wait", &self.wait).finish_non_exhaustive()
    }
}
