//! The cases by subject, and shared helpers.

/// A case is the function of its name.
macro_rules! case {
    ($name:ident, $rule:literal) => {
        Case::new(stringify!($name), $rule, |subject| Box::pin(async move { $name(&subject).await }))
    };
}

/// Adds to a finding where it was found.
macro_rules! at {
    ($outcome:expr, $($place:tt)+) => {
        $outcome.map_err(|found| format!("{found}, at {}", format_args!($($place)+)))
    };
}

mod answers;
mod calls;
mod cuts;
mod deadlines;
mod requests;
mod time;

use std::error::Error;
use std::fmt::{Debug, Display};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};

use super::case::{Case, Outcome};
use super::server::{Refusing, Server, Step};
use super::subject::Subject;
use crate::{Timeouts, TransportError, TransportErrorKind};

/// All cases, by subject.
pub(super) const ALL: [&[Case]; 6] =
    [requests::CASES, answers::CASES, cuts::CASES, calls::CASES, deadlines::CASES, time::CASES];

/// How often a measurement is tried.
const ATTEMPTS: usize = 3;

/// Time-outs longer than the server's patience, for cases that are not about time-outs.
fn patient() -> Timeouts {
    let long = Duration::from_secs(5);
    Timeouts::default().with_connect(long).with_head(long).with_stall(long).with_total(2 * long)
}

fn request(server: &Server, method: Method, target: &str, body: &[u8]) -> Result<Request<Bytes>, String> {
    request_to(server.address(), method, target, body)
}

fn request_to(
    address: SocketAddr,
    method: Method,
    target: &str,
    body: &[u8],
) -> Result<Request<Bytes>, String> {
    let uri = format!("http://{address}{target}");
    let request = Request::builder().method(method).uri(uri).body(Bytes::copy_from_slice(body));
    request.map_err(|error| told("the suite's own request", &error))
}

fn get(server: &Server) -> Result<Request<Bytes>, String> {
    request(server, Method::GET, "/public/api/apps", b"")
}

/// Sends a request and reads its answer whole.
async fn exchange(
    subject: &Subject,
    request: Request<Bytes>,
    timeouts: &Timeouts,
) -> Result<Response<Vec<u8>>, TransportError> {
    let (head, mut unread) = subject.send(request, timeouts).await?.into_parts();
    Ok(Response::from_parts(head, unread.whole().await?))
}

/// The answer to a GET. It must arrive whole.
async fn answer_to_get(subject: &Subject, server: &Server) -> Result<Response<Vec<u8>>, String> {
    exchange(subject, get(server)?, &patient()).await.map_err(failed)
}

/// The server answers a GET with these steps. The answer must arrive whole.
async fn answered(subject: &Subject, steps: impl Into<Vec<Step>>) -> Result<Response<Vec<u8>>, String> {
    let server = started(Server::answering(steps))?;
    answer_to_get(subject, &server).await
}

fn started<S>(server: std::io::Result<S>) -> Result<S, String> {
    server.map_err(|error| told("no server of the suite's own", &error))
}

/// Does something that must last `limit`: never less, and at most 10 % and 200 ms more. If it is late it is tried again, because
/// a busy machine may be late.
async fn punctual<F: Future<Output = Outcome>>(limit: Duration, what: impl Fn() -> F) -> Outcome {
    let latest = limit + limit / 10 + Duration::from_millis(200);
    let mut found = String::new();
    for _ in 0..ATTEMPTS {
        let began = Instant::now();
        what().await?;
        let took = began.elapsed();
        if took >= limit && took <= latest {
            return Ok(());
        }
        found = format!("an end after {took:?} instead of {limit:?}");
        if took < limit {
            break;
        }
    }
    Err(found)
}

/// The exchange must fail with this kind.
fn must_fail(outcome: Result<Response<Vec<u8>>, TransportError>, kind: TransportErrorKind) -> Outcome {
    match outcome {
        Ok(response) => Err(format!(
            "status {}, {} bytes and a clean end",
            response.status().as_u16(),
            response.body().len()
        )),
        Err(failure) if failure.kind() == kind => Ok(()),
        Err(failure) => Err(failed(failure)),
    }
}

/// The finding for an unexpected failure.
fn failed(failure: TransportError) -> String {
    told(&format!("the failure `{:?}`", failure.kind()), &failure)
}

fn told(what: &str, error: &dyn Error) -> String {
    let mut text = format!("{what} ({error}");
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text + ")"
}

fn same<T: PartialEq<U> + Debug, U: Debug>(what: impl Display, found: T, expected: U) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what} {found:?} instead of {expected:?}")) }
}

/// A body as text.
fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}
