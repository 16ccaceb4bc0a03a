//! A backend over `attohttpc`. It speaks http only: https needs one of attohttpc's features `tls-*`.
//!
//! attohttpc follows redirects, takes a proxy from the environment and decompresses by its feature `compress`; all of that
//! is off here. It adds `accept: */*` and a `User-Agent`, and no cookies. It takes a cut body as whole, and waits for the
//! body of a 204; the count of bytes mends both. Until the head is here, the shorter of `head` and `stall` counts.

use std::io::{ErrorKind as Io, Read};
use std::sync::mpsc::channel;
use std::{thread, time::Duration};

use attohttpc::{Error, ErrorKind, ProxySettings, RequestBuilder, body};
use bytes::Bytes;
use http::{Method, Request, Response};
use useartisan::backends::{self, Deadline};
use useartisan::{BlockingBackend, Timeouts, TransportError};

/// A backend over `attohttpc`.
#[must_use]
pub fn backend() -> impl BlockingBackend<Body = impl Read> {
    backends::from_fn(|request: Request<Bytes>, timeouts: Timeouts| {
        let deadline = Deadline::begin(&timeouts);
        let (sender, answer) = channel();
        // attohttpc bounds each read of the head, but not the whole head. So a thread waits for it.
        thread::spawn(move || drop(sender.send(send(request, &timeouts))));
        let answer = answer.recv_timeout(deadline.left()?).map_err(TransportError::timed_out)?;
        let (status, headers, mut reader) = answer.map_err(failure)?.split();
        let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        let mut left: Option<u64> = if [204, 304].contains(&status.as_u16()) { Some(0) } else { length };
        let mut response = Response::new(deadline.body(move |buffer| {
            let Some(left) = &mut left else { return reader.read(buffer) };
            let length = if *left == 0 { 0 } else { reader.read(buffer)? };
            let short = length == 0 && *left > 0;
            *left = left.checked_sub(length as u64).filter(|_| !short).ok_or(Io::UnexpectedEof)?;
            Ok(length)
        }));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    })
}

fn send(request: Request<Bytes>, timeouts: &Timeouts) -> Result<attohttpc::Response, Error> {
    let (head, body) = request.into_parts();
    let mut builder = RequestBuilder::try_new(head.method.clone(), head.uri.to_string())?
        .follow_redirects(false)
        .proxy_settings(ProxySettings::builder().build())
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.stall)
        .timeout(timeouts.total.min(Duration::from_secs(1 << 30))); // more would overflow
    *builder.headers_mut() = head.headers;
    if head.method == Method::GET { builder.send() } else { builder.body(body::Bytes(body)).send() }
}

fn failure(error: Error) -> TransportError {
    match error.into_kind() {
        ErrorKind::Io(error) if error.kind() == Io::ConnectionRefused => TransportError::not_sent(error),
        ErrorKind::TlsDisabled => TransportError::not_sent(Error::from(ErrorKind::TlsDisabled)),
        ErrorKind::Io(error) => error.into(), // a time-out, or an interruption
        kind => TransportError::interrupted(Error::from(kind)),
    }
}
