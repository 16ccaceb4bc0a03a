//! The service in memory, for your tests.
//!
//! [`FakeArtisan`] holds apps, profiles, segments and jobs, and answers as the service does. It is an async and a blocking
//! backend, so calls of its client have both `send().await` and `send_blocking()`. It has no socket and its time is virtual: a
//! test with it neither waits nor fails by chance.
//!
//! ```
//! use useartisan::Retry;
//! use useartisan::fake::{FakeArtisan, Fault};
//!
//! let fake = FakeArtisan::with_sample_data();
//! let client = fake.client(); // with the defaults of any client, retries included
//! assert_eq!(client.list_apps().send_blocking()?.len(), 2);
//!
//! // Look at what was sent.
//! assert_eq!(fake.requests()[0].line(), "GET /public/api/apps");
//!
//! // Make a call fail: a refusal is not retried.
//! fake.fail_next(Fault::failure("over quota"));
//! assert_eq!(client.list_apps().send_blocking().unwrap_err().api_message(), Some("over quota"));
//!
//! // A lost connection is retried: fail all four attempts, or turn the retries off.
//! fake.fail_next(Fault::interrupted().times(4));
//! assert_eq!(client.list_apps().send_blocking().unwrap_err().attempts(), 4);
//! let client = client.options(Retry::none());
//! fake.fail_next(Fault::interrupted());
//! assert_eq!(client.list_apps().send_blocking().unwrap_err().attempts(), 1);
//! # Ok::<(), useartisan::Error>(())
//! ```
//!
//! This tests a function that takes a `Client<B>`. To one that takes a plain `Client`, pass `fake.client().boxed()`:
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
//! Code without a backend passes its request to [`answer`](FakeArtisan::answer):
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
//! An export puts a job into the queue. The job stays there until the test moves it: step by step, to a status at once, or
//! by itself after some polls or some virtual time.
//!
//! ```text
//!            advance, a poll, time         advance, the last poll, time
//!  export ► QUEUED ──────────────► RUNNING ────────────────────────────► COMPLETE ► download
//!              │                      │
//!              └──────────────────────┴─ set_status, fail_jobs_after ──► FAILED
//!  anywhere ── remove_job ► gone: 404
//! ```
//!
//! # Request validation
//!
//! The fake checks the address (a switch: 403), the keys (401), the path and the method (404, 405), the documented headers,
//! the query and the body (400), and the ids (404), in this order. The real service's documentation shows its good answers
//! and its answer for a profile that does not exist. Every other refusal here is a guess, and the fake is stricter than the
//! service may be, so that a test finds a request that leaves the documented form.

// A module imports only from those above it:
//
//  json · reply · recorded            plain values: JSON, an answer, a request
//  data                               the data of the service
//  forms                              its JSON
//  callback · faults                  what the service sends, and how it fails
//  state ► queue                      everything behind one lock, and how jobs move
//  handlers ► routes ► service        from a request to its answer
//  artisan                            the fake, as a test holds it
//  apps · jobs · body                 what a test adds and looks at; the body of an answer
//  backend · sample                   the fake as a backend; the published examples

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
