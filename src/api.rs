//! The base URL, the keys and the headers that every request shares.

use std::fmt;
use std::sync::Arc;

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::error::{Error, Keys};

/// The header that carries the public key.
pub(crate) const PUBLIC_API_KEY: HeaderName = HeaderName::from_static("public-api-key");

/// The service wants this value in Accept-Encoding as well as in Content-Type (published reference). It is not a content coding,
/// but it keeps HTTP clients from turning on compression by themselves.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The base URL and the keys of the service. Every request is built from one. Cheap to clone.
///
/// ```
/// use useartisan::{Api, AppId, Credentials, Endpoint, ListSegments};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let request = ListSegments::new(AppId::new("557ade8b")?).request(&api);
/// assert_eq!(request.uri(), "https://artisan.example/public/api/apps/557ade8b/segments/");
///
/// // Behind a proxy that adds the keys:
/// let api = Api::builder("https://proxy.example/artisan").no_credentials().build()?;
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    base: BaseUrl,
    /// Sent with every request.
    headers: HeaderMap,
    credentials: Option<Credentials>,
    /// The keys and the values of extra headers, which may be tokens. Errors must not show them.
    keys: Keys,
}

impl Api {
    /// Calls the service at `base_url` with these keys.
    ///
    /// There is no default URL: the vendor's service is retired, and anyone may own its domain by now.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a `base_url` that breaks a rule of [`builder`](Self::builder).
    pub fn new(base_url: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        Api::builder(base_url).credentials(credentials).build()
    }

    /// Returns a builder, for more settings than [`new`](Self::new) takes.
    ///
    /// The base URL is an origin and an optional path prefix, which every request keeps. It uses https, or http to
    /// loopback. It has at most 2 KiB, and no userinfo, query or fragment.
    pub fn builder(base_url: impl Into<String>) -> ApiBuilder {
        ApiBuilder {
            base_url: base_url.into(),
            plain_http: false,
            credentials: None,
            no_credentials: false,
            headers: Vec::new(),
        }
    }

    /// The origin and the path prefix, such as `https://proxy.example/artisan`.
    #[must_use]
    pub fn base_url(&self) -> String {
        let BaseUrl { scheme, authority, prefix, .. } = &self.0.base;
        format!("{scheme}://{authority}{prefix}")
    }

    /// The headers for any other origin than the base URL's: no keys, and no headers of the caller.
    pub(crate) fn headers_for_strangers() -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, JSON)])
    }

    /// The headers of every request.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.0.base
    }

    /// The texts that no error may show.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("base_url", &self.base_url())
            .field("credentials", &self.0.credentials)
            .finish_non_exhaustive()
    }
}

/// The settings of an [`Api`]. [`build`](Self::build) checks them.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, ListApps};
///
/// let api = Api::builder("http://10.0.0.5:8080/artisan")
///     .allow_plain_http()
///     .credentials(Credentials::new("public", "secret")?)
///     .user_agent("nightly-export/1.0")
///     .header("x-team", "growth")
///     .build()?;
/// let request = ListApps::new().request(&api);
/// assert_eq!(request.uri(), "http://10.0.0.5:8080/artisan/public/api/apps");
/// assert_eq!(request.headers()["x-team"], "growth");
///
/// // In a browser, behind a proxy that adds the keys:
/// assert!(Api::builder("https://proxy.example").no_credentials().build().is_ok());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiBuilder {
    base_url: String,
    plain_http: bool,
    credentials: Option<Credentials>,
    no_credentials: bool,
    headers: Vec<(String, HiddenValue)>,
}

/// The value of an extra header. It may be a token, so `Debug` shows only its length.
#[derive(Clone)]
struct HiddenValue(String);

impl fmt::Debug for HiddenValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl ApiBuilder {
    /// Allows plain http to hosts other than loopback. Anyone on the network path can then read the secret key.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Sets the organization's keys.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self.no_credentials = false;
        self
    }

    /// Sends no keys. Use it behind a proxy that adds them, and where code must not hold them, such as a browser.
    pub fn no_credentials(mut self) -> Self {
        self.credentials = None;
        self.no_credentials = true;
        self
    }

    /// Adds a header to every request, for example for a proxy or for tracing.
    ///
    /// Headers that this crate or the transport sets are refused. The value is marked sensitive, so logs don't show it.
    /// Errors replace it like the keys if it has 8 bytes or more. The limits are 32 headers and 8 KiB for a value.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), HiddenValue(value.into())));
        self
    }

    /// Sends a User-Agent. By default none is sent.
    pub fn user_agent(self, value: impl Into<String>) -> Self {
        self.header(USER_AGENT.as_str(), value)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the setting and the rule: a bad base URL,
    /// neither `credentials` nor `no_credentials`, or a header that is malformed or reserved.
    pub fn build(self) -> Result<Api, Error> {
        let base = BaseUrl::parse(&self.base_url, self.plain_http)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        if let Some(credentials) = &self.credentials {
            let [authorization, public] = credentials.headers()?;
            headers.insert(AUTHORIZATION, authorization);
            headers.insert(PUBLIC_API_KEY, public);
        } else if !self.no_credentials {
            return Err(Error::invalid("credentials", "are missing: set them, or call no_credentials"));
        }
        if self.headers.len() > MAX_HEADERS {
            return Err(Error::invalid("headers", format_args!("are more than {MAX_HEADERS}")));
        }
        let mut secrets = Vec::new();
        for (name, HiddenValue(value)) in self.headers {
            let (name, checked) = extra_header(&name, &value)?;
            if name == USER_AGENT {
                headers.insert(name, checked);
            } else {
                headers.append(name, checked);
                secrets.push(value);
            }
        }
        let keys = self.credentials.iter().flat_map(Credentials::keys);
        let keys = Keys::new(keys.chain(secrets.iter().map(String::as_str)));
        Ok(Api(Arc::new(Inner { base, headers, credentials: self.credentials, keys })))
    }
}

/// The most extra headers.
const MAX_HEADERS: usize = 32;

/// The longest value of an extra header, in bytes.
const MAX_VALUE: usize = 8 * 1024;

/// The headers that a caller may not set: those of the API, and those that the transport decides.
const RESERVED: [&str; 12] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "public-api-key",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn extra_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let Ok(key) = HeaderName::try_from(name) else {
        return Err(Error::invalid(format_args!("header name `{}`", name.escape_debug()), "is not a token"));
    };
    let field = format!("header `{key}`");
    if RESERVED.contains(&key.as_str()) {
        return Err(Error::invalid(field, "is set by the library or the transport"));
    }
    if value.len() > MAX_VALUE {
        return Err(Error::invalid(
            field,
            format_args!("is {} bytes long, over the limit of {MAX_VALUE}", value.len()),
        ));
    }
    let Ok(mut value) = HeaderValue::try_from(value) else {
        return Err(Error::invalid(field, "has a value with a control character"));
    };
    value.set_sensitive(key != USER_AGENT);
    Ok((key, value))
}
