//! The request that the service sends to a callback URL when a job has finished.
//!
//! An export can have a [`CallbackUrl`](crate::CallbackUrl): a URL of your own server. The service sends the download path of
//! the finished job there. [`parse`] finds the job in the request that your server received.
//!
//! **A callback is a hint.** Anyone who can reach your server can send one. It is a reason to call
//! [`GetJob`](crate::GetJob) sooner; only that answer counts. No URL from a callback is ever requested: only the job's id is
//! taken from it, and looked up under your own base URL.
//!
//! # What is read
//!
//! The method, the form and the path are undocumented (published reference, "callback URL"), so all likely forms are read, with any
//! method. The request's own path is yours and is not read.
//!
//! | where | how it is read |
//! |---|---|
//! | query | the whole query, if it is an address; otherwise the names and values of a form |
//! | body of a JSON type (`application/json`, `text/json`, `…+json`) | every string in the document, names included, at any depth; an empty body is ignored |
//! | body of another type, or of none | as JSON if it is JSON; otherwise like a query |
//!
//! A *job address* has one of these two forms. It may end with a slash, a query or a fragment, and have spaces around it:
//!
//! ```text
//! {root}/public/api/jobs/{id}/download         the download path (likely, by the published reference)
//! {root}/public/api/jobs/{id}                  the job itself
//!
//! {root} = the Api's base URL | the Api's path prefix | https://artisantools.com | nothing
//! ```
//!
//! A root may name the default port, and case doesn't matter in its scheme and host. Otherwise it is compared byte for byte:
//! nothing in it is repaired, decoded or resolved. The id is percent-decoded once.
//!
//! # The result
//!
//! | the request holds | outcome |
//! |---|---|
//! | one job's address, once or several times, and anything else | that job |
//! | addresses of several jobs | a job finished, unknown which |
//! | nothing, an id without a path, any URL or path without `/public/api/jobs/` in it (an object store's, for example), prose, an unknown form or type, bytes that are not text | a job finished, unknown which |
//! | only forged job addresses: `/public/api/jobs/` under another scheme, host, port or prefix, or after userinfo or `//`; with a character that a URL cannot hold (white space, a control character, a backslash, anything beyond ASCII …); with more or other segments | [`InvalidInput`](crate::ErrorKind::InvalidInput), which names the rule |
//! | only job addresses whose id is empty, over 512 bytes, `.` or `..`, or has a slash, a backslash, a percent sign (encoded twice), a control character or bytes that are not UTF-8 when decoded | [`InvalidInput`](crate::ErrorKind::InvalidInput), which names the rule |
//! | no job address, and a body of a JSON type that is not JSON | [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) |
//! | a body over [`MAX_BODY`], a query over [`MAX_QUERY`] | [`Limit`](crate::ErrorKind::Limit) |
//!
//! No error repeats text from the sender.

mod address;
mod json;

use http::Request;
use http::header::CONTENT_TYPE;

use crate::api::Api;
use crate::error::{Error, ErrorKind};
use crate::id::JobId;
use crate::json::without_mark;
use address::Roots;

/// The largest body that [`parse`] accepts, in bytes: 64 KiB. A server need not read more of a callback's body.
///
/// ```
/// let api = useartisan::Api::builder("https://artisan.example").no_credentials().build()?;
/// let request = http::Request::new(vec![b' '; useartisan::callback::MAX_BODY + 1]);
/// let error = useartisan::callback::parse(&api, &request).unwrap_err();
/// assert_eq!(error.to_string(), "callback body is 65537 bytes long, over the limit of 65536");
/// # Ok::<(), useartisan::Error>(())
/// ```
pub const MAX_BODY: usize = 64 * 1024;

/// The longest query that [`parse`] accepts, in bytes: 16 KiB. The longest base URL and id, encoded twice, fit.
///
/// ```
/// let api = useartisan::Api::builder("https://artisan.example").no_credentials().build()?;
/// let uri = format!("/done?{}", "x".repeat(useartisan::callback::MAX_QUERY + 1));
/// let request = http::Request::get(uri).body("").unwrap();
/// let error = useartisan::callback::parse(&api, &request).unwrap_err();
/// assert_eq!(error.to_string(), "callback query is 16385 bytes long, over the limit of 16384");
/// # Ok::<(), useartisan::Error>(())
/// ```
pub const MAX_QUERY: usize = 16 * 1024;

/// A claim that a job has finished, found by [`parse`]. Ask [`GetJob`](crate::GetJob) whether it is true.
///
/// ```
/// use useartisan::callback::{self, Callback};
///
/// let api = useartisan::Api::builder("https://artisan.example").no_credentials().build()?;
/// let request = http::Request::post("/done").body("/public/api/jobs/5584a2c7/download").unwrap();
/// let callback: Callback = callback::parse(&api, &request)?;
/// assert_eq!(callback.job().map(|job| job.as_str()), Some("5584a2c7"));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Callback {
    job: Option<JobId>,
}

impl Callback {
    /// The job that finished, according to the sender. `None` if the callback does not name one.
    ///
    /// The sender is unknown: there may be no such job, or it may still be running.
    ///
    /// ```
    /// let api = useartisan::Api::builder("https://artisan.example").no_credentials().build()?;
    /// let callback = useartisan::callback::parse(&api, &http::Request::new("done"))?;
    /// assert_eq!(callback.job(), None);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn job(&self) -> Option<&JobId> {
        self.job.as_ref()
    }
}

/// Finds the finished job in a request to your own server.
///
/// The sender is not trusted. The [module](self) says what is read, and what the result is. Only the base URL of `api` is
/// used. The work is linear in the request's size, and nested JSON needs no recursion.
///
/// ```
/// use useartisan::{Api, Endpoint, GetJob, callback};
///
/// let api = Api::builder("https://proxy.example/artisan").no_credentials().build()?;
/// let request = http::Request::post("/done")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body("path=%2Fpublic%2Fapi%2Fjobs%2F5584a2c7%2Fdownload")
///     .unwrap();
///
/// // A hint that job 5584a2c7 has finished. Ask whether it has:
/// let callback = callback::parse(&api, &request)?;
/// let job = callback.job().unwrap();
/// let question = GetJob::new(job).request(&api);
/// assert_eq!(question.uri(), "https://proxy.example/artisan/public/api/jobs/5584a2c7");
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// # Errors
/// - [`Limit`](ErrorKind::Limit) for a body or a query that is too long.
/// - [`UnexpectedBody`](ErrorKind::UnexpectedBody) for a body of a JSON type that is not JSON.
/// - [`InvalidInput`](ErrorKind::InvalidInput) for a forged or foreign address. It names the rule.
///
/// Status 400 is a fine answer to all of them.
pub fn parse(api: &Api, request: &Request<impl AsRef<[u8]>>) -> Result<Callback, Error> {
    let query = request.uri().query().unwrap_or_default();
    let body = request.body().as_ref();
    for (part, length, limit) in [("query", query.len(), MAX_QUERY), ("body", body.len(), MAX_BODY)] {
        if length > limit {
            let message = format!("callback {part} is {length} bytes long, over the limit of {limit}");
            return Err(Error::new(ErrorKind::Limit, message));
        }
    }
    let mut search = Search { roots: Roots::of(api), found: Vec::new(), refused: None };
    search.text(query);
    let body = without_mark(body);
    if is_json(request) && !body.trim_ascii().is_empty() {
        match json::text(body).and_then(json::strings) {
            Ok(strings) => search.json(strings),
            Err(error) => search.refuse(error),
        }
    } else if let Ok(text) = std::str::from_utf8(body) {
        match json::strings(text) {
            Ok(strings) => search.json(strings),
            Err(_) => search.text(text),
        }
    }
    search.outcome()
}

/// Whether the content type is JSON (RFC 8259, and RFC 6839 for the suffix).
fn is_json<B>(request: &Request<B>) -> bool {
    let stated =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = stated.split(';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    matches!(media_type.as_str(), "application/json" | "text/json") || media_type.ends_with("+json")
}

/// What has been found so far.
struct Search<'api> {
    roots: Roots<'api>,
    /// The different jobs, at most two: more would mean the same, and would make the search quadratic.
    found: Vec<JobId>,
    /// The rule that the first forged address breaks.
    refused: Option<Error>,
}

impl Search<'_> {
    /// Reads a text that is an address or a form.
    fn text(&mut self, text: &str) {
        // An address is not decoded as a form too, or its id would be decoded twice.
        if address::is_one(text) {
            return self.candidate(text);
        }
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            self.candidate(&name);
            self.candidate(&value);
        }
    }

    fn json(&mut self, strings: impl Iterator<Item = String>) {
        strings.for_each(|string| self.candidate(&string));
    }

    fn candidate(&mut self, text: &str) {
        match self.roots.job(text) {
            Ok(Some(job)) if self.found.len() < 2 && !self.found.contains(&job) => self.found.push(job),
            Ok(_) => {}
            Err(error) => self.refuse(error),
        }
    }

    fn refuse(&mut self, error: Error) {
        self.refused.get_or_insert(error);
    }

    /// One job is enough, even beside forged addresses: the sender could have left those out.
    fn outcome(mut self) -> Result<Callback, Error> {
        match (self.found.len(), self.refused) {
            (0, Some(refused)) => Err(refused),
            (1, _) => Ok(Callback { job: self.found.pop() }),
            _ => Ok(Callback { job: None }),
        }
    }
}
