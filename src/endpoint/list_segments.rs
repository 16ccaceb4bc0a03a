//! `GET /public/api/apps/{app_id}/segments/`, with the closing slash

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, Items, answer};
use crate::{Api, AppId, Error, Segment};

/// Lists the segments of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ListSegments {
    app: AppId,
}

impl ListSegments {
    /// Of this app.
    pub fn new(app: impl Into<AppId>) -> Self {
        ListSegments { app: app.into() }
    }
}

impl Endpoint for ListSegments {
    type Output = Vec<Segment>;

    fn name(&self) -> &'static str {
        "list_segments"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        api.path("/public/api/apps/").id(&self.app).literal("/segments/").get()
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Vec<Segment>, Error> {
        answer(self.name(), &response, Items::new("segments"))
    }
}
