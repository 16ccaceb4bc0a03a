//! The suite that every backend must pass. Run it on your own.
//!
//! The core decides what is repeated, followed and refused. It decides by what its backend reports. A backend that
//! follows a redirect carries both keys to wherever it points. One that takes a cut body as whole makes half an export
//! look complete. One that sends a POST again starts a job twice. The suite checks what
//! [`AsyncBackend`] asks of a backend, one case at a time. A test takes three lines:
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
//! # Known deviations
//!
//! Some clients cannot pass a case: for example, they always send a `User-Agent`. Name that case and the reason, and all other
//! cases still count:
//!
//! ```
//! # #[cfg(feature = "ureq")] mod demo {
//! use useartisan::backends::{conformance::Suite, ureq::Ureq};
//!
//! fn conforms() { // a #[test]
//!     let report = Suite::default()
//!         .known_deviation("no_user_agent_added", "the client can't leave it out")
//!         .run_blocking(|| Ureq::new().unwrap());
//!     println!("{}", report.unwrap());
//! }
//! # }
//! ```
//!
//! The report lists the known deviations, what was found and the reasons. A backend that no longer deviates fails
//! the suite, so the list stays true.
//!
//! # Time
//!
//! A backend that conforms takes about 4 seconds. Nearly all of it is spent waiting, and no option makes it shorter;
//! [`Case::run`] runs one case alone. A backend that fails takes longer, but it can't hang the suite: the server hangs
//! up after 3 seconds, whatever the backend waits for.
//!
//! The suite has its own server: a socket on the loopback interface, and a script of bytes for each case. The module is
//! absent on wasm, which has neither sockets nor threads.
//!
//! # The cases
//!
//! Requests, as RFC 9112 puts them on the wire:
//!
//! | case | why |
//! |---|---|
//! | `request_line` | an id is one segment of the path, escaped once; a client that normalizes paths asks for another user. `%c3` may go out as `%C3`: it is the same (RFC 3986, 6.2.2.1), and libcurl always writes it so. `%2E` may not go out as `.`, because dots have a special meaning in paths |
//! | `request_body` | the service reads the body; it may have a `Content-Length` or come in chunks |
//! | `get_without_body` | some servers refuse a GET that announces a body (RFC 9110, 9.3.1) |
//! | `host` | HTTP/1.1 needs it, once (RFC 9112, 3.2) |
//! | `no_header_lost`, `sensitive_headers` | the keys and the content type are headers; "sensitive" is only a hint for logs and indexing |
//! | `no_header_added` | the service documents what it takes; a `Referer` or a cookie reveals what it should not know. `accept: */*` means nothing, and reqwest always sends it |
//! | `no_user_agent_added` | a `User-Agent` is yours to set. It is a case of its own, because some clients always send one |
//!
//! Whole answers:
//!
//! | case | why |
//! |---|---|
//! | `every_status` | the core reads the reason for a 4xx in its body |
//! | `redirects` | the keys go to no other origin, and only the core knows which request may be repeated: 301, 302, 303, 307 and 308 are tried, to another server and to the same |
//! | `response_headers` | the core reads `Retry-After` and the like, duplicates included (RFC 9110, 5.3) |
//! | `content_coding` | the core refuses a coding by name; decoding without limits lets a small body fill the memory |
//! | `interim_answers` | they are not the answer (RFC 9110, 15.2) |
//! | `empty_bodies` | 204 and 304 have no body, whatever their `Content-Length` says (RFC 9112, 6.3) |
//! | `trailers` | what follows the last chunk is no part of the body (RFC 9112, 7.1.2) |
//! | `chunked`, `until_closed` | the two framings without a length (RFC 9112, 7.1 and 6.3). In these and in `empty_bodies`, the end of a blocking body is read twice, as users of `Read` may do |
//! | `large_body` | an export may be long; some clients' helpers stop at 10 MB |
//! | `body_as_it_comes`, `unread_body` | records are read as they arrive, in constant memory |
//!
//! Answers that are cut, or never arrive:
//!
//! | case | why |
//! |---|---|
//! | `refused` | `NotSent` lets a POST be sent again |
//! | `no_tls` | anyone on the network could read the keys. The suite has no certificate, so TLS always fails |
//! | `no_answer` | this must not be `NotSent`: the service may have acted on the request |
//! | `cut_head` | an answer begins with a whole head |
//! | `cut_by_fin`, `cut_by_reset`, `cut_in_a_chunk`, `cut_between_chunks` | a truncated body is not whole (RFC 9112, 8) |
//!
//! Two cuts are not tried, because common clients do not notice them: a cut body that ends with its connection, and a
//! chunked body that lacks only the empty line after its last chunk. The core insists on the document's own end, and so
//! notices both.
//!
//! Calls and time:
//!
//! | case | why |
//! |---|---|
//! | `not_repeated`, `not_repeated_when_reused` | only the core repeats a request, which may be a POST |
//! | `kept_connection_dies` | nobody can prove that it was never written, and a wrong guess sends a POST twice |
//! | `own_answers` | a pool must not mix answers up. Concurrent calls come from several threads if the backend blocks, and from one task if it is async |
//! | `left_over_bytes` | a server that sends more than it announced must not choose the next answer |
//! | `dropped_body`, `cancelled` | an abandoned call ends at once, and leaves no connection behind |
//! | `side_by_side` | a blocking client behind an async method stops everything else on its executor |
//! | `offload` | downloads are saved by [`AsyncBackend::offload`] |
//! | `head_timeout`, `head_timeout_drip`, `stall_timeout`, `stall_per_piece`, `total_timeout`, `total_timeout_head`, `no_timeout` | each of [`Timeouts`](crate::Timeouts) has its own meaning. A late time-out is tried three times, because a busy machine may be late. `connect` is not tried: loopback has no host that never answers |
//! | `sleep`, `sleep_without_end`, `now`, `seed` | the core's deadlines, waits and jitter use them |

mod case;
mod cases;
mod request;
mod server;
mod subject;
mod suite;

use crate::{AsyncBackend, BlockingBackend};

pub use case::{Case, Finding};
pub use suite::{Findings, Report, Suite};

/// All cases, in the order in which the suite runs them.
///
/// ```
/// for case in useartisan::backends::conformance::cases() {
///     println!("{}: {}", case.name(), case.rule());
/// }
/// ```
pub fn cases() -> impl Iterator<Item = &'static Case> {
    cases::ALL.into_iter().flatten()
}

/// Checks an async backend. Await it on the executor that the backend needs. Each case makes a new backend.
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
/// If the backend fails a case. The message has all that was found. [`Suite::run`] returns it instead.
#[allow(clippy::panic, reason = "it is an assertion of a test, which fails in no other way")]
pub async fn check<B>(make: impl Fn() -> B)
where
    B: AsyncBackend<Body: 'static> + 'static,
{
    if let Err(findings) = Suite::default().run(make).await {
        panic!("{findings}");
    }
}

/// Checks a blocking backend. Each case makes a new backend. Cases for async backends are left out.
///
/// The suite calls the backend from several threads, and its body must be `Send`. If yours is not `Sync`, put it behind a lock, in a closure:
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
/// If the backend fails a case. The message has all that was found. [`Suite::run_blocking`] returns it instead.
#[allow(clippy::panic, reason = "it is an assertion of a test, which fails in no other way")]
#[track_caller]
pub fn check_blocking<B>(make: impl Fn() -> B)
where
    B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
{
    if let Err(findings) = Suite::default().run_blocking(make) {
        panic!("{findings}");
    }
}
