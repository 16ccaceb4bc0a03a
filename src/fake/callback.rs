//! What the service would send to callback URLs.

use super::forms;
use crate::id::JobId;

/// What the service would send to a callback URL if the fake had a network.
///
/// It is documented that the path of the download is sent, but not the method and the form.
///
/// ```
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{CallbackUrl, callback};
///
/// let fake = FakeArtisan::with_sample_data().complete_jobs_after(1);
/// let (app, client) = (fake.apps().remove(0), fake.client());
/// let url = CallbackUrl::new("http://10.0.0.5/done")?;
/// let call = client.export_segment(&app, &fake.segments(&app)[0]).callback_url(url);
/// call.send_and_wait_blocking()?;
///
/// // Pass it to your own server's code:
/// let sent = fake.callbacks().remove(0);
/// let request = http::Request::post(sent.url()).body(sent.path()).unwrap();
/// assert_eq!(callback::parse(&fake.api(), &request)?.job(), Some(sent.job()));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SentCallback {
    url: String,
    job: JobId,
    path: String,
}

impl SentCallback {
    pub(super) fn new(url: String, job: JobId) -> Self {
        SentCallback { url, path: forms::download_path(&job), job }
    }

    /// The callback URL of the export, as it was sent.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The job that has finished.
    #[must_use]
    pub fn job(&self) -> &JobId {
        &self.job
    }

    /// The path of the download: `/public/api/jobs/{job_id}/download`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}
