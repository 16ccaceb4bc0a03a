//! `Call`: one call of an endpoint, to be tuned, looked at and sent.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::{Client, Reopening};
use crate::backend::{AsyncBackend, BlockingBackend, drive, drive_blocking};
use crate::endpoint::Unparsed;
use crate::machine::{Exchange, RawExchange};
use crate::settings::Settings;
use crate::{
    BlockingDownload, BlockingProfiles, CallbackUrl, Download, DownloadJob, Endpoint, Error, ExportProfiles,
    ExportSegment, JobStatus, Limits, ListJobs, Profiles, Retry, Timeouts, Wait, export,
};

/// One call, not sent yet.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::time::Duration;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{CallbackUrl, JobStatus, Limits, Retry, Timeouts, export::Settings};
///
/// let client = FakeArtisan::with_sample_data().client();
/// let call = client.list_jobs().status(JobStatus::Complete).retry(Retry::none());
/// assert_eq!(call.request().uri().query(), Some("status=COMPLETE"));
/// let job = call.send_blocking()?.remove(0);
///
/// let raw = client.get_job(&job).limits(Limits::default().with_body(4096)).send_raw_blocking()?;
/// println!("{}: {:?}", raw.status(), raw.body());
///
/// let app = client.list_apps().send_blocking()?.remove(0);
/// let segment = client.list_segments(&app).send_blocking()?.remove(0);
/// let quick = Timeouts::default().with_total(Duration::from_secs(5));
/// let url = CallbackUrl::new("http://10.0.0.5:8080/done")?;
/// client.export_segment(&app, &segment).timeouts(quick).callback_url(url).send_blocking()?;
///
/// // A download has more ways to be read: whole, as it comes, record by record.
/// let download = || client.download_job(&job);
/// let whole = download().bytes_blocking(1 << 20)?;
/// let mut pieces = download().any_format().open_blocking()?;
/// assert!(whole.starts_with(pieces.next_chunk()?.unwrap()));
/// let records = download().decoding(Settings::new().attributes(100)).profiles_blocking()?;
/// assert_eq!(records.count(), 2);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// The same with futures:
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let jobs = client.list_jobs().send().await?;
/// let raw = client.get_job(&jobs[0]).send_raw().await?;
/// assert_eq!(raw.status(), 200);
///
/// let job = jobs.iter().find(|job| job.status().is_finished()).unwrap();
/// let whole = client.download_job(job).bytes(1 << 20).await?;
/// let mut pieces = client.download_job(job).open().await?;
/// assert!(whole.starts_with(&pieces.next_chunk().await?.unwrap()));
/// let mut records = client.download_job(job).profiles().await?;
/// assert!(records.next_record().await?.is_some());
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'client, B, E> {
    pub(super) client: &'client Client<B>,
    pub(super) endpoint: E,
    pub(super) settings: Settings,
    /// How a job that the call starts is waited for.
    pub(super) wait: Wait,
}

impl<'client, B, E> Call<'client, B, E> {
    pub(super) fn new(client: &'client Client<B>, endpoint: E) -> Self {
        Call { client, endpoint, settings: client.settings, wait: Wait::default() }
    }

    /// The client that this is a call of.
    #[must_use]
    pub fn client(&self) -> &'client Client<B> {
        self.client
    }

    fn with(self, set: impl FnOnce(E) -> E) -> Self {
        Call { endpoint: set(self.endpoint), ..self }
    }
}

impl<B, E: Endpoint> Call<'_, B, E> {
    /// What would be sent.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        self.endpoint.request(&self.client.api)
    }

    /// Sets how long this call may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings = self.settings.timeouts(timeouts).download_timeouts(timeouts);
        self
    }

    /// Sets how often this call is tried.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.retry = retry;
        self
    }

    /// Sets how much of the body is read and kept.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    pub(super) fn exchange<F: Endpoint>(&self, endpoint: F, seed: u64) -> Exchange<F> {
        Exchange::with_settings(&self.client.api, endpoint, self.settings.seed(seed))
    }
}

// What is asked of a backend stands at each method. There the compiler says what the trait has to say of a type that
// lacks it; at the `impl` it would only say that there is no such method.
impl<B, E: Endpoint> Call<'_, B, E> {
    /// Sends the call and reads its answer.
    ///
    /// # Errors
    /// Those of [`Endpoint::parse`], and [`Transport`](crate::ErrorKind::Transport),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) and [`Limit`](crate::ErrorKind::Limit); each names the endpoint.
    pub async fn send(self) -> Result<E::Output, Error>
    where
        B: AsyncBackend,
    {
        let mut exchange = self.exchange(&self.endpoint, self.client.backend.seed());
        Ok(drive(&*self.client.backend, &mut exchange).await?.output)
    }

    /// Sends the call and hands out its answer as it came, of whatever status, its body read whole.
    ///
    /// Nothing is interpreted here: not the status, not a content coding. The headers and the body may hold
    /// whatever the server sent.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport), [`TimedOut`](crate::ErrorKind::TimedOut), and
    /// [`Limit`](crate::ErrorKind::Limit) for a body over [`Limits::body`].
    pub async fn send_raw(self) -> Result<Response<Bytes>, Error>
    where
        B: AsyncBackend,
    {
        let mut exchange =
            RawExchange::new(self.exchange(Unparsed(&self.endpoint), self.client.backend.seed()));
        Ok(drive(&*self.client.backend, &mut exchange).await?.output)
    }
}

impl<B, E: Endpoint> Call<'_, B, E> {
    /// As `send` of an async backend.
    ///
    /// # Errors
    /// Those of [`Endpoint::parse`], and [`Transport`](crate::ErrorKind::Transport),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) and [`Limit`](crate::ErrorKind::Limit); each names the endpoint.
    pub fn send_blocking(self) -> Result<E::Output, Error>
    where
        B: BlockingBackend,
    {
        let mut exchange = self.exchange(&self.endpoint, self.client.backend.seed());
        Ok(drive_blocking(&*self.client.backend, &mut exchange)?.output)
    }

    /// As `send_raw` of an async backend.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport), [`TimedOut`](crate::ErrorKind::TimedOut), and
    /// [`Limit`](crate::ErrorKind::Limit) for a body over [`Limits::body`].
    pub fn send_raw_blocking(self) -> Result<Response<Bytes>, Error>
    where
        B: BlockingBackend,
    {
        let mut exchange =
            RawExchange::new(self.exchange(Unparsed(&self.endpoint), self.client.backend.seed()));
        Ok(drive_blocking(&*self.client.backend, &mut exchange)?.output)
    }
}

impl<B> Call<'_, B, ListJobs> {
    /// Only the jobs of this status.
    pub fn status(self, status: JobStatus) -> Self {
        self.with(|endpoint| endpoint.status(status))
    }
}

impl<B> Call<'_, B, ExportProfiles> {
    /// Where the service is to tell that the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        self.with(|endpoint| endpoint.callback_url(url))
    }
}

impl<B> Call<'_, B, ExportSegment> {
    /// Where the service is to tell that the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        self.with(|endpoint| endpoint.callback_url(url))
    }
}

impl<B> Call<'_, B, DownloadJob> {
    /// Takes the result as it comes, see [`DownloadJob::any_format`].
    pub fn any_format(self) -> Self {
        self.with(DownloadJob::any_format)
    }

    /// Sets what the decoder of the records expects, see [`DownloadJob::decoding`].
    pub fn decoding(self, settings: export::Settings) -> Self {
        self.with(|endpoint| endpoint.decoding(settings))
    }
}

impl<'client, B> Call<'client, B, DownloadJob> {
    /// Opens the download: its head is there, its body not yet read.
    ///
    /// What comes of it is handed out as it comes, so a body that breaks off is an error, and not downloaded again.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn open(self) -> Result<Download<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        Ok(self.reopening().open().await?.handed_out())
    }

    /// Opens the download and decodes its records as they come, in constant memory.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn profiles(self) -> Result<Profiles<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        Ok(self.open().await?.profiles())
    }

    /// Reads the whole result, of at most `limit` bytes.
    ///
    /// Nothing is handed out before the end, so where the body breaks off or stalls, it is downloaded again from
    /// its start: within the attempts and the deadline of [`Retry`], which count all of it.
    ///
    /// # Errors
    /// As [`send`](Self::send), and those of [`Download::next_chunk`].
    pub async fn bytes(self, limit: usize) -> Result<Bytes, Error>
    where
        B: AsyncBackend,
    {
        let mut reopening = self.reopening();
        let mut download = reopening.open().await?;
        loop {
            match download.bytes(limit).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => download = reopening.after(error).await?,
            }
        }
    }

    pub(crate) fn reopening(self) -> Reopening<'client, B>
    where
        B: AsyncBackend,
    {
        let seed = self.client.backend.seed();
        Reopening::new(self, seed)
    }
}

impl<'client, B> Call<'client, B, DownloadJob> {
    /// As `open` of an async backend.
    ///
    /// # Errors
    /// As [`send_blocking`](Self::send_blocking).
    pub fn open_blocking(self) -> Result<BlockingDownload<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        Ok(self.reopening_blocking().open_blocking()?.handed_out())
    }

    /// As `profiles` of an async backend.
    ///
    /// # Errors
    /// As [`send_blocking`](Self::send_blocking).
    pub fn profiles_blocking(self) -> Result<BlockingProfiles<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        Ok(self.open_blocking()?.profiles())
    }

    /// As `bytes` of an async backend.
    ///
    /// # Errors
    /// As [`send_blocking`](Self::send_blocking), and those of [`BlockingDownload::next_chunk`].
    pub fn bytes_blocking(self, limit: usize) -> Result<Bytes, Error>
    where
        B: BlockingBackend,
    {
        let mut reopening = self.reopening_blocking();
        let mut download = reopening.open_blocking()?;
        loop {
            match download.bytes(limit) {
                Ok(bytes) => return Ok(bytes),
                Err(error) => download = reopening.after_blocking(error)?,
            }
        }
    }

    pub(crate) fn reopening_blocking(self) -> Reopening<'client, B>
    where
        B: BlockingBackend,
    {
        let seed = self.client.backend.seed();
        Reopening::new(self, seed)
    }
}

impl<B, E: fmt::Debug> fmt::Debug for Call<'_, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
