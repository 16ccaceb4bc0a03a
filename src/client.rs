//! `Client`: the endpoints as methods, over any backend.

mod call;
mod export;
mod reopen;

use std::fmt;
use std::sync::Arc;

use crate::backend::{AsyncBackend, BlockingBackend, Erased, ErasedBlocking};
use crate::settings::Settings;
use crate::{
    Api, AppId, DownloadJob, Endpoint, ExportProfiles, ExportSegment, GetJob, GetProfile, JobId, Limits,
    ListApps, ListJobs, ListSegments, ProfileId, ProfileIds, Retry, SegmentId, Timeouts,
};

pub use call::Call;
pub use export::{Finished, WaitCall};
pub(crate) use reopen::Reopening;

/// The API over a backend: one method for each endpoint. Cheap to clone.
///
/// Each method returns a [`Call`], which is sent by `send().await` where the backend is async and by
/// `send_blocking()` where it blocks, and which can show its request without sending anything.
///
/// ```
/// use useartisan::{Api, Client, Credentials};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let client = Client::new(api, ()); // anything at all, as long as nothing is sent
/// assert_eq!(client.list_apps().request().uri(), "https://artisantools.com/public/api/apps");
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Client<B = Erased> {
    api: Api,
    backend: Arc<B>,
    settings: Settings,
}

impl<B> Client<B> {
    /// The API over this backend.
    pub fn new(api: Api, backend: B) -> Self {
        Client { api, backend: Arc::new(backend), settings: Settings::default() }
    }

    /// Sets how long opening a download, and reading it, may take. Default: [`Timeouts::for_download`].
    #[must_use]
    pub fn download_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.download_timeouts = Some(timeouts);
        self
    }

    /// Sets how long each call may take, but for downloads that are read as they come.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = Some(timeouts);
        self
    }

    /// Sets how often each call is tried.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.retry = retry;
        self
    }

    /// Sets how much of each body is read and kept.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// What the requests are built from.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// What the requests are sent by.
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.backend
    }

    /// A call of any endpoint, of this crate or of yours.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<'_, B, E> {
        Call::new(self, endpoint)
    }

    /// Lists the apps of the organization.
    pub fn list_apps(&self) -> Call<'_, B, ListApps> {
        self.call(ListApps::new())
    }

    /// Gets one user's profile.
    pub fn get_profile(&self, app: impl Into<AppId>, id: impl Into<ProfileId>) -> Call<'_, B, GetProfile> {
        self.call(GetProfile::new(app, id))
    }

    /// Starts a job that exports the profiles of these users.
    pub fn export_profiles(
        &self,
        app: impl Into<AppId>,
        ids: impl Into<ProfileIds>,
    ) -> Call<'_, B, ExportProfiles> {
        self.call(ExportProfiles::new(app, ids))
    }

    /// Lists the segments of an app.
    pub fn list_segments(&self, app: impl Into<AppId>) -> Call<'_, B, ListSegments> {
        self.call(ListSegments::new(app))
    }

    /// Starts a job that exports the profiles of a segment's users.
    pub fn export_segment(
        &self,
        app: impl Into<AppId>,
        segment: impl Into<SegmentId>,
    ) -> Call<'_, B, ExportSegment> {
        self.call(ExportSegment::new(app, segment))
    }

    /// Lists the export jobs of the organization.
    pub fn list_jobs(&self) -> Call<'_, B, ListJobs> {
        self.call(ListJobs::new())
    }

    /// Gets the details of an export job.
    pub fn get_job(&self, job: impl Into<JobId>) -> Call<'_, B, GetJob> {
        self.call(GetJob::new(job))
    }

    /// Downloads the result of a job: to be opened, saved or read whole.
    pub fn download_job(&self, job: impl Into<JobId>) -> Call<'_, B, DownloadJob> {
        self.call(DownloadJob::new(job))
    }
}

impl<B> Client<B> {
    /// The same client without its backend's type: plain `Client`.
    #[must_use]
    pub fn erase(self) -> Client
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        Client { api: self.api, backend: Arc::new(Erased::new(self.backend)), settings: self.settings }
    }
}

impl<B> Client<B> {
    /// The same client without its blocking backend's type.
    #[must_use]
    pub fn erase_blocking(self) -> Client<ErasedBlocking>
    where
        B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
    {
        Client {
            api: self.api,
            backend: Arc::new(ErasedBlocking::new(self.backend)),
            settings: self.settings,
        }
    }
}

impl<B> Clone for Client<B> {
    fn clone(&self) -> Self {
        Client { api: self.api.clone(), backend: Arc::clone(&self.backend), settings: self.settings }
    }
}

impl<B> fmt::Debug for Client<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
