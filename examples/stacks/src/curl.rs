//! A backend over libcurl, by the crate `curl`.
//!
//! libcurl pushes what it receives, so a thread drives each transfer, and [`pushed`] receives from it. libcurl writes an escape's
//! letters in capitals, which is the same URL (RFC 3986, 6.2.2.1).

use std::io::Read;
use std::mem::take;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use curl::easy::{Easy, List};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use useartisan::{BlockingBackend, Timeouts, TransportError, TransportErrorKind, backends};

use crate::push::{Push, pushed};

/// A backend over libcurl.
#[must_use]
pub fn backend() -> impl BlockingBackend<Body = impl Read> {
    backends::from_fn(|request: Request<Bytes>, timeouts: Timeouts| {
        pushed(&timeouts, move |push| {
            let easy = set_up(&request, timeouts.connect, &push).map_err(TransportError::not_sent)?;
            thread::spawn(move || push.end(easy.perform().map_err(|error| failure(&easy, error))));
            Ok(())
        })
    })
}

fn set_up(request: &Request<Bytes>, connect: Duration, push: &Push) -> Result<Easy, curl::Error> {
    let mut easy = Easy::new();
    easy.url(&request.uri().to_string())?;
    easy.path_as_is(true)?;
    easy.proxy("")?; // not even one from the environment
    easy.connect_timeout(connect.min(Duration::from_secs(3600)))?;
    if request.method() != Method::GET {
        easy.post_fields_copy(request.body())?;
        easy.custom_request(request.method().as_str())?;
    }
    let mut headers = List::new();
    for unasked in ["accept:", "content-type:", "expect:"] {
        headers.append(unasked)?; // A bare name removes the header that libcurl would add.
    }
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.append(&if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") })?;
    }
    easy.http_headers(headers)?;

    let (heads, pieces, wanted) = (push.clone(), push.clone(), push.clone());
    let mut head = Response::new(());
    easy.header_function(move |line| read_line(line, &mut head, &heads).is_some())?;
    // Accepting fewer bytes ends the transfer. So does a refused progress call, which comes every second.
    easy.write_function(move |piece| Ok(if pieces.piece(piece.to_vec()) { piece.len() } else { 0 }))?;
    easy.progress(true)?;
    easy.progress_function(move |_, _, _, _| wanted.is_wanted())?;
    Ok(easy)
}

/// A line of a head; `None` ends the transfer.
fn read_line(line: &[u8], head: &mut Response<()>, push: &Push) -> Option<()> {
    let line = line.trim_ascii_end();
    if line.starts_with(b"HTTP/") {
        *head = Response::new(()); // The lines before were an interim answer.
        *head.status_mut() = StatusCode::from_bytes(line.split(|byte| *byte == b' ').nth(1)?).ok()?;
    } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        head.headers_mut().append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    } else if line.is_empty() && !head.status().is_informational() {
        return push.head(take(head)).then_some(());
    }
    Some(())
}

/// Nothing was sent if the name, TCP or TLS failed. Each request has a handle, and so a connection, of its own: a time-out before
/// TCP was connected also proves it, and so does a libcurl without TLS.
fn failure(easy: &Easy, error: curl::Error) -> TransportError {
    let before_tcp = easy.connect_time().is_ok_and(|time| time.is_zero());
    let connecting = error.is_couldnt_resolve_host()
        || error.is_couldnt_connect()
        || error.is_ssl_connect_error()
        || error.is_peer_failed_verification()
        || before_tcp && (error.is_operation_timedout() || error.is_unsupported_protocol());
    TransportError::new(
        if connecting { TransportErrorKind::NotSent } else { TransportErrorKind::Interrupted },
        error,
    )
}
