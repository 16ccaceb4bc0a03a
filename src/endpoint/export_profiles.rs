//! `POST /public/api/apps/{app_id}/users/export`, or `…/users/shared_id/export`

use bytes::Bytes;
use http::{Request, Response};

use super::{CallbackUrl, Endpoint, json};
use crate::api::Api;
use crate::error::Error;
use crate::id::Which;
use crate::id::{AppId, ProfileIds};
use crate::model::QueuedJob;

/// Starts a job that exports the profiles of these users.
///
/// ```
/// use useartisan::{Api, AppId, CallbackUrl, Credentials, Endpoint, ExportProfiles, ProfileIds};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = ExportProfiles::new(AppId::new("557ade8b")?, ProfileIds::artisan(["b7", "b8"])?)
///     .callback_url(CallbackUrl::new("http://10.0.0.5/done")?);
/// assert_eq!(call.request(&api).body(), r#"{"ids":"b7,b8","callback_url":"http://10.0.0.5/done"}"#);
///
/// let answer = http::Response::new(r#"{"success":true,"response":{"job":"5584566b"}}"#);
/// assert_eq!(call.parse(answer)?.id().as_str(), "5584566b");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct ExportProfiles {
    app: AppId,
    ids: ProfileIds,
    callback_url: Option<CallbackUrl>,
}

impl ExportProfiles {
    /// Exports the profiles with these ids in an app.
    pub fn new(app: impl Into<AppId>, ids: impl Into<ProfileIds>) -> Self {
        ExportProfiles { app: app.into(), ids: ids.into(), callback_url: None }
    }

    /// Sets the URL for the service's callback when the job has finished.
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
        let end = match &self.ids.0 {
            Which::Artisan(_) => "/users/export",
            Which::SharedUser(_) => "/users/shared_id/export",
        };
        api.path("/public/api/apps/")
            .id(&self.app)
            .literal(end)
            .post(super::callback_url::body(Some(&self.ids), self.callback_url.as_ref()))
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<QueuedJob, Error> {
        json(self.name(), &response)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    fn call(ids: ProfileIds) -> ExportProfiles {
        ExportProfiles::new(AppId::from_static("app"), ids)
    }

    #[test]
    fn asks_by_either_kind_of_id() {
        let ids = ProfileIds::artisan(["1", "2"]).unwrap();
        assert_request(
            &call(ids.clone()),
            "POST",
            "/public/api/apps/app/users/export",
            r#"{"ids":"1,2","callback_url":""}"#,
        );
        assert_request(
            &call(ids).callback_url(CallbackUrl::new("http://10.0.0.5:8080/done").unwrap()),
            "POST",
            "/public/api/apps/app/users/export",
            r#"{"ids":"1,2","callback_url":"http://10.0.0.5:8080/done"}"#,
        );
        assert_request(
            &call(ProfileIds::shared_user(["a b"]).unwrap()),
            "POST",
            "/public/api/apps/app/users/shared_id/export",
            r#"{"ids":"a b","callback_url":""}"#,
        );
    }

    #[test]
    fn reads_both_editions() {
        let call = call(ProfileIds::artisan(["1"]).unwrap());
        for edition in [fixture!("export_queued"), fixture!("export_queued_flat")] {
            let queued = call.parse(edition).unwrap();
            assert_eq!(queued.id().as_str(), "55809c9c7d891cb1bc000001");
            assert_eq!(queued.message(), Some("Job queued successfully."));
        }
        let error = call.parse(Response::new(r#"{"success":"True","response":{}}"#)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "export_profiles: the body is not the JSON that was expected: missing field `job` at line 1 column 31 (byte 30) (status 200 OK)"
        );
    }
}
