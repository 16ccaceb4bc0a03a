//! `GET /public/api/apps/{app_id}/users/{artisan_id}`, or `…/users/shared_id/{shared_user_id}`

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, answer};
use crate::id::Which;
use crate::model::ProfileFields;
use crate::{Api, AppId, Error, Profile, ProfileId};

/// Gets one user's profile.
///
/// That there is none is an error with [`is_not_found`](Error::is_not_found); see
/// [`OptionalExt`](crate::OptionalExt).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct GetProfile {
    app: AppId,
    id: ProfileId,
}

impl GetProfile {
    /// In this app, by this id.
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
        let users = api.path("/public/api/apps/").id(&self.app).literal("/users/");
        match &self.id.0 {
            Which::Artisan(id) => users.id(id).get(),
            Which::SharedUser(id) => users.literal("shared_id/").id(id).get(),
        }
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Profile, Error> {
        answer(self.name(), &response, ProfileFields::default())
    }
}
