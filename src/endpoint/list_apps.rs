//! `GET /public/api/apps`

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, Items, answer};
use crate::{Api, App, Error};

/// Lists the apps of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct ListApps {}

impl ListApps {
    /// The call; it takes nothing.
    pub fn new() -> Self {
        ListApps {}
    }
}

impl Endpoint for ListApps {
    type Output = Vec<App>;

    fn name(&self) -> &'static str {
        "list_apps"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        api.path("/public/api/apps").get()
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Vec<App>, Error> {
        answer(self.name(), &response, Items::new("apps"))
    }
}
