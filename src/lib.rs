//! A client for the Artisan API: apps, user profiles, segments, export jobs and their downloads.
//!
//! Artisan's vendor has retired the service. This crate is for servers that speak the same API, proxies in front of them, and
//! archives of their exports.
//!
//! # Calls
//!
//! A [`Client`] has a method for each endpoint. It is made of an [`Api`], which holds the base URL and the keys, and of a
//! backend, which sends requests: one of [`backends`], or a few lines around your own HTTP client. This starts an export, waits
//! for its job, and reads the result in the memory of one record, however large it is:
//!
//! ```
//! use useartisan::{AppId, Client, Error, SegmentId};
//!
//! async fn show_ages(client: &Client, app: &AppId, segment: &SegmentId) -> Result<(), Error> {
//!     let mut profiles = client.export_segment(app, segment).send_and_wait().await?.download().profiles().await?;
//!     while let Some(profile) = profiles.next_record().await? {
//!         println!("{:?} is {:?}", profile.artisan_id(), profile.age()?);
//!     }
//!     Ok(())
//! }
//!
//! # #[cfg(feature = "reqwest")]
//! fn client() -> Result<Client, Error> {
//!     use useartisan::{Api, Credentials, backends::reqwest::Reqwest};
//!
//!     let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
//!     Ok(Client::new(api, Reqwest::new()?).boxed())
//! }
//! ```
//!
//! Each method returns a [`Call`]: set its options, then `send().await` it. Over a blocking backend the same methods end in
//! `_blocking`, and a test uses [`fake::FakeArtisan`], the service in memory.
//!
//! An [`Error`] says what went wrong by its [`kind`](Error::kind), whether the request may have been acted upon by
//! [`sent`](Error::sent), and where in a document by [`position`](Error::position).
//!
//! # Without a client
//!
//! The core does no I/O: it opens no socket, reads no clock and needs no runtime. So each part can be used alone.
//!
//! ```text
//!  Credentials, base URL ─► Api ─┐
//!                                ├─► http::Request ─► your client ─► http::Response ─┐
//!  ids, checked when made ─► Endpoint ◄───────────────── parse ◄─────────────────────┘
//!                                └─► Profile, Vec<Job>, … or Error
//!  ╰────────────── the core ────────────╯              ╰─ bytes ─╯
//! ```
//!
//! Build a request, send it by any means, and hand in the response:
//!
//! ```
//! use useartisan::{Api, AppId, Credentials, Endpoint, GetProfile, ProfileId, redacted};
//!
//! let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
//! let call = GetProfile::new(AppId::new("557ade8b")?, ProfileId::artisan("bdbbf66f")?);
//! let request: http::Request<bytes::Bytes> = call.request(&api);
//! println!("{}", redacted(&request)); // without the keys
//!
//! let response = http::Response::new(r#"{"success":true,"response":{"attributes":{"age":"54"}}}"#);
//! assert_eq!(api.parse(&call, response)?.age()?, Some(54));
//! # Ok::<(), useartisan::Error>(())
//! ```
//!
//! [`machine`] has retries and waits as state machines, for any HTTP client to drive. [`decode`] reads a download from bytes, a
//! reader or a body. [`callback`] reads the request by which the service says that a job has finished.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | adds |
//! |---|---|
//! | `reqwest` | [`backends::reqwest::Reqwest`]: async, on tokio; HTTP/1.1 and HTTP/2 |
//! | `ureq` | [`backends::ureq::Ureq`]: blocking; HTTP/1.1 |
//! | `hyper` | [`backends::hyper::Hyper`]: async, on tokio; HTTP/1.1 and HTTP/2 |
//! | `tower` | [`backends::tower::Tower`]: over any `tower::Service`, with your layers |
//! | `fetch` | `backends::fetch::Fetch`: async, over the host's `fetch`; on `wasm32-unknown-unknown` only |
//! | `rustls` | TLS for the first three, by rustls with ring and Mozilla's roots: [`backends::tls`] |
//! | `fake` | [`fake::FakeArtisan`]: the service in memory, for your tests |
//! | `conformance` | [`backends::conformance`]: a suite that checks any backend |
//! | `tracing` | a span for each call, an event for each retry and each poll of a wait: see [`machine`] |
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | app, segment, profile | what the service has: an app has segments of users, and a user has a profile of attributes |
//! | job | an export that the service works on; its result is a download |
//! | record | the profile of one user in a download |
//! | endpoint | one method of the API: how its request is made and its answer read |
//! | backend | what sends a request and returns the response, its body unread |
//! | head | the status and headers of a response |
//! | exchange | a request and its response |
//! | attempt | one exchange of a call; retries are further attempts |
//! | stall | a time in which no piece of a body arrives |
//! | machine | a state machine: given an event, it returns the next step |
//! | driver | the loop that does a machine's steps over a backend |
//! | outcome unknown | a job may have been started, and no answer says so |
//! | own answer | an answer of the service itself, and not of a proxy or a gateway before it |
//!
//! # Chapters
//!
//! The [`cookbook`] has programs that run: [moving from the gem](cookbook::from_the_gem), [unit tests](cookbook::unit_tests),
//! [CSV](cookbook::csv_export), [a warehouse](cookbook::warehouse), [callbacks](cookbook::callbacks),
//! [your own backend](cookbook::your_own_backend), [your own endpoint](cookbook::your_own_endpoint),
//! [retries](cookbook::retries) and [limits](cookbook::limits). The package `useartisan-cli` is the command line, `artisan`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::dbg_macro,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

mod api;
mod backend;
#[path = "../backends/mod.rs"]
pub mod backends;
mod base_url;
pub mod callback;
mod client;
#[cfg(all(
    doc,
    any(not(doctest), all(feature = "conformance", feature = "fake", feature = "reqwest", feature = "ureq"))
))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub mod cookbook;
mod credentials;
pub mod decode;
pub mod endpoint;
mod error;
#[cfg(feature = "fake")]
#[cfg_attr(docsrs, doc(cfg(feature = "fake")))]
pub mod fake;
mod headers;
mod id;
mod json;
pub mod machine;
mod model;
mod options;
mod ready;
mod redact;
mod transport_error;
mod web_url;

// A client and its calls.
pub use api::{Api, ApiBuilder};
pub use client::{
    BlockingDownload, BlockingProfiles, Call, Client, CompletedJob, Download, Profiles, WaitCall,
};
pub use credentials::Credentials;
pub use machine::{
    notifier::JobNotifier,
    polling::{JobProgress, Polling},
};
pub use options::{CallOptions, Limits, Retry, Timeouts};

// What calls are made of, and what they return.
pub use error::{Error, ErrorKind, OptionalExt, Position, Sent};
pub use id::{AppId, ArtisanId, JobId, ProfileId, ProfileIdIter, ProfileIds, SegmentId, SharedUserId};
pub use model::{
    App, AttributeIter, AttributeValue, Attributes, Coordinate, Job, JobStatus, OtherStatus, Profile,
    QueuedJob, Segment,
};

// The endpoints.
pub use endpoint::{
    callback_url::CallbackUrl, contract::Endpoint, download_job::DownloadJob,
    export_profiles::ExportProfiles, export_segment::ExportSegment, get_job::GetJob, get_profile::GetProfile,
    list_apps::ListApps, list_jobs::ListJobs, list_segments::ListSegments,
};
pub use redact::{Redacted, redacted};

// What a backend implements and reports.
pub use backend::{
    AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend, BoxedBody, MaybeSend, MaybeSync,
};
pub use transport_error::{TransportError, TransportErrorKind};

// The programs on these pages are tested with the documentation.
#[cfg(all(doctest, feature = "fake", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(all(doctest, feature = "hyper", feature = "reqwest", feature = "rustls", feature = "ureq"))]
#[doc = include_str!("../docs/backends.md")]
mod backends_page {}
