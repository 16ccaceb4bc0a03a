//! `POST /public/api/apps/{app_id}/segments/{segment_id}/export`

use bytes::Bytes;
use http::{Request, Response};

use super::{CallbackUrl, Endpoint, answer};
use crate::model::QueuedFields;
use crate::{Api, AppId, Error, QueuedJob, SegmentId};

/// Starts a job that exports the profiles of a segment's users.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ExportSegment {
    app: AppId,
    segment: SegmentId,
    callback_url: Option<CallbackUrl>,
}

impl ExportSegment {
    /// Of this app's segment.
    pub fn new(app: impl Into<AppId>, segment: impl Into<SegmentId>) -> Self {
        ExportSegment { app: app.into(), segment: segment.into(), callback_url: None }
    }

    /// Where the service is to tell that the job has finished.
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
        answer(self.name(), &response, QueuedFields::default())
    }
}
