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
//!
//! let client = fake.client();
//! assert!(pollster::block_on(is_adult(&client, app.id(), "ann"))?);
//! assert!(!pollster::block_on(is_adult(&client, app.id(), "bob"))?);
//! assert!(fake.requests().iter().all(|request| request.endpoint() == Some("get_profile")));
//! # Ok::<(), Error>(())
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
//!
//! # Layers
//!
//! A module here uses only those above it:
//!
//! ```text
//!  json · reply · recorded            plain values: JSON, an answer, a request
//!  data                               what the service holds
//!  forms                              how it is written
//!  callback · faults                  what the service sends, and how it fails
//!  state ► queue                      everything behind one lock, and how jobs move
//!  handlers ► routes ► service        from a request to its answer
//!  artisan                            the fake, as a test holds it
//!  apps · jobs · body                 what a test adds and looks at; the body of an answer
//!  backend · sample                   the fake as a backend; the published examples
//! ```

#![allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "settings change the one service and return it only so that they chain"
)]

mod apps;
mod artisan;
mod backend;
mod body;
mod callback;
mod data;
mod faults;
mod forms;
mod handlers;
mod jobs;
mod json;
mod queue;
mod recorded;
mod reply;
mod routes;
mod sample;
mod service;
mod state;

pub use artisan::FakeArtisan;
pub use body::FakeBody;
pub use callback::SentCallback;
pub use faults::Fault;
pub use forms::Edition;
pub use recorded::Recorded;
pub use reply::{BodyEnd, Reply};
