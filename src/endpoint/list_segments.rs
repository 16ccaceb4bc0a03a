//! `GET /public/api/apps/{app_id}/segments/`, with the closing slash

use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;

use super::{Endpoint, answer};
use crate::api::Api;
use crate::error::Error;
use crate::id::AppId;
use crate::model::Segment;

/// Lists the segments of an app.
///
/// ```
/// use useartisan::{Api, AppId, Credentials, Endpoint, ListSegments};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = ListSegments::new(AppId::new("557ade8b")?);
/// assert_eq!(call.request(&api).uri().path(), "/public/api/apps/557ade8b/segments/");
///
/// let answer = http::Response::new(r#"{"segments":[{"id":"557ee469","name":"Over 28"}]}"#);
/// assert_eq!(call.parse(answer)?[0].name(), "Over 28");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct ListSegments {
    app: AppId,
}

impl ListSegments {
    /// Lists the segments of this app.
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
        answer(self.name(), &response).map(|Answer { segments }| segments)
    }
}

#[derive(Deserialize)]
struct Answer {
    segments: Vec<Segment>,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    #[test]
    fn asks_and_reads() {
        let call = ListSegments::new(AppId::from_static("a/b"));
        assert_request(&call, "GET", "/public/api/apps/a%2Fb/segments/", "");
        let segments = call.parse(fixture!("list_segments")).unwrap();
        let names: Vec<_> = segments.iter().map(Segment::name).collect();
        assert_eq!(names, ["Philadelphians", "Under 20", "20 to 28 year olds", "Over 28"]);
        assert_eq!(segments[3].id().as_str(), "557ee4a77d891cd26f000009");
    }
}
