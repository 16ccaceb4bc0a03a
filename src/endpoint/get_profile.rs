//! `GET /public/api/apps/{app_id}/users/{artisan_id}`, or `…/users/shared_id/{shared_user_id}`

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, json};
use crate::api::Api;
use crate::error::Error;
use crate::id::Which;
use crate::id::{AppId, ProfileId};
use crate::model::Profile;

/// Gets one user's profile.
///
/// If there is none, the error's [`is_not_found`](Error::is_not_found) is true; see [`OptionalExt`](crate::OptionalExt).
///
/// ```
/// use useartisan::{Api, AppId, Credentials, Endpoint, GetProfile, ProfileId};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = GetProfile::new(AppId::new("557ade8b")?, ProfileId::shared_user("ann")?);
/// assert_eq!(call.request(&api).uri().path(), "/public/api/apps/557ade8b/users/shared_id/ann");
///
/// let answer = http::Response::new(r#"{"success":true,"response":{"attributes":{"age":"54"}}}"#);
/// assert_eq!(call.parse(answer)?.age()?, Some(54));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct GetProfile {
    app: AppId,
    id: ProfileId,
}

impl GetProfile {
    /// Gets the profile with this id in an app.
    pub fn new(app: impl Into<AppId>, id: impl Into<ProfileId>) -> Self {
        GetProfile { app: app.into(), id: id.into() }
    }
}

impl Endpoint for GetProfile {
    type Output = Profile;

    fn name(&self) -> &'static str {
        "get_profile"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        let app = api.path("/public/api/apps/").id(&self.app);
        match &self.id.0 {
            Which::Artisan(id) => app.literal("/users/").id(id).get(),
            Which::SharedUser(id) => app.literal("/users/shared_id/").id(id).get(),
        }
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Profile, Error> {
        json(self.name(), &response)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    fn call() -> GetProfile {
        GetProfile::new(AppId::from_static("app"), ProfileId::artisan("a/b?c#d%2e").unwrap())
    }

    #[test]
    fn asks_by_either_kind_of_id() {
        assert_request(&call(), "GET", "/public/api/apps/app/users/a%2Fb%3Fc%23d%252e", "");
        let call = GetProfile::new(AppId::from_static("app"), ProfileId::shared_user("me@home").unwrap());
        assert_request(&call, "GET", "/public/api/apps/app/users/shared_id/me%40home", "");
    }

    #[test]
    fn reads_a_profile() {
        let profile = call().parse(fixture!("get_profile")).unwrap();
        assert_eq!(profile.id(), Some(ProfileId::artisan("bdbbf66f-d661-4236-8237-76d4159344fe").unwrap()));
        assert_eq!(profile.attributes().len(), 22);
        assert_eq!((profile.age().unwrap(), profile.push_enabled().unwrap()), (Some(54), Some(false)));
        assert_eq!(profile.last_session_date().unwrap(), None);
        assert!(profile.href().unwrap().ends_with("?source=artisan"));
    }

    #[test]
    fn reads_other_forms() {
        let read = |answer: &str| call().parse(Response::new(answer.to_owned())).unwrap();
        let bare = read(r#"{"identifier":"1","identifierSource":"custom","attributes":{"n":1,"n":null}}"#);
        assert_eq!(bare.id(), Some(ProfileId::shared_user("1").unwrap()));
        assert_eq!(bare.attributes().len(), 2);
        assert_eq!(read(r#"{"identifier":"1","identifierSource":"else","attributes":{}}"#).id(), None);
    }

    #[test]
    fn tells_absence_from_other_failures() {
        let error = call().parse(fixture!("get_profile_not_found")).unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(
            error.to_string(),
            "get_profile: the call was refused (status 200 OK): \"Profile with the key 123456789 does not exist.\""
        );
        for (status, body, absent) in [
            (404, r#"{"success":false,"error":"nothing"}"#, true),
            (404, "", true),
            (404, "<html>no such page</html>", false),
            (404, "{}", false),
            (400, r#"{"error":"bad"}"#, false),
            (200, r#"{"success":"False","error":"bad"}"#, false),
        ] {
            let response = Response::builder().status(status).body(body).unwrap();
            assert_eq!(call().parse(response).unwrap_err().is_not_found(), absent, "{status} {body}");
        }
    }
}
