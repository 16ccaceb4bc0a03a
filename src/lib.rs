//! A sans-IO client for the Artisan API: apps, user profiles, segments, export jobs and their downloads.
//!
//! The core builds [`http::Request`]s and reads [`http::Response`]s for every endpoint, and does no I/O: it opens
//! no socket, reads no clock and needs no runtime. A [`backend`] moves the bytes: one of those in [`backends`], or
//! a few lines of yours around whatever HTTP stack you have.
//!
//! ```text
//!  Credentials + base URL ─► Api ─┐
//!                                 ├─► http::Request<Bytes> ─► Backend ─► http::Response ─┐
//!  ids, valid by construction ─► Endpoint ◄──────────────────────────────────────────────┘
//!                                 └─► typed output | Error
//!  ╰──────────── the core: no I/O, no clock, no randomness ───────╯ ╰─ backends: bytes ─╯
//! ```
//!
//! You may leave this line anywhere: build a request and send it by your own means, hand in a response that came
//! from a test or a modem, drive a [`machine`] by hand, or let a [`Client`] do all of it.
//!
//! ```
//! use useartisan::{Api, AppId, Credentials, Endpoint, GetProfile, ProfileId, redacted};
//!
//! let api = Api::new(Credentials::new("public", "secret")?);
//! let call = GetProfile::new(AppId::new("557ade8b")?, ProfileId::artisan("bdbbf66f")?);
//! let request: http::Request<bytes::Bytes> = call.request(&api);
//! println!("{}", redacted(&request));
//!
//! // … send it by whatever means you have, and hand in what came back:
//! let response = http::Response::new(r#"{"success":true,"response":{"attributes":{"age":"54"}}}"#);
//! assert_eq!(api.parse(&call, response)?.age()?, Some(54));
//! # Ok::<(), useartisan::Error>(())
//! ```
//!
//! # Features
//!
//! None is on by default. `reqwest`, `ureq` and `hyper` each add a backend, and `tower` one over any
//! `tower::Service`; `rustls` gives TLS to the first three; `fake` adds [`fake::FakeArtisan`], the service in memory, for the tests of your own code; `conformance` adds
//! [`backends::conformance`], the suite that a backend of yours must pass; `tracing` tells of each call and each retry
//! what [`machine`] lists.
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
pub mod backend;
#[path = "../backends/mod.rs"]
pub mod backends;
mod base_url;
pub mod callback;
mod client;
mod credentials;
mod download;
pub mod endpoint;
mod error;
pub mod export;
#[cfg(feature = "fake")]
pub mod fake;
mod id;
pub mod machine;
mod model;
mod path;
mod profiles;
mod redact;
mod scrub;
mod settings;
mod trace;

pub use api::{Api, ApiBuilder};
pub use backend::{AsyncBackend, BlockingBackend, Erased, ErasedBlocking, Failure, FailureKind};
pub use client::{Call, Client, Finished, WaitCall};
pub use credentials::Credentials;
pub use download::{BlockingDownload, Download};
pub use endpoint::{
    CallbackUrl, DownloadJob, Endpoint, ExportProfiles, ExportSegment, GetJob, GetProfile, ListApps,
    ListJobs, ListSegments, OpenDownload,
};
pub use error::{Error, ErrorKind, OptionalExt, Position, Sent};
pub use id::{
    AppId, ArtisanId, Id, JobId, ProfileId, ProfileIdIter, ProfileIds, QueryValue, SegmentId, SharedUserId,
    TextId,
};
pub use machine::{Polling, Retry, Wait, Waiting};
pub use model::{
    App, AttributeIter, AttributeValue, Attributes, Coordinate, Job, JobStatus, OtherStatus, Profile,
    QueuedJob, Segment,
};
pub use path::Path;
pub use profiles::{BlockingProfiles, Profiles};
pub use redact::{Redacted, redacted};
pub use settings::{Limits, Timeouts};

/// The README's snippets, compiled and run.
#[cfg(all(doctest, feature = "conformance", feature = "fake", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
