//! `POST /public/api/apps/{app_id}/segments/{segment_id}/export`

use bytes::Bytes;
use http::{Request, Response};

use super::{CallbackUrl, Endpoint, json};
use crate::api::Api;
use crate::error::Error;
use crate::id::{AppId, SegmentId};
use crate::model::QueuedJob;

/// Starts a job that exports the profiles of a segment's users.
///
/// ```
/// use useartisan::{Api, AppId, CallbackUrl, Credentials, Endpoint, ExportSegment, SegmentId};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = ExportSegment::new(AppId::new("557ade8b")?, SegmentId::new("557ee469")?)
///     .callback_url(CallbackUrl::new("http://10.0.0.5/done")?);
/// let request = call.request(&api);
/// assert_eq!(request.uri().path(), "/public/api/apps/557ade8b/segments/557ee469/export");
/// assert_eq!(request.body(), r#"{"callback_url":"http://10.0.0.5/done"}"#);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct ExportSegment {
    app: AppId,
    segment: SegmentId,
    callback_url: Option<CallbackUrl>,
}

impl ExportSegment {
    /// Exports a segment of an app.
    pub fn new(app: impl Into<AppId>, segment: impl Into<SegmentId>) -> Self {
        ExportSegment { app: app.into(), segment: segment.into(), callback_url: None }
    }

    /// Sets the URL for the service's callback when the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        ExportSegment { callback_url: Some(url.into()), ..self }
    }
}

impl Endpoint for ExportSegment {
    type Output = QueuedJob;

    fn name(&self) -> &'static str {
        "export_segment"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        api.path("/public/api/apps/")
            .id(&self.app)
            .literal("/segments/")
            .id(&self.segment)
            .literal("/export")
            .post(super::callback_url::body(None, self.callback_url.as_ref()))
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<QueuedJob, Error> {
        json(self.name(), &response)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    #[test]
    fn asks_and_reads() {
        let call = ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("seg"));
        let path = "/public/api/apps/app/segments/seg/export";
        assert_request(&call, "POST", path, r#"{"callback_url":""}"#);
        assert_eq!(call.parse(fixture!("export_queued")).unwrap().id().as_str(), "55809c9c7d891cb1bc000001");
        let call = call.callback_url(CallbackUrl::new("http://localhost:1").unwrap());
        assert_request(&call, "POST", path, r#"{"callback_url":"http://localhost:1/"}"#);
    }
}
