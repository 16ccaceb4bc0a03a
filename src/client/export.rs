//! A whole export: starting a job, waiting for it, and its result.

use std::fmt;

use super::{Call, Client};
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::endpoint::{DownloadJob, Endpoint};
use crate::error::Error;
use crate::machine::{Export, drive, drive_blocking, watched};
use crate::model::{Job, QueuedJob};

/// A job that is complete, so its result can be downloaded.
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
/// let completed = client.export_segment(&app, &segment).send_and_wait().await?;
/// println!("{} began {:?}", completed.job().id(), completed.job().start());
/// let mut profiles = completed.download().profiles().await?; // decoded as they come
/// while let Some(record) = profiles.next_record().await? {
///     println!("{:?}", record.age()?);
/// }
/// let whole = completed.download().bytes(1 << 20).await?; // or as they are
/// assert!(whole.starts_with(b"{"));
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
pub struct CompletedJob<B> {
    /// The client, with the options of the call that started the job.
    client: Client<B>,
    job: Job,
}

impl<B> CompletedJob<B> {
    /// The job.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Returns the call that downloads the result. It has the options of the call that started the job.
    pub fn download(&self) -> Call<B, DownloadJob> {
        self.client.download_job(&self.job)
    }
}

watched! { impl<B, E: Endpoint<Output = QueuedJob>> Call<B, E> }

impl<B, E: Endpoint<Output = QueuedJob>> Call<B, E> {
    /// Starts the job and waits until it is complete.
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
    /// let export = client
    ///     .export_segment(&app, &segment)
    ///     .on_progress(|progress| println!("{:?} after {:?}", progress.status, progress.elapsed));
    /// let completed = export.send_and_wait().await?;
    /// assert_eq!(completed.download().send().await?.len(), 2);
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Those of [`send`](Self::send): [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if the job may have been
    /// started. Then those of [`wait_for_job`](Client::wait_for_job), with the job's [id](Error::job_id).
    pub async fn send_and_wait(self) -> Result<CompletedJob<B>, Error>
    where
        B: AsyncBackend,
    {
        let client = self.client.clone();
        let backend = client.backend();
        let job = drive(backend, &mut self.export(backend.seed())).await?.output;
        Ok(CompletedJob { client, job })
    }

    /// Starts the job and waits until it is complete, over a blocking backend.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use std::time::Duration;
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::{JobNotifier, Polling};
    ///
    /// let fake = FakeArtisan::with_sample_data().complete_jobs_after(2);
    /// let (app, client) = (fake.apps().remove(0), fake.client());
    /// let segment = fake.segments(&app).remove(0);
    ///
    /// let notifier = JobNotifier::new(); // for the server that receives callbacks
    /// let completed = client
    ///     .export_segment(&app, &segment)
    ///     .polling(Polling::default().with_deadline(Duration::from_secs(3600)))
    ///     .on_progress(|progress| println!("{:?} after {:?}", progress.status, progress.elapsed))
    ///     .notified_by(&notifier)
    ///     .send_and_wait_blocking()?;
    /// assert_eq!(completed.download().profiles_blocking()?.count(), 2);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`send_and_wait`](Self::send_and_wait).
    pub fn send_and_wait_blocking(self) -> Result<CompletedJob<B>, Error>
    where
        B: BlockingBackend,
    {
        let client = self.client.clone();
        let backend = client.backend();
        let job = drive_blocking(backend, &mut self.export(backend.seed()))?.output;
        Ok(CompletedJob { client, job })
    }

    fn export(self, seed: u64) -> Export<E> {
        let Call { client, endpoint, watch } = self;
        Export::new(&client.api, endpoint).options(client.options.seeded(seed)).watched_by(watch)
    }
}

impl<B> fmt::Debug for CompletedJob<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletedJob").field("job", &self.job).finish_non_exhaustive()
    }
}
