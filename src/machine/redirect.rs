//! Redirects. Only a download follows them, as its result may be in an object store.

use std::fmt;

use bytes::Bytes;
use http::header::LOCATION;
use http::response::Parts;
use http::{Request, StatusCode, Uri};
use url::Url;

use crate::api::Api;
use crate::error::{Error, ErrorKind};

/// How many redirects are followed in one attempt.
const MAX_HOPS: u32 = 3;

/// The redirects between the base URL and the result.
pub(super) struct Hops {
    at: Uri,
    made: u32,
    /// Whether a hop has left the base URL's origin. From then on no header of the `Api` is sent, even if a later hop returns
    /// to it.
    left: bool,
}

impl Hops {
    pub(super) fn from(request: &Request<Bytes>) -> Self {
        Hops { at: request.uri().clone(), made: 0, left: false }
    }

    /// Whether a redirect was followed.
    pub(super) fn have_begun(&self) -> bool {
        self.made > 0
    }

    pub(super) fn is_redirect(status: StatusCode) -> bool {
        matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
    }

    /// The request for the next hop.
    pub(super) fn follow(
        &mut self,
        api: &Api,
        first: &Request<Bytes>,
        head: &Parts,
    ) -> Result<Request<Bytes>, Error> {
        if self.made == MAX_HOPS {
            return Err(refused(format!("is one more after {MAX_HOPS} redirects")));
        }
        let target = self.target(api, head)?;
        self.made += 1;
        self.left |= !same_origin(&target, first.uri());
        self.at = target;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = self.at.clone();
        *request.headers_mut() =
            if self.left { Api::headers_for_strangers() } else { first.headers().clone() };
        Ok(request)
    }

    fn target(&self, api: &Api, head: &Parts) -> Result<Uri, Error> {
        let mut locations = head.headers.get_all(LOCATION).iter();
        let (Some(location), None) = (locations.next(), locations.next()) else {
            return Err(refused("has no Location, or several"));
        };
        let here = Url::parse(&self.at.to_string())
            .map_err(|_| refused("comes from a URL that cannot be resolved against"))?;
        let url = location.to_str().ok().and_then(|text| here.join(text).ok());
        let Some(mut url) = url else { return Err(refused("has a Location that is not a URL")) };
        url.set_fragment(None);
        let plain_allowed = api.base().loopback && crate::base_url::is_loopback(&url);
        if url.scheme() != "https" && !(url.scheme() == "http" && plain_allowed) {
            return Err(refused("has a Location that is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a Location with userinfo"));
        }
        Uri::try_from(url.as_str()).map_err(|_| refused("has a Location that does not fit a request"))
    }
}

/// The target may be a secret: a signed URL is.
impl fmt::Debug for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hops").field("made", &self.made).field("left", &self.left).finish_non_exhaustive()
    }
}

fn refused(reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Redirect, format!("the redirect {reason}"))
}

fn same_origin(one: &Uri, other: &Uri) -> bool {
    let port = |uri: &Uri| {
        uri.port_u16().or(match uri.scheme_str() {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        })
    };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    one.scheme() == other.scheme() && host(one) == host(other) && port(one) == port(other)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Response;

    use super::*;
    use crate::credentials::Credentials;
    use crate::endpoint::Endpoint;
    use crate::endpoint::{DownloadJob, GetJob};
    use crate::id::JobId;
    use crate::machine::{Event, Exchange, Machine, Step};

    const HTTPS: &str = "https://artisan.example";
    const LOOPBACK: &str = "http://127.0.0.1:8080/artisan";

    fn api(base_url: &str) -> Api {
        let credentials = Credentials::new("public", "secret").unwrap();
        let builder = Api::builder(base_url).credentials(credentials).user_agent("me");
        builder.header("x-proxy-token", "token").build().unwrap()
    }

    /// Answers each request with the next redirect, and at last with a whole answer.
    fn follow<E: Endpoint, T>(
        mut exchange: Exchange<E, T>,
        redirects: &[(u16, &str)],
    ) -> (Vec<Request<Bytes>>, Result<(), Error>) {
        let (mut requests, mut event) = (Vec::new(), Event::Start);
        loop {
            event = match exchange.step(Duration::ZERO, event) {
                Err(error) => return (requests, Err(error)),
                Ok(Step::Done(_)) => return (requests, Ok(())),
                Ok(Step::Send { request, .. }) => {
                    let response = match redirects.get(requests.len()) {
                        Some((status, location)) => {
                            Response::builder().status(*status).header(LOCATION, *location)
                        }
                        None => Response::builder(),
                    };
                    requests.push(request);
                    Event::Head(response.body(()).unwrap().into_parts().0)
                }
                Ok(Step::Read { .. }) => Event::Body { bytes: Bytes::new(), complete: true },
                Ok(Step::Sleep(_)) => Event::Woke,
            };
        }
    }

    fn opening(base_url: &str) -> Exchange<DownloadJob, http::response::Parts> {
        Exchange::open(&api(base_url), DownloadJob::new(JobId::from_static("7")))
    }

    fn download(base_url: &str, redirects: &[(u16, &str)]) -> (Vec<Request<Bytes>>, Result<(), Error>) {
        follow(opening(base_url), redirects)
    }

    /// Promises 1 and 2: where a download goes, and what it takes along.
    #[test]
    fn a_download_follows_https_only_and_leaves_the_keys_behind() {
        for (base_url, location, target, keeps_keys) in [
            (HTTPS, "/other", "https://artisan.example/other", true),
            (HTTPS, "other?x=1#y", "https://artisan.example/public/api/jobs/7/other?x=1", true),
            (HTTPS, "https://artisan.example:443/x", "https://artisan.example/x", true),
            (HTTPS, "HTTPS://ARTISAN.EXAMPLE/x", "https://artisan.example/x", true),
            (HTTPS, "https://artisan.example:8443/x", "https://artisan.example:8443/x", false),
            (HTTPS, "https://evil.example/x", "https://evil.example/x", false),
            (HTTPS, "//evil.example/x", "https://evil.example/x", false),
            (HTTPS, "/\\evil.example/x", "https://evil.example/x", false),
            (HTTPS, "https://artisan.example.evil.example/", "https://artisan.example.evil.example/", false),
            (LOOPBACK, "/x", "http://127.0.0.1:8080/x", true),
            (LOOPBACK, "http://127.0.0.1:8081/x", "http://127.0.0.1:8081/x", false),
            (LOOPBACK, "https://storage.example/x", "https://storage.example/x", false),
        ] {
            for status in [301, 302, 303, 307, 308] {
                let (requests, outcome) = download(base_url, &[(status, location)]);
                outcome.unwrap();
                let [_, hop] = requests.as_slice() else { panic!("{location}: {} requests", requests.len()) };
                assert_eq!((hop.method().as_str(), hop.uri().to_string().as_str()), ("GET", target));
                for name in ["authorization", "public-api-key", "x-proxy-token", "user-agent", "content-type"]
                {
                    assert_eq!(hop.headers().contains_key(name), keeps_keys, "{name} to {target}");
                }
                assert_eq!(hop.headers()["accept-encoding"], "application/json");
            }
        }
    }

    /// Promise 1: a scheme's own port is the same origin, whether an endpoint writes it or not.
    #[test]
    fn a_port_may_be_left_out() {
        struct At(&'static str);

        impl Endpoint for At {
            type Output = ();

            fn name(&self) -> &'static str {
                "at"
            }

            fn request(&self, api: &Api) -> Request<Bytes> {
                let mut request = Request::get(self.0).body(Bytes::new()).unwrap();
                *request.headers_mut() = api.headers().clone();
                request
            }

            fn parse<B: AsRef<[u8]>>(&self, _: Response<B>) -> Result<(), Error> {
                Ok(())
            }

            fn follows_redirects(&self) -> bool {
                true
            }
        }

        for (from, to, keeps_keys) in [
            ("https://artisan.example:443/x", "https://artisan.example/y", true),
            ("http://127.0.0.1:80/x", "http://127.0.0.1/y", true),
            ("http://127.0.0.1:443/x", "https://127.0.0.1/y", false),
            ("https://artisan.example:8443/x", "https://artisan.example/y", false),
        ] {
            let (requests, outcome) = follow(Exchange::new(&api(LOOPBACK), At(from)), &[(302, to)]);
            outcome.unwrap();
            assert_eq!(requests[1].headers().contains_key("authorization"), keeps_keys, "{from} {to}");
        }
    }

    /// Promise 1: keys that were dropped are not put back where the way comes back.
    #[test]
    fn dropped_keys_are_never_put_back() {
        let there_and_back = [(302, "https://evil.example/"), (302, "https://artisan.example/x")];
        let (requests, outcome) = download(HTTPS, &there_and_back);
        outcome.unwrap();
        let keys: Vec<_> =
            requests.iter().map(|request| request.headers().contains_key("authorization")).collect();
        assert_eq!(keys, [true, false, false]);
    }

    /// Promise 2: what is not followed is an error with where it points.
    #[test]
    fn a_redirect_that_is_not_followed_is_an_error() {
        for (base_url, status, location, told) in [
            (HTTPS, 302, "http://artisan.example/x", "not https"),
            (HTTPS, 302, "http://127.0.0.1/x", "not https"),
            (HTTPS, 302, "ftp://artisan.example/x", "not https"),
            (HTTPS, 302, "file:///etc/passwd", "not https"),
            (HTTPS, 302, "javascript:alert(1)", "not https"),
            (HTTPS, 302, "https://user@artisan.example/x", "userinfo"),
            (HTTPS, 302, "https://u:p@artisan.example/x", "userinfo"),
            (HTTPS, 302, "https://", "not a URL"),
            (HTTPS, 302, "https://[::1/", "not a URL"),
            (LOOPBACK, 302, "http://artisan.example/x", "not https"),
            (LOOPBACK, 302, "http://10.0.0.1/x", "not https"),
            (LOOPBACK, 302, "ftp://127.0.0.1:8080/x", "not https"),
            (HTTPS, 302, "https://:p@artisan.example/x", "userinfo"),
            (HTTPS, 300, "/x", "which is not followed"),
            (HTTPS, 304, "/x", "which is not followed"),
            (HTTPS, 305, "https://proxy.example/", "which is not followed"),
        ] {
            let (requests, outcome) = download(base_url, &[(status, location)]);
            let error = outcome.unwrap_err();
            assert_eq!(
                (requests.len(), error.kind(), error.location()),
                (1, ErrorKind::Redirect, Some(location))
            );
            assert!(error.to_string().contains(told), "{location}: {error}");
        }
    }

    /// Promise 2: nor is there anything to follow without one Location.
    #[test]
    fn a_redirect_has_one_location() {
        for locations in [&[][..], &["/x", "/y"], &["/x", "/x"]] {
            let mut exchange = opening(HTTPS);
            exchange.step(Duration::ZERO, Event::Start).unwrap();
            let mut response = Response::builder().status(302);
            for location in locations {
                response = response.header(LOCATION, *location);
            }
            let head = Event::Head(response.body(()).unwrap().into_parts().0);
            let error = exchange.step(Duration::ZERO, head).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect);
            assert!(error.to_string().contains("has no Location, or several"), "{error}");
        }
    }

    /// Promise 2: at most three hops.
    #[test]
    fn a_fourth_redirect_is_an_error() {
        let hop = (307, "/again");
        assert!(download(HTTPS, &[hop; 3]).1.is_ok());
        let (requests, outcome) = download(HTTPS, &[hop; 4]);
        assert_eq!(requests.len(), 4);
        assert!(outcome.unwrap_err().to_string().contains("one more after 3 redirects"));
    }

    /// Promise 2: every other call reports a redirect, with where it points.
    #[test]
    fn everything_else_reports_a_redirect() {
        for status in [301, 302, 303, 307, 308] {
            let (requests, outcome) =
                follow(Exchange::new(&api(HTTPS), GetJob::new(JobId::from_static("7"))), &[(status, "/x")]);
            let error = outcome.unwrap_err();
            assert_eq!(
                (requests.len(), error.kind(), error.location()),
                (1, ErrorKind::Redirect, Some("/x"))
            );
        }
    }
}
