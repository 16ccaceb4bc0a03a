//! `Client`: the endpoints as methods, over any backend.

mod call;
mod download;
mod download_call;
mod export;
mod profiles;
mod unsent;
mod wait;

use std::fmt;
use std::sync::Arc;

use crate::api::Api;
use crate::backend::{AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend};
use crate::endpoint::{
    DownloadJob, Endpoint, ExportProfiles, ExportSegment, GetJob, GetProfile, ListApps, ListJobs,
    ListSegments,
};
use crate::id::{AppId, JobId, ProfileId, ProfileIds, SegmentId};
use crate::options::CallOptions;

pub use call::Call;
pub(crate) use download::Broken;
pub use download::{BlockingDownload, Download};
pub use export::CompletedJob;
pub use profiles::{BlockingProfiles, Profiles};
pub use wait::WaitCall;

/// The API over a backend: one method for each endpoint. Cheap to clone.
///
/// Each method returns a [`Call`]. Nothing is sent before its `send().await`, or `send_blocking()` over a blocking backend.
///
/// ```
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let client = Client::new(api, ()); // a backend goes here: without one, nothing can be sent
/// assert_eq!(client.list_apps().request().uri(), "https://artisan.example/public/api/apps");
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// A plain `Client` has a [`BoxedBackend`]. [`boxed()`](Self::boxed) makes one from a client over any async backend, such as
/// `Client<FakeArtisan>`, and [`boxed_blocking()`](Self::boxed_blocking) does so for a blocking one:
///
/// ```
/// # use useartisan::{AsyncBackend, Client};
/// struct Reports { artisan: Client }
/// # fn reports<B: AsyncBackend<Body: 'static> + 'static>(client: Client<B>) -> Reports {
/// Reports { artisan: client.boxed() }
/// # }
/// ```
///
/// [`options`](Self::options) are for all calls. A call can have its own:
///
/// ```
/// use std::time::Duration;
/// use useartisan::{Api, CallOptions, Client, Credentials, Retry, Timeouts};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let options = CallOptions::default()
///     .with_timeouts(Timeouts::default().with_total(Duration::from_secs(20)))
///     .with_retry(Retry::default().with_attempts(10));
/// let client = Client::new(api, ()).options(options); // and a backend
/// # let _ = client;
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// A call holds a clone of its client, so it can be spawned:
///
/// ```
/// # #[cfg(feature = "fake")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let client = useartisan::fake::FakeArtisan::with_sample_data().client();
/// let apps = tokio::spawn(client.list_apps().send()).await.unwrap()?;
/// # assert_eq!(apps.len(), 2);
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
pub struct Client<B = BoxedBackend> {
    api: Api,
    backend: Arc<B>,
    options: Arc<CallOptions>,
}

impl<B> Client<B> {
    /// Makes a client of the API over this backend.
    pub fn new(api: Api, backend: B) -> Self {
        Client { api, backend: Arc::new(backend), options: Arc::default() }
    }

    /// Sets options of all calls. Those that are not set stay as they were.
    #[must_use]
    pub fn options(self, options: impl Into<CallOptions>) -> Self {
        Client { options: Arc::new(self.options.with_all(options.into())), ..self }
    }

    /// The client with options for one call.
    fn for_call(self, options: impl Into<CallOptions>) -> Self {
        Client { options: Arc::new(self.options.with_call(options.into())), ..self }
    }

    /// The API that the requests are built from.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The backend that sends the requests.
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.backend
    }

    /// Calls any endpoint, of this crate or your own.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::ListApps;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// let apps = client.call(ListApps::new()).send_blocking()?; // or your own `Endpoint`
    /// assert_eq!(apps.len(), 2);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<B, E> {
        Call::new(self.clone(), endpoint)
    }

    /// Lists the apps of the organization.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// for app in client.list_apps().send_blocking()? {
    ///     println!("{}: {app}", app.id());
    /// }
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn list_apps(&self) -> Call<B, ListApps> {
        self.call(ListApps::new())
    }

    /// Gets one user's profile.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::{OptionalExt, ProfileId};
    ///
    /// let fake = FakeArtisan::new();
    /// let app = fake.add_app("Demo");
    /// fake.add_profile(&app, [("sharedUserId", "ann"), ("age", "54")]);
    ///
    /// let client = fake.client();
    /// let profile = client.get_profile(&app, ProfileId::shared_user("ann")?).send_blocking()?;
    /// assert_eq!(profile.age()?, Some(54));
    /// let nobody = client.get_profile(&app, ProfileId::shared_user("bob")?).send_blocking().optional()?;
    /// assert_eq!(nobody, None);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn get_profile(&self, app: impl Into<AppId>, id: impl Into<ProfileId>) -> Call<B, GetProfile> {
        self.call(GetProfile::new(app, id))
    }

    /// Starts a job that exports the profiles of these users.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::ProfileIds;
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::new().complete_jobs_after(2);
    /// let app = fake.add_app("Demo");
    /// fake.add_profile(&app, [("sharedUserId", "ann")]);
    /// fake.add_profile(&app, [("sharedUserId", "bob")]);
    ///
    /// let client = fake.client();
    /// let ids = ProfileIds::shared_user(["ann", "bob"])?;
    /// let completed = client.export_profiles(&app, ids).send_and_wait_blocking()?;
    /// assert_eq!(completed.download().profiles_blocking()?.count(), 2);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn export_profiles(
        &self,
        app: impl Into<AppId>,
        ids: impl Into<ProfileIds>,
    ) -> Call<B, ExportProfiles> {
        self.call(ExportProfiles::new(app, ids))
    }

    /// Lists the segments of an app.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// let app = client.list_apps().send_blocking()?.remove(0);
    /// for segment in client.list_segments(&app).send_blocking()? {
    ///     println!("{}: {segment}", segment.id());
    /// }
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn list_segments(&self, app: impl Into<AppId>) -> Call<B, ListSegments> {
        self.call(ListSegments::new(app))
    }

    /// Starts a job that exports the profiles of a segment's users.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().complete_jobs_after(2).client();
    /// let app = client.list_apps().send_blocking()?.remove(0);
    /// let segment = client.list_segments(&app).send_blocking()?.remove(0);
    /// let queued = client.export_segment(&app, &segment).send_blocking()?;
    /// assert!(client.wait_for_job(&queued).just_started().send_blocking()?.status().is_finished());
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn export_segment(
        &self,
        app: impl Into<AppId>,
        segment: impl Into<SegmentId>,
    ) -> Call<B, ExportSegment> {
        self.call(ExportSegment::new(app, segment))
    }

    /// Lists the export jobs of the organization.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::JobStatus;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// assert_eq!(client.list_jobs().send_blocking()?.len(), 3);
    /// assert_eq!(client.list_jobs().status(JobStatus::Complete).send_blocking()?.len(), 1);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn list_jobs(&self) -> Call<B, ListJobs> {
        self.call(ListJobs::new())
    }

    /// Gets the details of an export job.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// let job = client.list_jobs().send_blocking()?.remove(0);
    /// assert_eq!(client.get_job(&job).send_blocking()?.id(), job.id());
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn get_job(&self, job: impl Into<JobId>) -> Call<B, GetJob> {
        self.call(GetJob::new(job))
    }

    /// Downloads the result of a job. The call can decode it, save it, read it whole, or open it.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::JobStatus;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// let job = client.list_jobs().status(JobStatus::Complete).send_blocking()?.remove(0);
    /// for profile in client.download_job(&job).profiles_blocking()? {
    ///     println!("{:?}", profile?.id());
    /// }
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn download_job(&self, job: impl Into<JobId>) -> Call<B, DownloadJob> {
        self.call(DownloadJob::new(job))
    }
}

impl<B> Client<B> {
    /// Erases the backend's type, and returns a plain `Client`.
    ///
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::Client;
    ///
    /// /// No parameter to carry around.
    /// struct Report {
    ///     artisan: Client,
    /// }
    ///
    /// let report = Report { artisan: FakeArtisan::with_sample_data().client().boxed() };
    /// assert_eq!(report.artisan.list_apps().send().await?.len(), 2);
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn boxed(self) -> Client
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        Client { api: self.api, backend: Arc::new(BoxedBackend::new(self.backend)), options: self.options }
    }
}

impl<B> Client<B> {
    /// Erases the type of a blocking backend.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::fake::FakeArtisan;
    /// use useartisan::{Client, BoxedBlockingBackend};
    ///
    /// let client: Client<BoxedBlockingBackend> = FakeArtisan::with_sample_data().client().boxed_blocking();
    /// assert_eq!(client.list_apps().send_blocking()?.len(), 2);
    /// # }
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn boxed_blocking(self) -> Client<BoxedBlockingBackend>
    where
        B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
    {
        Client {
            api: self.api,
            backend: Arc::new(BoxedBlockingBackend::new(self.backend)),
            options: self.options,
        }
    }
}

impl<B> Clone for Client<B> {
    fn clone(&self) -> Self {
        Client {
            api: self.api.clone(),
            backend: Arc::clone(&self.backend),
            options: Arc::clone(&self.options),
        }
    }
}

impl<B> fmt::Debug for Client<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
