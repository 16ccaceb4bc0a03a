//! `GET /public/api/apps`

use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;

use super::{Endpoint, answer};
use crate::api::Api;
use crate::error::Error;
use crate::model::App;

/// Lists the apps of the organization.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, ListApps};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = ListApps::new();
/// assert_eq!(call.request(&api).uri().path(), "/public/api/apps");
///
/// let answer = http::Response::new(r#"{"apps":[{"id":"5550dd57","name":"Demo"}]}"#);
/// assert_eq!(call.parse(answer)?[0].name(), "Demo");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
#[non_exhaustive]
pub struct ListApps {}

impl ListApps {
    /// Lists all apps.
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
        answer(self.name(), &response).map(|Answer { apps }| apps)
    }
}

#[derive(Deserialize)]
struct Answer {
    apps: Vec<App>,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    #[test]
    fn asks_and_reads() {
        assert_request(&ListApps::new(), "GET", "/public/api/apps", "");
        let apps = ListApps::new().parse(fixture!("list_apps")).unwrap();
        let apps: Vec<_> = apps.iter().map(|app| (app.id().as_str(), app.name())).collect();
        assert_eq!(
            apps,
            [("5550dd57330eb93d8700000c", "Demo App 1"), ("5564e1bf330eb98a9a00003a", "Demo App 2")]
        );
    }
}
