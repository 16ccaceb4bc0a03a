//! Jobs from their start to their result: waiting, and the whole export.

use std::fmt;

use super::Client;
use super::call::Call;
use crate::backend::{AsyncBackend, BlockingBackend, drive, drive_blocking};
use crate::machine::{Export, StartJob, WaitForJob};
use crate::{
    BlockingDownload, BlockingProfiles, Download, DownloadJob, Endpoint, Error, Job, JobId, Profiles,
    QueuedJob, Wait,
};

impl<B> Client<B> {
    /// Waits until a job is complete.
    pub fn wait_for_job(&self, job: impl Into<JobId>) -> WaitCall<'_, B> {
        WaitCall { client: self, job: job.into(), wait: Wait::default() }
    }

    fn waiting_for(&self, job: JobId, wait: Wait, seed: u64) -> WaitForJob {
        WaitForJob::with_settings(&self.api, job, self.settings, seed).waiting(wait)
    }
}

/// A wait for a job, not begun yet.
#[must_use = "a wait does nothing until it is sent"]
pub struct WaitCall<'client, B> {
    client: &'client Client<B>,
    job: JobId,
    wait: Wait,
}

impl<B> WaitCall<'_, B> {
    /// Sets how often the job is asked for, who is told, and what ends a pause early.
    pub fn waiting(self, wait: Wait) -> Self {
        WaitCall { wait, ..self }
    }
}

impl<B: AsyncBackend> WaitCall<'_, B> {
    /// Asks for the job until it is complete.
    ///
    /// # Errors
    /// [`JobFailed`](crate::ErrorKind::JobFailed) with the job, [`JobVanished`](crate::ErrorKind::JobVanished),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) at the deadline with the last status, and those of
    /// [`get_job`](Client::get_job).
    pub async fn send(self) -> Result<Job, Error> {
        let backend = &*self.client.backend;
        let machine = self.client.waiting_for(self.job, self.wait, backend.seed());
        Ok(drive(backend, machine).await?.output)
    }
}

impl<B: BlockingBackend> WaitCall<'_, B> {
    /// As `send` of an async backend.
    ///
    /// # Errors
    /// [`JobFailed`](crate::ErrorKind::JobFailed) with the job, [`JobVanished`](crate::ErrorKind::JobVanished),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) at the deadline with the last status, and those of
    /// [`get_job`](Client::get_job).
    pub fn send_blocking(self) -> Result<Job, Error> {
        let backend = &*self.client.backend;
        let machine = self.client.waiting_for(self.job, self.wait, backend.seed());
        Ok(drive_blocking(backend, machine)?.output)
    }
}

/// A job that is complete: its result can be downloaded.
pub struct Finished<'client, B> {
    client: &'client Client<B>,
    job: Job,
}

impl<'client, B> Finished<'client, B> {
    /// The job.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// A call of its download: to be saved, read whole, or handed out as it comes.
    pub fn call(&self) -> Call<'client, B, DownloadJob> {
        self.client.download_job(&self.job)
    }
}

impl<B: AsyncBackend> Finished<'_, B> {
    /// Opens the download and decodes its records as they come.
    ///
    /// # Errors
    /// Those of [`download_job`](Client::download_job).
    pub async fn download(&self) -> Result<Profiles<B::Body>, Error> {
        self.call().profiles().await
    }
}

impl<B: BlockingBackend> Finished<'_, B> {
    /// As `download` of an async backend.
    ///
    /// # Errors
    /// Those of [`download_job`](Client::download_job).
    pub fn download_blocking(&self) -> Result<BlockingProfiles<B::Body>, Error> {
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
        StartJob::with_settings(&self.client.api, &self.endpoint, self.settings, seed)
    }

    fn whole(&mut self, seed: u64) -> Export<&E> {
        let wait = std::mem::take(&mut self.wait);
        Export::with_settings(&self.client.api, &self.endpoint, self.settings, seed).waiting(wait)
    }
}

impl<'client, B: AsyncBackend, E: Endpoint<Output = QueuedJob>> Call<'client, B, E> {
    /// Starts the job and waits until it is complete.
    ///
    /// The job is never started twice: see [`StartJob`]. A future that is dropped while it waits leaves the job to
    /// the service, where [`list_jobs`](Client::list_jobs) shows it.
    ///
    /// # Errors
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) with the jobs that may be it, those of
    /// [`send`](Self::send), and those of [`wait_for_job`](Client::wait_for_job).
    pub async fn send_and_wait(self) -> Result<Finished<'client, B>, Error> {
        let (client, backend) = (self.client, &*self.client.backend);
        let queued = drive(backend, self.start(backend.seed())).await?.output;
        let machine = client.waiting_for(queued.into(), self.wait, backend.seed());
        Ok(Finished { client, job: drive(backend, machine).await?.output })
    }

    /// Starts the job, waits until it is complete, and opens its download.
    ///
    /// # Errors
    /// As [`send_and_wait`](Self::send_and_wait), and those of [`download_job`](Client::download_job).
    pub async fn send_and_open(mut self) -> Result<Download<B::Body>, Error> {
        let backend = &*self.client.backend;
        let driven = drive(backend, self.whole(backend.seed())).await?;
        let job = DownloadJob::new(driven.output.job);
        let api = self.client.api.clone();
        Ok(Download::new(api, job, driven.output.head, driven.body).handed_out())
    }
}

impl<'client, B: BlockingBackend, E: Endpoint<Output = QueuedJob>> Call<'client, B, E> {
    /// As `send_and_wait` of an async backend.
    ///
    /// # Errors
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) with the jobs that may be it, those of
    /// [`send_blocking`](Self::send_blocking), and those of [`wait_for_job`](Client::wait_for_job).
    pub fn send_and_wait_blocking(self) -> Result<Finished<'client, B>, Error> {
        let (client, backend) = (self.client, &*self.client.backend);
        let queued = drive_blocking(backend, self.start(backend.seed()))?.output;
        let machine = client.waiting_for(queued.into(), self.wait, backend.seed());
        Ok(Finished { client, job: drive_blocking(backend, machine)?.output })
    }

    /// As `send_and_open` of an async backend.
    ///
    /// # Errors
    /// As [`send_and_wait_blocking`](Self::send_and_wait_blocking), and those of
    /// [`download_job`](Client::download_job).
    pub fn send_and_open_blocking(mut self) -> Result<BlockingDownload<B::Body>, Error> {
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
