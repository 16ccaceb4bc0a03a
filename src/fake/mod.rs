//! The service in memory, for the tests of your own code.
//!
//! [`FakeArtisan`] answers as the wire does, and is a backend of both kinds: it has no socket and no clock, so a
//! test with it neither waits nor fails by chance. A function of yours that takes a `Client<B>` is tested like
//! this:
//!
//! ```
//! use useartisan::fake::FakeArtisan;
//! use useartisan::{AppId, AsyncBackend, Client, Error, OptionalExt, ProfileId};
//!
//! async fn is_adult<B: AsyncBackend>(artisan: &Client<B>, app: &AppId, user: &str) -> Result<bool, Error> {
//!     let profile = artisan.get_profile(app, ProfileId::shared_user(user)?).send().await.optional()?;
//!     Ok(profile.map(|profile| profile.age()).transpose()?.flatten().is_some_and(|age| age >= 18))
//! }
//!
//! let fake = FakeArtisan::new();
//! let app = fake.add_app("Demo App 1");
//! fake.add_profile(&app, [("sharedUserId", "ann"), ("age", "54")]);
//! fake.expect("get_profile").times(2);
//!
//! let client = fake.client();
//! assert!(pollster::block_on(is_adult(&client, &app, "ann"))?);
//! assert!(!pollster::block_on(is_adult(&client, &app, "bob"))?);
//! fake.verify()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Or without any backend, by a request and its answer:
//!
//! ```
//! use useartisan::fake::FakeArtisan;
//! use useartisan::{Endpoint, ListApps};
//!
//! let fake = FakeArtisan::with_sample_data();
//! let answer = fake.answer(ListApps::new().request(&fake.api()));
//! assert_eq!(answer.status(), 200);
//! assert_eq!(ListApps::new().parse(answer)?[0].name(), "Demo App 1");
//! # Ok::<(), useartisan::Error>(())
//! ```
//!
//! # Jobs
//!
//! An export puts a job into the queue, where it stays until the test moves it: step by step, to a status at
//! once, or by itself after some polls or some virtual time.
//!
//! ```text
//!            advance, a poll, time         advance, the last poll, time
//!  export ► QUEUED ──────────────► RUNNING ────────────────────────────► COMPLETE ► download
//!              │                      │
//!              └──────────────────────┴─ set_status, fail_jobs_after ──► FAILED
//!  anywhere ── remove_job ► gone: 404
//! ```
//!
//! # What is held against a request
//!
//! The address (a switch: 403), the keys (401), the path and the method (404, 405), the documented headers, the
//! query and the body (400), and the ids (404), in this order. The real service is documented for its good
//! answers and for a profile that does not exist; every other refusal here is what such a service might say,
//! and is stricter than it may have been, so that a request off the documented form is found out in a test.

#![allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "settings change the one service and return it only so that they chain"
)]

mod backend;
mod body;
mod data;
mod expectations;
mod faults;
mod forms;
mod handlers;
mod jobs;
mod json;
mod recorded;
mod reply;
mod routes;
mod sample;
mod service;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{StatusCode, Uri};

use crate::{Api, Client, Credentials, Error, Retry};

pub use body::FakeBody;
pub use expectations::{Expectation, Unmet};
pub use faults::Fault;
pub use jobs::Callback;
pub use recorded::Recorded;
pub use reply::{BodyEnd, Reply};

use state::State;

/// The whole service in memory. A clone is the same service.
///
/// Settings return the fake again, so that they chain. What is added and asked for is deterministic: ids count
/// up, and time passes only where the fake is told to wait.
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
/// What a service may be like:
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

/// Which edition of the reference the answers follow.
///
/// ```
/// use useartisan::fake::{Edition, FakeArtisan};
///
/// let fake = FakeArtisan::with_sample_data().edition(Edition::Earlier);
/// let jobs = fake.client().list_jobs().send_blocking()?;
/// assert!(jobs.iter().any(|job| job.result_url().is_some()));
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edition {
    /// The published one.
    #[default]
    Published,
    /// The one before it: an export answers without an envelope; jobs are wrapped once more and have a
    /// `result_url`; `get_job` answers in the form of a list; a job that is complete is `COMPLETED`.
    Earlier,
}

impl FakeArtisan {
    /// A service without any data, at `https://artisantools.com`, with keys of its own.
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

    /// A service that holds what the reference's examples show: two apps, four segments, three profiles and
    /// three jobs, one of them complete.
    #[must_use]
    pub fn with_sample_data() -> Self {
        FakeArtisan::new().add_sample_data()
    }

    /// Adds what [`with_sample_data`](Self::with_sample_data) has.
    pub fn add_sample_data(&self) -> Self {
        sample::fill(self);
        self.clone()
    }

    /// What makes the right requests: this fake's keys and base URL.
    #[must_use]
    pub fn api(&self) -> Api {
        self.state().api.clone()
    }

    /// A client of this fake. It tries each call once, so that a fault shows: retries are for
    /// [`Client::retry`] to turn on.
    #[must_use]
    pub fn client(&self) -> Client<FakeArtisan> {
        Client::new(self.api(), self.clone()).retry(Retry::none())
    }

    /// The keys that this fake takes, as for an [`Api`] that reaches it by another base URL.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.state().credentials.clone()
    }

    /// Moves the service to another base URL; a path prefix in it is then part of every path.
    ///
    /// # Errors
    /// As [`ApiBuilder::build`](crate::ApiBuilder::build) for the URL.
    pub fn base_url(&self, url: impl Into<String>) -> Result<Self, Error> {
        let api = Api::builder().base_url(url).credentials(self.credentials()).build()?;
        let uri = api.base_url().parse::<Uri>().unwrap_or_default();
        let mut state = self.state();
        uri.path().trim_end_matches('/').clone_into(&mut state.prefix);
        state.api = api;
        Ok(self.clone())
    }

    /// Answers in the forms of this edition.
    pub fn edition(&self, edition: Edition) -> Self {
        self.set(|state| state.edition = edition)
    }

    /// Whether every request is refused with 403, as the IP allow-list does for a wrong address.
    pub fn refuse_address(&self, refuse: bool) -> Self {
        self.set(|state| state.refuse_address = refuse)
    }

    /// The status of the published answer for a profile that does not exist. Undocumented; by default 404.
    pub fn profile_not_found_status(&self, status: StatusCode) -> Self {
        self.set(|state| state.profile_not_found = status)
    }

    /// The most bytes that a body hands out at once, at least one. By default 16 KiB.
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

    /// How long the client waited, each time, in order.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    fn set(&self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.state());
        self.clone()
    }

    /// A test that panicked while it held the lock leaves data that are still whole.
    fn state(&self) -> MutexGuard<'_, State> {
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
