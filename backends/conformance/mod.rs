//! The suite that any backend must pass, to be run on a backend of yours.
//!
//! The core decides what is repeated, followed and refused, and it decides by what its backend tells. A backend
//! that follows a redirect carries both keys to wherever it points; one that takes a cut body as whole makes half
//! an export look like all of it; one that sends a POST again starts a job twice. This suite looks for what
//! [`AsyncBackend`] asks of a backend, one case at a time. In a test it takes three lines:
//!
//! ```
//! # #[cfg(feature = "ureq")] mod demo {
//! use useartisan::backends::{conformance, ureq::Ureq};
//!
//! fn conforms() { // a #[test]
//!     conformance::check_blocking(|| Ureq::new().unwrap());
//! }
//! # }
//! ```
//!
//! An async backend is checked on the executor that it runs on:
//!
//! ```
//! # #[cfg(feature = "hyper")] mod demo {
//! use useartisan::backends::{conformance, hyper::Hyper};
//!
//! async fn conforms() { // a #[tokio::test]
//!     conformance::check(|| Hyper::new().unwrap()).await;
//! }
//! # }
//! ```
//!
//! The suite brings its own small server, on a socket of the loopback interface, with a script of bytes for each
//! case. It takes a few seconds, waits for no time-out longer than 0.3 seconds, and holds nothing up for ever:
//! whatever a backend waits for, the server hangs up after 3 seconds. [`cases`] lists the cases, and [`Case::run`] runs
//! one alone. Where there are neither sockets nor threads, on wasm, the module is not there.
//!
//! # The cases
//!
//! Requests, as RFC 9112 puts them on the wire:
//!
//! | case | why |
//! |---|---|
//! | `request_line` | an id is one segment of the path, escaped once; a client that normalizes paths asks for another user. `%c3` may go out as `%C3`, which is the same (RFC 3986, 6.2.2.1) and which libcurl cannot be kept from; `%2E` may not go out as `.`, though it is called the same there, since dots have a meaning of their own in paths |
//! | `request_body` | the service reads the body; a `Content-Length` or chunks are both well |
//! | `get_without_body` | some servers refuse a GET that announces a body (RFC 9110, 9.3.1) |
//! | `host` | HTTP/1.1 needs it, once (RFC 9112, 3.2) |
//! | `no_header_lost`, `sensitive_headers` | the keys and the content type are headers; "sensitive" is a hint for logs and indexing, and no more |
//! | `no_header_added` | the service documents what it takes; a `Referer` or a cookie tells it what it is not to know. `accept: */*` says nothing, and reqwest cannot be kept from it |
//!
//! Answers that come whole:
//!
//! | case | why |
//! |---|---|
//! | `every_status` | the reason for a 4xx stands in its body, which the core reads |
//! | `redirects` | the keys go to no other origin, and only the core knows which request may be repeated; all of 301, 302, 303, 307, 308, to another server and to the same |
//! | `response_headers` | `Retry-After` and the like are read by the core, duplicates among them (RFC 9110, 5.3) |
//! | `content_coding` | the core refuses what it did not ask for by the header's name; decoding without limits is how a bomb goes off |
//! | `interim_answers` | they are not the answer (RFC 9110, 15.2) |
//! | `empty_bodies` | 204 and 304 have none, whatever their length says (RFC 9112, 6.3) |
//! | `chunked`, `until_closed` | the two framings without a length (RFC 9112, 7.1 and 6.3). Here, and where a body is empty, the end of a blocking body is read twice: it lasts, as readers expect of `Read` |
//! | `large_body` | an export is as long as it is; some clients' helpers stop at 10 MB |
//! | `body_as_it_comes`, `unread_body` | records are read as they arrive, in constant memory |
//!
//! Answers that do not:
//!
//! | case | why |
//! |---|---|
//! | `refused` | `NotSent` is what lets a POST be sent again |
//! | `no_answer` | and here it must not: the service may have acted on it |
//! | `cut_head` | an answer is one once its head is whole |
//! | `cut_by_fin`, `cut_by_reset`, `cut_in_a_chunk`, `cut_between_chunks` | a truncated body is not whole (RFC 9112, 8) |
//!
//! Two cuts are not asked for, since clients in use do not see them: that of a body which only the end of the
//! connection delimits, and a chunked body that has its last chunk but not the empty line after it. Against those
//! the core insists on the document's own end.
//!
//! Calls and time:
//!
//! | case | why |
//! |---|---|
//! | `not_repeated`, `not_repeated_when_reused` | repeating is the core's to decide, and it may be a POST |
//! | `own_answers` | a pool must not mix answers up; calls at once come from several threads where the backend blocks, and from one task where it does not |
//! | `left_over_bytes` | nor must a server that says more than it announced choose the next answer |
//! | `dropped_body`, `cancelled` | who gives up waits for nothing, and leaves no connection behind |
//! | `side_by_side` | a blocking client in an async coat keeps its executor from all else |
//! | `offload` | [`AsyncBackend::offload`] is how downloads are saved |
//! | `head_timeout`, `head_timeout_drip`, `stall_timeout`, `stall_per_piece`, `total_timeout`, `total_timeout_head`, `no_timeout` | each of [`Timeouts`](crate::Timeouts) has its own meaning. Lateness is forgiven twice, since a busy machine is late for reasons of its own. `connect` is not tried: loopback has no host that never answers |
//! | `sleep`, `sleep_without_end`, `now`, `seed` | what the core's deadlines, waits and jitter are made of |

mod case;
mod cases;
mod request;
mod server;
mod subject;

use crate::{AsyncBackend, BlockingBackend};

pub use case::{Case, Finding, Findings};

/// All cases, in the order in which they are tried.
///
/// ```
/// for case in useartisan::backends::conformance::cases() {
///     println!("{}: {}", case.name(), case.rule());
/// }
/// ```
pub fn cases() -> impl Iterator<Item = &'static Case> {
    cases::ALL.into_iter().flatten()
}

/// Tries every case on an async backend, which is made anew for each. Runs under any executor that the backend
/// runs under.
///
/// ```
/// # #[cfg(feature = "hyper")] mod demo {
/// use useartisan::backends::{conformance, hyper::Hyper};
///
/// // A #[tokio::test]:
/// async fn conforms() {
///     conformance::check(|| Hyper::new().unwrap()).await;
/// }
/// # }
/// ```
///
/// # Panics
/// If the backend does not conform, with all that was found.
#[allow(clippy::panic, reason = "it is an assertion of a test, which fails in no other way")]
pub async fn check<B>(make: impl Fn() -> B)
where
    B: AsyncBackend<Body: 'static> + 'static,
{
    if let Err(findings) = try_check(make).await {
        panic!("{findings}");
    }
}

/// Tries every case but those for async backends on a blocking backend, which is made anew for each.
///
/// The backend is called from several threads. One that cannot be is put behind a lock, in a closure:
/// `backends::from_fn(move |request, timeouts| backend.lock().unwrap().send(request, &timeouts))`.
///
/// ```
/// # #[cfg(feature = "ureq")] mod demo {
/// use useartisan::backends::{conformance, ureq::Ureq};
///
/// // A #[test]:
/// fn conforms() {
///     conformance::check_blocking(|| Ureq::new().unwrap());
/// }
/// # }
/// ```
///
/// # Panics
/// If the backend does not conform, with all that was found.
#[allow(clippy::panic, reason = "it is an assertion of a test, which fails in no other way")]
#[track_caller]
pub fn check_blocking<B>(make: impl Fn() -> B)
where
    B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
{
    if let Err(findings) = try_check_blocking(make) {
        panic!("{findings}");
    }
}

/// As [`check`], for whoever wants the findings.
///
/// ```
/// # #[cfg(feature = "hyper")] mod demo {
/// use useartisan::backends::{conformance, hyper::Hyper};
///
/// async fn conforms() -> bool {
///     let tried = conformance::try_check(|| Hyper::new().unwrap()).await;
///     tried.inspect_err(|findings| eprintln!("{findings}")).is_ok()
/// }
/// # }
/// ```
///
/// # Errors
/// The cases that the backend fails.
pub async fn try_check<B>(make: impl Fn() -> B) -> Result<(), Findings>
where
    B: AsyncBackend<Body: 'static> + 'static,
{
    let mut findings = Vec::new();
    for case in cases() {
        findings.extend(case.run(&make).await.err());
    }
    Findings::unless_none(findings)
}

/// As [`check_blocking`], for whoever wants the findings.
///
/// ```
/// # #[cfg(feature = "ureq")] mod demo {
/// use useartisan::backends::{conformance, ureq::Ureq};
///
/// fn conforms() -> bool {
///     let tried = conformance::try_check_blocking(|| Ureq::new().unwrap());
///     tried.inspect_err(|findings| eprintln!("{findings}")).is_ok()
/// }
/// # }
/// ```
///
/// # Errors
/// The cases that the backend fails.
pub fn try_check_blocking<B>(make: impl Fn() -> B) -> Result<(), Findings>
where
    B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
{
    Findings::unless_none(cases().filter_map(|case| case.run_blocking(&make).err()).collect())
}
