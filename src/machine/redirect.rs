//! Redirects, which only a download follows: its result may be kept in an object storage.

use bytes::Bytes;
use http::header::LOCATION;
use http::response::Parts;
use http::{Request, StatusCode, Uri};
use url::Url;

use crate::{Api, Error, ErrorKind};

/// How many redirects are followed in one attempt.
const MAX_HOPS: u32 = 3;

/// The way from the base URL to where the result is.
#[derive(Debug)]
pub(super) struct Hops {
    at: Uri,
    made: u32,
    /// Whether the way has left the base URL's origin. From then on no header of the `Api` is sent, not even if it
    /// comes back.
    left: bool,
}

impl Hops {
    pub(super) fn from(request: &Request<Bytes>) -> Self {
        Hops { at: request.uri().clone(), made: 0, left: false }
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
        let plain_allowed = api.is_loopback() && crate::base_url::is_loopback(&url);
        if url.scheme() != "https" && !(url.scheme() == "http" && plain_allowed) {
            return Err(refused("has a Location that is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a Location with userinfo"));
        }
        Uri::try_from(url.as_str()).map_err(|_| refused("has a Location that does not fit a request"))
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
