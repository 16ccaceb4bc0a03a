//! Jobs from their start to their result: waiting, and the whole export.

use std::fmt;

use super::Client;
use super::call::Call;
use crate::backend::{AsyncBackend, BlockingBackend, drive, drive_blocking};
use crate::machine::{Export, Settings, StartJob, WaitForJob};
use crate::{
    BlockingDownload, BlockingProfiles, Download, DownloadJob, Endpoint, Error, Job, JobId, Limits, Profiles,
    QueuedJob, Retry, Timeouts, Wait,
};

impl<B> Client<B> {
    /// Waits until a job is complete.
    pub fn wait_for_job(&self, job: impl Into<JobId>) -> WaitCall<'_, B> {
        WaitCall { client: self, job: job.into(), wait: Wait::default(), settings: self.settings }
    }
}

/// A wait for a job, not begun yet.
#[must_use = "a wait does nothing until it is sent"]
pub struct WaitCall<'client, B> {
    client: &'client Client<B>,
    job: JobId,
    wait: Wait,
    settings: Settings,
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

/// A job that is complete: its result can be downloaded.
pub struct Finished<'client, B> {
    client: &'client Client<B>,
    job: Job,
    settings: Settings,
}

impl<'client, B> Finished<'client, B> {
    /// The job.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// A call of its download: to be saved, read whole, or handed out as it comes. It has the settings of the call that
    /// started the job.
    pub fn call(&self) -> Call<'client, B, DownloadJob> {
        Call { settings: self.settings, ..self.client.download_job(&self.job) }
    }
}

impl<B> Finished<'_, B> {
    /// Opens the download and decodes its records as they come.
    ///
    /// # Errors
    /// Those of [`download_job`](Client::download_job).
    pub async fn download(&self) -> Result<Profiles<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        self.call().profiles().await
    }
}

impl<B> Finished<'_, B> {
    /// As `download` of an async backend.
    ///
    /// # Errors
    /// Those of [`download_job`](Client::download_job).
    pub fn download_blocking(&self) -> Result<BlockingProfiles<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        self.call().profiles_blocking()
    }
}

impl<B, E: Endpoint<Output = QueuedJob>> Call<'_, B, E> {
    /// Sets how the job is waited for.
    pub fn waiting(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    fn start(&self, seed: u64) -> StartJob<&E> {
        StartJob::with_settings(&self.client.api, &self.endpoint, self.settings.seed(seed))
    }

    fn whole(&mut self, seed: u64) -> Export<&E> {
        let wait = std::mem::take(&mut self.wait);
        Export::with_settings(&self.client.api, &self.endpoint, self.settings.seed(seed)).waiting(wait)
    }
}

impl<'client, B, E: Endpoint<Output = QueuedJob>> Call<'client, B, E> {
    /// Starts the job and waits until it is complete.
    ///
    /// The call's settings hold for the wait as well. The job is never started twice: see [`StartJob`]. An error after
    /// it was started has its id, to [wait for](Client::wait_for_job) again. A future that is dropped while it waits leaves the job to
    /// the service, where [`list_jobs`](Client::list_jobs) shows it.
    ///
    /// # Errors
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) with the jobs that may be it, those of
    /// [`send`](Self::send), and those of [`wait_for_job`](Client::wait_for_job).
    pub async fn send_and_wait(self) -> Result<Finished<'client, B>, Error>
    where
        B: AsyncBackend,
    {
        let (client, settings, backend) = (self.client, self.settings, &*self.client.backend);
        let job: JobId = drive(backend, self.start(backend.seed())).await?.output.into();
        let wait = WaitCall { client, job: job.clone(), wait: self.wait, settings };
        let job = wait.send().await.map_err(|error| error.after_start_of(&job))?;
        Ok(Finished { client, job, settings })
    }

    /// Starts the job, waits until it is complete, and opens its download.
    ///
    /// # Errors
    /// As [`send_and_wait`](Self::send_and_wait), and those of [`download_job`](Client::download_job).
    pub async fn send_and_open(mut self) -> Result<Download<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        let backend = &*self.client.backend;
        let driven = drive(backend, self.whole(backend.seed())).await?;
        let job = DownloadJob::new(driven.output.job);
        let api = self.client.api.clone();
        Ok(Download::new(api, job, driven.output.head, driven.body).handed_out())
    }
}

impl<'client, B, E: Endpoint<Output = QueuedJob>> Call<'client, B, E> {
    /// As `send_and_wait` of an async backend.
    ///
    /// # Errors
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) with the jobs that may be it, those of
    /// [`send_blocking`](Self::send_blocking), and those of [`wait_for_job`](Client::wait_for_job).
    pub fn send_and_wait_blocking(self) -> Result<Finished<'client, B>, Error>
    where
        B: BlockingBackend,
    {
        let (client, settings, backend) = (self.client, self.settings, &*self.client.backend);
        let job: JobId = drive_blocking(backend, self.start(backend.seed()))?.output.into();
        let wait = WaitCall { client, job: job.clone(), wait: self.wait, settings };
        let job = wait.send_blocking().map_err(|error| error.after_start_of(&job))?;
        Ok(Finished { client, job, settings })
    }

    /// As `send_and_open` of an async backend.
    ///
    /// # Errors
    /// As [`send_and_wait_blocking`](Self::send_and_wait_blocking), and those of
    /// [`download_job`](Client::download_job).
    pub fn send_and_open_blocking(mut self) -> Result<BlockingDownload<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        let backend = &*self.client.backend;
        let driven = drive_blocking(backend, self.whole(backend.seed()))?;
        let job = DownloadJob::new(driven.output.job);
        let api = self.client.api.clone();
        Ok(BlockingDownload::new(api, job, driven.output.head, driven.body).handed_out())
    }
}

impl<B> fmt::Debug for WaitCall<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitCall").field("job", &self.job).field("wait", &self.wait).finish_non_exhaustive()
    }
}

impl<B> fmt::Debug for Finished<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").field("job", &self.job).finish_non_exhaustive()
    }
}
