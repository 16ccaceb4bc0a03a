//! Jobs from their start to their result: the whole export.

use std::fmt;

use super::call::Call;
use super::{Client, WaitCall};
use crate::backend::{AsyncBackend, BlockingBackend, drive, drive_blocking};
use crate::machine::{Export, Settings, StartJob};
use crate::{
    BlockingDownload, BlockingProfiles, Download, DownloadJob, Endpoint, Error, Job, JobId, Profiles,
    QueuedJob, Wait,
};

/// A job that is complete: its result can be downloaded.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::fake::FakeArtisan;
///
/// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
/// let (app, client) = (fake.apps().remove(0), fake.client());
/// let segment = fake.segments(&app).remove(0);
///
/// let finished = client.export_segment(&app, &segment).send_and_wait().await?;
/// println!("{} began {:?}", finished.job().id(), finished.job().start());
/// let mut profiles = finished.download().await?; // decoded as they come
/// while let Some(record) = profiles.next_record().await? {
///     println!("{:?}", record.age()?);
/// }
/// let whole = finished.call().bytes(1 << 20).await?; // or as they are
/// assert!(whole.starts_with(b"{"));
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
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
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::Wait;
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let wait = Wait::new().observe(|told| println!("{}", told.status));
    /// let finished = client.export_segment(&app, &segment).waiting(wait).send_and_wait_blocking()?;
    /// assert!(finished.job().status().is_finished());
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
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
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let finished = client.export_segment(&app, &segment).send_and_wait().await?;
    /// assert_eq!(finished.call().send().await?.len(), 2);
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
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
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let download = client.export_segment(&app, &segment).send_and_open().await?;
    /// assert!(download.bytes(1 << 20).await?.starts_with(b"{"));
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
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
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let finished = client.export_segment(&app, &segment).send_and_wait_blocking()?;
    /// assert_eq!(finished.download_blocking()?.count(), 2);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
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
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let mut download = client.export_segment(&app, &segment).send_and_open_blocking()?;
    /// std::io::copy(&mut download, &mut std::io::sink()).unwrap();
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
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

impl<B> fmt::Debug for Finished<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").field("job", &self.job).finish_non_exhaustive()
    }
}
