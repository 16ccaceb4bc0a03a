//! The paths of endpoints, written from left to right, and their requests.

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request, Uri};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::api::Api;
use crate::id::{Id, QueryValue};

/// All but the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED_KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that a URI cannot hold (RFC 3986), and `#`.
const NEVER_IN_A_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path of an endpoint, written from left to right. [`get`](Self::get) or [`post`](Self::post) ends it.
///
/// In a literal, only characters that a URI cannot hold are encoded. An id is encoded as exactly one segment.
///
/// ```
/// use useartisan::endpoint::TextId;
/// use useartisan::{Api, AppId, Credentials};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let (app, kind) = (AppId::new("a/b?c#d%2e")?, TextId::new("a&b")?);
/// let request = api.path("/public/api/apps/").id(&app).literal("/widgets").query("kind", &kind).get();
/// assert_eq!(
///     request.uri(),
///     "https://artisan.example/public/api/apps/a%2Fb%3Fc%23d%252e/widgets?kind=a%26b",
/// );
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Path<'api> {
    api: &'api Api,
    text: String,
}

/// A complete path with query parameters, made by [`Path::query`].
///
/// ```
/// use useartisan::endpoint::{Query, TextId};
/// use useartisan::{Api, JobStatus};
///
/// let api = Api::builder("https://artisan.example").no_credentials().build()?;
/// let query: Query<'_> = api.path("/public/api/jobs").query("status", &JobStatus::Complete);
/// let request = query.query("by", &TextId::new("a&b")?).get();
/// assert_eq!(request.uri(), "https://artisan.example/public/api/jobs?status=COMPLETE&by=a%26b");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Query<'api>(Path<'api>);

impl Api {
    /// Begins the path of an endpoint below the base URL, with a literal such as `/public/api/apps/`.
    ///
    /// ```
    /// use useartisan::{Api, AppId};
    ///
    /// let api = Api::builder("https://artisan.example").no_credentials().build()?;
    /// let request = api.path("/public/api/apps/").id(&AppId::new("557ade8b")?).literal("/widgets").get();
    /// assert_eq!(request.uri(), "https://artisan.example/public/api/apps/557ade8b/widgets");
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn path(&self, literal: &'static str) -> Path<'_> {
        Path::below(self, literal)
    }
}

impl<'api> Path<'api> {
    pub(crate) fn below(api: &'api Api, literal: &'static str) -> Self {
        let prefix = &api.base().prefix;
        // Room for an id or two, as most paths have.
        let mut text = String::with_capacity(prefix.len() + literal.len() + 96);
        text.push_str(prefix);
        if !literal.starts_with('/') {
            text.push('/');
        }
        Path { api, text }.literal(literal)
    }

    /// Adds a literal text.
    pub fn literal(mut self, literal: &'static str) -> Self {
        self.push(literal, NEVER_IN_A_URI);
        self
    }

    /// Adds an id as one segment.
    pub fn id(mut self, id: &impl Id) -> Self {
        self.push(id.as_str(), UNRESERVED_KEPT);
        self
    }

    /// Ends the path and adds a query parameter.
    pub fn query(mut self, name: &'static str, value: &impl QueryValue) -> Query<'api> {
        self.push_parameter('?', name, value);
        Query(self)
    }

    /// Makes a GET request.
    ///
    /// # Panics
    /// If the URI is longer than 65,534 bytes. Every part is bounded, so this takes more than 40 parts.
    #[must_use]
    #[track_caller]
    pub fn get(self) -> Request<Bytes> {
        self.request(Method::GET, Bytes::new())
    }

    /// Makes a POST request with a JSON body.
    ///
    /// ```
    /// use useartisan::{Api, AppId};
    ///
    /// let api = Api::builder("https://artisan.example").no_credentials().build()?;
    /// let path = api.path("/public/api/apps/").id(&AppId::new("557ade8b")?).literal("/widgets");
    /// let request = path.post(r#"{"name":"new"}"#);
    /// assert_eq!((request.method(), &request.body()[..]), (&http::Method::POST, &br#"{"name":"new"}"#[..]));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`get`](Self::get).
    #[must_use]
    #[track_caller]
    pub fn post(self, body: impl Into<Bytes>) -> Request<Bytes> {
        self.request(Method::POST, body.into())
    }

    #[allow(
        clippy::expect_used,
        reason = "a checked origin, a checked prefix and encoded segments are a valid URI; the base URL and the ids are bounded far below its limit of 65,534 bytes"
    )]
    fn request(self, method: Method, body: Bytes) -> Request<Bytes> {
        let base = self.api.base();
        let path = PathAndQuery::from_maybe_shared(Bytes::from(self.text))
            .expect("literals and encoded ids are a path");
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(base.scheme.clone());
        uri.authority = Some(base.authority.clone());
        uri.path_and_query = Some(path);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from_parts(uri).expect("scheme, authority and path are a URI");
        *request.headers_mut() = self.api.headers().clone();
        request
    }

    fn push_parameter(&mut self, separator: char, name: &'static str, value: &impl QueryValue) {
        self.text.push(separator);
        self.push(name, UNRESERVED_KEPT);
        self.text.push('=');
        self.push(value.as_query(), UNRESERVED_KEPT);
    }

    /// Appends `part`, with the characters of `set` encoded.
    fn push(&mut self, part: &str, set: &'static AsciiSet) {
        self.text.extend(utf8_percent_encode(part, set));
    }
}

impl Query<'_> {
    /// Adds another parameter.
    pub fn query(mut self, name: &'static str, value: &impl QueryValue) -> Self {
        self.0.push_parameter('&', name, value);
        self
    }

    /// Makes a GET request, like [`Path::get`].
    ///
    /// # Panics
    /// As [`Path::get`].
    #[must_use]
    #[track_caller]
    pub fn get(self) -> Request<Bytes> {
        self.0.get()
    }

    /// Makes a POST request with a JSON body, like [`Path::post`].
    ///
    /// ```
    /// use useartisan::{Api, JobStatus};
    ///
    /// let api = Api::builder("https://artisan.example").no_credentials().build()?;
    /// let request = api.path("/public/api/jobs").query("status", &JobStatus::Failed).post("{}");
    /// assert_eq!(request.uri(), "https://artisan.example/public/api/jobs?status=FAILED");
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Panics
    /// As [`Path::get`].
    #[must_use]
    #[track_caller]
    pub fn post(self, body: impl Into<Bytes>) -> Request<Bytes> {
        self.0.post(body)
    }
}
