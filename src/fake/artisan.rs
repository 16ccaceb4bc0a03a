//! The fake itself: its settings, its clock, its requests and its faults.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};

use super::faults::Fault;
use super::forms::Edition;
use super::recorded::Recorded;
use super::reply::Reply;
use super::routes;
use super::state::State;
use crate::api::Api;
use crate::credentials::Credentials;
use crate::error::Error;

/// The whole service in memory. A clone is the same service.
///
/// [`client`](Self::client) makes a client of it, [`fail_next`](Self::fail_next) makes a call fail, and
/// [`requests`](Self::requests) returns what was sent. Settings can be chained. Everything is deterministic: ids count up, and
/// time passes only when a client waits or the test lets it.
///
/// ```
/// use useartisan::JobStatus;
/// use useartisan::fake::{Edition, FakeArtisan};
///
/// let fake = FakeArtisan::with_sample_data().edition(Edition::Earlier).complete_jobs_after(3);
/// let client = fake.client();
/// let job = client.list_jobs().status(JobStatus::Queued).send_blocking()?.remove(0);
/// assert_eq!(client.get_job(&job).send_blocking()?.status(), &JobStatus::Queued);
/// assert_eq!(client.get_job(&job).send_blocking()?.status(), &JobStatus::Running);
/// assert_eq!(client.get_job(&job).send_blocking()?.status(), &JobStatus::Complete);
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// The settings:
///
/// ```
/// use std::time::Duration;
/// use useartisan::Credentials;
/// use useartisan::fake::FakeArtisan;
///
/// let fake = FakeArtisan::with_credentials(Credentials::new("public", "secret")?)
///     .base_url("https://proxy.example/artisan")? // a prefix of every path
///     .profile_not_found_status(http::StatusCode::OK)
///     .pieces_of(7) // so that a body comes in many
///     .refuse_address(true); // as the IP allow-list does
/// assert_eq!(fake.client().list_apps().send_blocking().unwrap_err().status().unwrap(), 403);
///
/// let fake = FakeArtisan::new().advance_time(Duration::from_secs(60));
/// assert_eq!(fake.now(), Duration::from_secs(60));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct FakeArtisan(Arc<Mutex<State>>);

impl FakeArtisan {
    /// A service without data, at `https://artisan.example`, with its own keys.
    #[must_use]
    #[allow(clippy::expect_used, reason = "both keys are of visible ASCII")]
    pub fn new() -> Self {
        let keys = Credentials::new("fake-public-key", "fake-secret-key");
        FakeArtisan::with_credentials(keys.expect("the fake's own keys are valid"))
    }

    /// The same with these keys.
    #[must_use]
    pub fn with_credentials(credentials: Credentials) -> Self {
        FakeArtisan(Arc::new(Mutex::new(State::new(credentials))))
    }

    /// An [`Api`] with this fake's keys and base URL.
    #[must_use]
    pub fn api(&self) -> Api {
        self.state().api.clone()
    }

    /// The keys that this fake accepts, for an [`Api`] that reaches it by another base URL.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.state().credentials.clone()
    }

    /// Moves the service to another base URL. A path prefix in it is then part of every path.
    ///
    /// # Errors
    /// As [`ApiBuilder::build`](crate::ApiBuilder::build) for the URL.
    pub fn base_url(&self, url: impl Into<String>) -> Result<Self, Error> {
        let api = Api::builder(url).credentials(self.credentials()).build()?;
        let uri = api.base_url().parse::<Uri>().unwrap_or_default();
        let mut state = self.state();
        uri.path().trim_end_matches('/').clone_into(&mut state.prefix);
        state.api = api;
        Ok(self.clone())
    }

    /// Answers in the forms of this edition of the reference.
    pub fn edition(&self, edition: Edition) -> Self {
        self.set(|state| state.edition = edition)
    }

    /// Sets whether every request is refused with 403, as the IP allow-list refuses a wrong address.
    pub fn refuse_address(&self, refuse: bool) -> Self {
        self.set(|state| state.refuse_address = refuse)
    }

    /// Sets the status of the published answer for a profile that does not exist. It is undocumented, and 404 by default.
    pub fn profile_not_found_status(&self, status: StatusCode) -> Self {
        self.set(|state| state.profile_not_found = status)
    }

    /// Sets the most bytes that a body returns at once, at least one. The default is 16 KiB.
    pub fn pieces_of(&self, bytes: usize) -> Self {
        self.set(|state| state.piece = bytes.max(1))
    }

    /// The fake's clock: how much virtual time has passed.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.state().now
    }

    /// Lets virtual time pass.
    pub fn advance_time(&self, by: Duration) -> Self {
        self.set(|state| state.pass(by))
    }

    /// Each of the client's waits, in order.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    /// Answers a request as the service would, or as a scripted fault says.
    ///
    /// The scheme and host of the target are ignored, so a request may come in memory or over a socket.
    /// A fault that no response can show becomes what a proxy would answer: 502, or 504 for a time-out; a body that is
    /// cut is cut here as well. [`exchange`](Self::exchange) distinguishes such faults.
    ///
    /// ```
    /// use http::Request;
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let answer = FakeArtisan::new().answer(Request::get("/public/api/apps").body("").unwrap());
    /// assert_eq!(answer.status(), 401);
    /// ```
    #[must_use]
    pub fn answer(&self, request: Request<impl AsRef<[u8]>>) -> Response<Bytes> {
        self.exchange(request).into_response()
    }

    /// Takes a request, and returns the outcome, faults of the transport included. It is for a server that offers the fake on a
    /// socket.
    ///
    /// ```
    /// use useartisan::fake::{FakeArtisan, Fault};
    /// use useartisan::{Endpoint, TransportErrorKind, ListApps};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.fail_next(Fault::interrupted());
    /// let reply = fake.exchange(ListApps::new().request(&fake.api()));
    /// assert_eq!(reply.answer.unwrap_err(), TransportErrorKind::Interrupted); // so hang up
    /// ```
    #[must_use]
    pub fn exchange(&self, request: Request<impl AsRef<[u8]>>) -> Reply {
        let request = request.map(|body| Bytes::copy_from_slice(body.as_ref()));
        self.state().exchange(request)
    }

    /// The requests that have reached the fake, in order. One that was [not sent](Fault::not_sent) has not.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().requests.clone()
    }

    /// The last request that has reached the fake.
    #[must_use]
    pub fn last_request(&self) -> Option<Recorded> {
        self.state().requests.last().cloned()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) -> Self {
        self.set(|state| state.requests.clear())
    }

    /// Fails the next request, or several by [`times`](Fault::times). Faults take effect in the order of these calls.
    ///
    /// A client may retry, and then a call is more than one request:
    ///
    /// ```
    /// use useartisan::fake::{FakeArtisan, Fault};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.fail_next(Fault::interrupted()).fail_next(Fault::failure("over quota"));
    /// let error = fake.client().list_apps().send_blocking().unwrap_err();
    /// assert_eq!(error.api_message(), Some("over quota")); // a refusal is not retried
    /// assert_eq!(fake.requests().len(), 2);
    /// ```
    pub fn fail_next(&self, fault: Fault) -> Self {
        self.set(|state| state.script(None, fault))
    }

    /// Fails the next request of one endpoint, which is named by its method: `get_job`.
    ///
    /// ```
    /// use useartisan::fake::{FakeArtisan, Fault};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.fail_next_for("list_jobs", Fault::failure("over quota"));
    /// assert!(fake.client().list_apps().send_blocking().is_ok());
    /// assert!(fake.client().list_jobs().send_blocking().is_err());
    /// ```
    ///
    /// # Panics
    /// If no endpoint has this name. The message lists the names.
    #[track_caller]
    #[allow(clippy::panic, reason = "a wrong name is a bug in the test, whose fault would never be met")]
    pub fn fail_next_for(&self, endpoint: &str, fault: Fault) -> Self {
        match routes::endpoint(endpoint) {
            Ok(name) => self.set(|state| state.script(Some(name), fault)),
            Err(known) => panic!("`{endpoint}` is not an endpoint of the fake: there are {known}"),
        }
    }

    /// Forgets the faults that have not taken effect yet.
    pub fn clear_faults(&self) -> Self {
        self.set(|state| state.clear_faults())
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.state());
        self.clone()
    }

    /// A test that panics while it holds the lock leaves the data whole.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeArtisan {
    fn default() -> Self {
        FakeArtisan::new()
    }
}

impl fmt::Debug for FakeArtisan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("FakeArtisan")
            .field("api", &state.api)
            .field("apps", &state.apps.len())
            .field("jobs", &state.jobs.len())
            .field("requests", &state.requests.len())
            .field("now", &state.now)
            .finish_non_exhaustive()
    }
}
