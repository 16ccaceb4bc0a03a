//! `POST /public/api/apps/{app_id}/users/export`, or `…/users/shared_id/export`

use bytes::Bytes;
use http::{Request, Response};

use super::{CallbackUrl, Endpoint, answer};
use crate::id::Which;
use crate::model::QueuedFields;
use crate::{Api, AppId, Error, ProfileIds, QueuedJob};

/// Starts a job that exports the profiles of these users.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ExportProfiles {
    app: AppId,
    ids: ProfileIds,
    callback_url: Option<CallbackUrl>,
}

impl ExportProfiles {
    /// In this app, by these ids.
    pub fn new(app: impl Into<AppId>, ids: impl Into<ProfileIds>) -> Self {
        ExportProfiles { app: app.into(), ids: ids.into(), callback_url: None }
    }

    /// Where the service is to tell that the job has finished.
    pub fn callback_url(self, url: impl Into<CallbackUrl>) -> Self {
        ExportProfiles { callback_url: Some(url.into()), ..self }
    }
}

impl Endpoint for ExportProfiles {
    type Output = QueuedJob;

    fn name(&self) -> &'static str {
        "export_profiles"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        let users = api.path("/public/api/apps/").id(&self.app).literal("/users/");
        let path = match &self.ids.0 {
            Which::Artisan(_) => users.literal("export"),
            Which::SharedUser(_) => users.literal("shared_id/export"),
        };
        path.post(super::callback_url::body(Some(&self.ids), self.callback_url.as_ref()))
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<QueuedJob, Error> {
        answer(self.name(), &response, QueuedFields::default())
    }
}
