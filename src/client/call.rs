//! `Call`: one call of an endpoint.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::Client;
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::decode::DecodeOptions;
use crate::endpoint::{CallbackUrl, DownloadJob, Endpoint, ExportProfiles, ExportSegment, ListJobs};
use crate::error::Error;

use crate::machine::{Exchange, Watch, drive, drive_blocking};
use crate::model::JobStatus;
use crate::options::CallOptions;

/// A call that is not sent yet. `send().await` sends it, or `send_blocking()` over a blocking backend.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::time::Duration;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{CallbackUrl, JobStatus, Limits, Retry, Timeouts, decode::DecodeOptions};
///
/// let client = FakeArtisan::with_sample_data().client();
/// let call = client.list_jobs().status(JobStatus::Complete).options(Retry::none());
/// assert_eq!(call.request().uri().query(), Some("status=COMPLETE"));
/// let job = call.send_blocking()?.remove(0);
///
/// let raw = client.get_job(&job).options(Limits::default().with_body(4096)).send_raw_blocking()?;
/// println!("{}: {:?}", raw.status(), raw.body());
///
/// let app = client.list_apps().send_blocking()?.remove(0);
/// let segment = client.list_segments(&app).send_blocking()?.remove(0);
/// let quick = Timeouts::default().with_total(Duration::from_secs(5));
/// let url = CallbackUrl::new("http://10.0.0.5:8080/done")?;
/// client.export_segment(&app, &segment).options(quick).callback_url(url).send_blocking()?;
///
/// // A download can be read whole, as it arrives, or record by record.
/// let download = || client.download_job(&job);
/// let whole = download().bytes_blocking(1 << 20)?;
/// let mut pieces = download().any_format().open_blocking()?;
/// assert!(whole.starts_with(&pieces.next_chunk_blocking()?.unwrap()));
/// let records = download().decoding(DecodeOptions::default().with_attributes(100)).profiles_blocking()?;
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
/// use useartisan::{JobNotifier, Polling};
///
/// let client = FakeArtisan::with_sample_data().complete_jobs_after(2).client();
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
///
/// // A call that starts a job can wait for it.
/// let app = client.list_apps().send().await?.remove(0);
/// let segment = client.list_segments(&app).send().await?.remove(0);
/// let export = client
///     .export_segment(&app, &segment)
///     .polling(Polling::default().with_deadline(std::time::Duration::from_secs(3600)))
///     .on_progress(|progress| println!("{:?} after {:?}", progress.status, progress.elapsed))
///     .notified_by(&JobNotifier::new()); // of the server that receives callbacks
/// export.send_and_wait().await?;
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct Call<B, E> {
    /// The client, with the options of this call.
    pub(super) client: Client<B>,
    pub(super) endpoint: E,
    /// How a job that the call starts is waited for.
    pub(super) watch: Watch,
}

impl<B, E> Call<B, E> {
    pub(super) fn new(client: Client<B>, endpoint: E) -> Self {
        Call { client, endpoint, watch: Watch::default() }
    }

    /// Sets options of this call. The client's options fill in what is not set. The time-outs of a call hold for its download
    /// too.
    pub fn options(mut self, options: impl Into<CallOptions>) -> Self {
        self.client = self.client.for_call(options);
        self
    }

    /// Returns the client of this call, with the options of the call.
    #[must_use]
    pub fn client(&self) -> &Client<B> {
        &self.client
    }

    fn with(self, set: impl FnOnce(E) -> E) -> Self {
        Call { endpoint: set(self.endpoint), ..self }
    }
}

impl<B, E: Endpoint> Call<B, E> {
    /// Returns the request that would be sent.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        self.endpoint.request(&self.client.api)
    }
}

impl<B> Client<B> {
    fn parsed<E: Endpoint>(&self, endpoint: E, seed: u64) -> Exchange<E> {
        Exchange::new(&self.api, endpoint).with_options(&self.options.seeded(seed))
    }

    fn raw<E: Endpoint>(&self, endpoint: E, seed: u64) -> Exchange<E, Response<Bytes>> {
        Exchange::raw(&self.api, endpoint).with_options(&self.options.seeded(seed))
    }
}

// The bounds are on the methods, so that the compiler prints the notes of the traits.
impl<B, E: Endpoint> Call<B, E> {
    /// Sends the call and reads its answer.
    ///
    /// # Errors
    /// Those of [`Endpoint::parse`], and [`Transport`](crate::ErrorKind::Transport),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) and [`Limit`](crate::ErrorKind::Limit). A POST that may have been acted upon
    /// ends in [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown). Each names the endpoint.
    pub async fn send(self) -> Result<E::Output, Error>
    where
        B: AsyncBackend,
    {
        let Call { client, endpoint, .. } = self;
        drive(&*client.backend, &mut client.parsed(endpoint, client.backend.seed()))
            .await
            .map(|driven| driven.output)
    }

    /// Sends the call over a blocking backend, and reads its answer. It blocks until the answer is there, retries and the waits
    /// between them included.
    ///
    /// # Errors
    /// Those of [`Endpoint::parse`], and [`Transport`](crate::ErrorKind::Transport),
    /// [`TimedOut`](crate::ErrorKind::TimedOut) and [`Limit`](crate::ErrorKind::Limit). A POST that may have been acted upon
    /// ends in [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown). Each names the endpoint.
    pub fn send_blocking(self) -> Result<E::Output, Error>
    where
        B: BlockingBackend,
    {
        let Call { client, endpoint, .. } = self;
        drive_blocking(&*client.backend, &mut client.parsed(endpoint, client.backend.seed()))
            .map(|driven| driven.output)
    }

    /// Sends the call and returns the response as it came, with its whole body, whatever its status.
    ///
    /// Neither the status nor a content coding is interpreted, and keys that the server echoes are not removed.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport), [`TimedOut`](crate::ErrorKind::TimedOut), and
    /// [`Limit`](crate::ErrorKind::Limit) for a body over [`Limits::body`](crate::Limits::body); for a POST,
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
    pub async fn send_raw(self) -> Result<Response<Bytes>, Error>
    where
        B: AsyncBackend,
    {
        let Call { client, endpoint, .. } = self;
        drive(&*client.backend, &mut client.raw(endpoint, client.backend.seed()))
            .await
            .map(|driven| driven.output)
    }

    /// Sends the call over a blocking backend, and returns the response as it came, with its whole body, whatever its status.
    ///
    /// Neither the status nor a content coding is interpreted, and keys that the server echoes are not removed.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport), [`TimedOut`](crate::ErrorKind::TimedOut), and
    /// [`Limit`](crate::ErrorKind::Limit) for a body over [`Limits::body`](crate::Limits::body); for a POST,
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
    pub fn send_raw_blocking(self) -> Result<Response<Bytes>, Error>
    where
        B: BlockingBackend,
    {
        let Call { client, endpoint, .. } = self;
        drive_blocking(&*client.backend, &mut client.raw(endpoint, client.backend.seed()))
            .map(|driven| driven.output)
    }
}

impl<B> Call<B, ListJobs> {
    /// Lists the jobs of this status only.
    pub fn status(self, status: JobStatus) -> Self {
        self.with(|endpoint| endpoint.status(status))
    }
}

impl<B> Call<B, ExportProfiles> {
    /// Sets the URL that the service calls when the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        self.with(|endpoint| endpoint.callback_url(url))
    }
}

impl<B> Call<B, ExportSegment> {
    /// Sets the URL that the service calls when the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        self.with(|endpoint| endpoint.callback_url(url))
    }
}

impl<B> Call<B, DownloadJob> {
    /// Accepts a result that is not JSON: see [`DownloadJob::any_format`].
    pub fn any_format(self) -> Self {
        self.with(DownloadJob::any_format)
    }

    /// Sets the options of the decoder: see [`DownloadJob::decoding`].
    pub fn decoding(self, options: DecodeOptions) -> Self {
        self.with(|endpoint| endpoint.decoding(options))
    }
}

impl<B, E: fmt::Debug> fmt::Debug for Call<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
