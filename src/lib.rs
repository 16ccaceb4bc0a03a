//! A sans-IO client for the Artisan API: apps, user profiles, segments, export jobs and their downloads.
//!
//! The core builds [`http::Request`]s and reads [`http::Response`]s for every endpoint, and does no I/O: it opens
//! no socket, reads no clock and needs no runtime. A backend moves the bytes: one of those in [`backends`], or
//! a few lines of yours around whatever HTTP stack you have.
//!
//! ```text
//!  Credentials, base URL ─► Api ─┐
//!                                ├─► http::Request ─► your stack ─► http::Response ─┐
//!  ids, checked when made ─► Endpoint ◄───────────────── parse ◄────────────────────┘
//!                                └─► Profile, Vec<Job>, … or Error
//!  ╰────────────── the core ────────────╯              ╰─ bytes ─╯
//! ```
//!
//! You may leave this line anywhere: build a request and send it by your own means, hand in a response that came
//! from a test or a modem, drive a [`machine`] by hand, or let a [`Client`] do all of it.
//!
//! ```
//! use useartisan::{Api, AppId, Credentials, Endpoint, GetProfile, ProfileId, redacted};
//!
//! let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
//! let call = GetProfile::new(AppId::new("557ade8b")?, ProfileId::artisan("bdbbf66f")?);
//! let request: http::Request<bytes::Bytes> = call.request(&api);
//! println!("{}", redacted(&request)); // without the keys
//!
//! // … send it by whatever means you have, and hand in what came back:
//! let response = http::Response::new(r#"{"success":true,"response":{"attributes":{"age":"54"}}}"#);
//! assert_eq!(api.parse(&call, response)?.age()?, Some(54));
//! # Ok::<(), useartisan::Error>(())
//! ```
//!
//! # With a client
//!
//! A [`Client`] adds retries, time-outs, waits and downloads to any backend. This starts an
//! export, waits for its job, and reads what may be gigabytes in the memory of one record:
//!
//! ```
//! use useartisan::{AppId, Client, Error, SegmentId};
//!
//! // `Client::new(api, Reqwest::new()?).boxed()` is one; over a blocking backend the methods end in `_blocking`.
//! async fn show_ages(client: &Client, app: &AppId, segment: &SegmentId) -> Result<(), Error> {
//!     let mut profiles = client.export_segment(app, segment).send_and_wait().await?.download().profiles().await?;
//!     while let Some(profile) = profiles.next_record().await? {
//!         println!("{:?} is {:?}", profile.artisan_id(), profile.age()?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Underneath are [machines](machine), which decide and do nothing. Each takes an event and returns the next step; a driver of
//! some thirty lines does it. They can be driven by hand as well:
//!
//! ```text
//!   ┌────────── machine ──────────┐  Step::Send, Read, Sleep   ┌───── driver ─────┐
//!   │ Exchange: a call, retried   │ ─────────────────────────► │ does it, over a  │ ◄─► backend ◄─► network
//!   │ WaitForJob: polls           │ ◄───────────────────────── │ backend          │
//!   │ Export: start, then wait    │  Event::Head, Body, Failed └──────────────────┘
//!   └──────────────┬──────────────┘  Woke
//!                  └─► Step::Done(output), or Error
//!  ╰──── no I/O, no clock ───────╯                            ╰───────── bytes, time, seeds ─────────╯
//! ```
//!
//! # Features
//!
//! None is on by default: then the crate is its core.
//!
//! | feature | adds |
//! |---|---|
//! | `reqwest` | [`backends::reqwest::Reqwest`]: async, on tokio; HTTP/1.1 and HTTP/2 |
//! | `ureq` | [`backends::ureq::Ureq`]: blocking; HTTP/1.1 |
//! | `hyper` | [`backends::hyper::Hyper`]: async, on tokio; HTTP/1.1 and HTTP/2 |
//! | `tower` | [`backends::tower::Tower`]: over any `tower::Service`, under layers of yours |
//! | `fetch` | `backends::fetch::Fetch`: async, over the host's `fetch`; on `wasm32-unknown-unknown` only |
//! | `rustls` | TLS for the first three, by rustls with ring and Mozilla's roots: [`backends::tls`] |
//! | `fake` | [`fake::FakeArtisan`]: the service in memory, for the tests of your own code |
//! | `conformance` | [`backends::conformance`]: the suite that a backend of yours must pass |
//! | `tracing` | a span for each call, an event for each retry and each poll of a wait: see [`machine`] |
//!
//! # Where to go next
//!
//! - The [`cookbook`]: [moving from the gem](cookbook::from_the_gem), [unit tests](cookbook::unit_tests),
//!   [CSV](cookbook::csv_export), [a warehouse](cookbook::warehouse), [callbacks in axum](cookbook::callbacks), [a backend of your
//!   own](cookbook::your_own_backend), [an endpoint of your own](cookbook::your_own_endpoint), [retries](cookbook::retries), [limits](cookbook::limits).
//! - [`Client`] has a method for each endpoint. [`Error`] tells what went wrong and what is known of the request.
//! - [`decode`] decodes downloads, from any bytes. [`callback`] reads what the service sends to your own server.
//! - The package `useartisan-cli` is a command line, `artisan`. The example `tour` shows every method.
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

pub use api::{Api, ApiBuilder};
pub use backend::{
    AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend, BoxedBody, MaybeSend, MaybeSync,
};
pub use client::{
    BlockingDownload, BlockingProfiles, Call, Client, CompletedJob, Download, Profiles, WaitCall,
};
pub use credentials::Credentials;
pub use endpoint::{
    callback_url::CallbackUrl, contract::Endpoint, download_job::DownloadJob,
    export_profiles::ExportProfiles, export_segment::ExportSegment, get_job::GetJob, get_profile::GetProfile,
    list_apps::ListApps, list_jobs::ListJobs, list_segments::ListSegments,
};
pub use error::{Error, ErrorKind, OptionalExt, Position, Sent};
pub use id::{AppId, ArtisanId, JobId, ProfileId, ProfileIdIter, ProfileIds, SegmentId, SharedUserId};
pub use machine::{
    notifier::JobNotifier,
    polling::{JobProgress, Polling},
};
pub use model::{
    App, AttributeIter, AttributeValue, Attributes, Coordinate, Job, JobStatus, OtherStatus, Profile,
    QueuedJob, Segment,
};
pub use options::{CallOptions, Limits, Retry, Timeouts};
pub use redact::{Redacted, redacted};
pub use transport_error::{TransportError, TransportErrorKind};

// The programs on these pages are tested with the documentation.
#[cfg(all(doctest, feature = "fake", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(all(doctest, feature = "hyper", feature = "reqwest", feature = "rustls", feature = "ureq"))]
#[doc = include_str!("../docs/backends.md")]
mod backends_page {}
