//! A blocking backend over `wasi:http`, the HTTP client of a WASI host. It speaks what the host speaks, including https.
//!
//! The host adds the header `host`, makes the connection with its TLS, and keeps `connect`. [`Deadline`] keeps the other time-outs, by
//! a timer beside each wait. A host neither follows redirects nor decompresses.
//!
//! An untrusted certificate counts as not sent. Any other failed TLS handshake may count as sent, because a host does not say when
//! it failed.

use std::io::{self, Read};
use std::time::Duration;

use bytes::Bytes;
use http::{Method as HttpMethod, Request, Response, Uri};
use useartisan::backends::{self, Deadline};
use useartisan::{BlockingBackend, Timeouts, TransportError, TransportErrorKind as Kind};
use wasi::clocks::monotonic_clock;
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::{InputStream, StreamError};

/// A backend over `wasi:http`.
#[must_use]
pub fn backend() -> impl BlockingBackend<Body = impl Read> {
    backends::from_fn(|request: Request<Bytes>, timeouts: Timeouts| {
        let deadline = Deadline::begin(&timeouts);
        let (sent, upload) = send(&request, &timeouts)?;
        if let Some(upload) = upload {
            write(upload, request.body(), &sent, &deadline)?;
        }
        let arrived = loop {
            match sent.get() {
                Some(outcome) => break outcome.map_err(taken)?,
                None => wait(&[&sent.subscribe()], &deadline)?,
            }
        };
        let arrived = arrived.map_err(failed)?;
        let mut response = Response::builder().status(arrived.status());
        for (name, value) in arrived.headers().entries() {
            response = response.header(name, value);
        }
        let mut body = Body::new(&arrived)?;
        let within = deadline.clone();
        response.body(deadline.body(move |buffer| body.read(buffer, &within))).map_err(other)
    })
}

/// Begins to send a request. Until the host has accepted it, nothing is sent.
fn send(
    request: &Request<Bytes>,
    timeouts: &Timeouts,
) -> Result<(FutureIncomingResponse, Option<OutgoingBody>), TransportError> {
    let refused =
        |part| move |()| TransportError::not_sent(format!("the host refuses the {part} of the request"));
    let mut headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let length = request.body().len();
    let uploads = length > 0 || !request.method().is_safe();
    if uploads {
        headers.push(("content-length".to_owned(), length.to_string().into_bytes()));
    }
    let outgoing = OutgoingRequest::new(Fields::from_list(&headers).map_err(TransportError::not_sent)?);
    outgoing.set_method(&method(request.method())).map_err(refused("method"))?;
    set_uri(&outgoing, request.uri()).map_err(refused("URI"))?;
    let upload = if uploads { Some(outgoing.body().map_err(refused("body"))?) } else { None };
    let options = RequestOptions::new();
    // A host may have no such option.
    let _ = options.set_connect_timeout(Some(nanoseconds(timeouts.connect)));
    // The deadline must pass before the host's own limits, because their errors may not say that they are time-outs.
    let beyond = nanoseconds(timeouts.total.saturating_add(Duration::from_secs(1)));
    let _ = options.set_first_byte_timeout(Some(beyond));
    let _ = options.set_between_bytes_timeout(Some(beyond));
    let sent = outgoing_handler::handle(outgoing, Some(options)).map_err(TransportError::not_sent)?;
    Ok((sent, upload))
}

fn method(method: &HttpMethod) -> Method {
    match *method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        _ => Method::Other(method.to_string()),
    }
}

fn set_uri(outgoing: &OutgoingRequest, uri: &Uri) -> Result<(), ()> {
    let scheme = match uri.scheme_str() {
        Some("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    outgoing.set_scheme(Some(&scheme))?;
    outgoing.set_authority(uri.authority().map(|authority| authority.as_str()))?;
    outgoing.set_path_with_query(uri.path_and_query().map(|path| path.as_str()))
}

/// Writes the request's body until the response arrives. If it can't be written, the response or its failure says why.
fn write(
    upload: OutgoingBody,
    mut unsent: &[u8],
    sent: &FutureIncomingResponse,
    deadline: &Deadline,
) -> Result<(), TransportError> {
    let stream = upload.write().map_err(taken)?;
    let (writable, answered) = (stream.subscribe(), sent.subscribe());
    while !unsent.is_empty() && !answered.ready() {
        let Ok(room) = stream.check_write() else { return Ok(()) };
        let (now, later) = unsent.split_at(unsent.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
        if now.is_empty() {
            wait(&[&writable, &answered], deadline)?;
        } else if stream.write(now).is_err() {
            return Ok(());
        }
        unsent = later;
    }
    drop((writable, stream)); // A host requires this order.
    let _ = OutgoingBody::finish(upload, None);
    Ok(())
}

/// A response's body. The stream belongs to the host's body and must be dropped first; fields are dropped in order.
struct Body {
    stream: InputStream,
    _whole: IncomingBody,
}

impl Body {
    fn new(response: &IncomingResponse) -> Result<Self, TransportError> {
        let whole = response.consume().map_err(taken)?;
        Ok(Body { stream: whole.stream().map_err(taken)?, _whole: whole })
    }

    fn read(&mut self, buffer: &mut [u8], deadline: &Deadline) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer.len() as u64) {
                Ok(piece) if piece.is_empty() => wait(&[&self.stream.subscribe()], deadline)?,
                Ok(piece) => {
                    let (start, _) = buffer.split_at_mut(piece.len());
                    start.copy_from_slice(&piece);
                    return Ok(piece.len());
                }
                Err(StreamError::Closed) => return Ok(0),
                // Not a time-out, because the deadline passes first.
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(TransportError::interrupted(error.to_debug_string()).into());
                }
            }
        }
    }
}

/// Waits until one of these may be ready, but no longer than the deadline allows. Call it in a loop.
fn wait(pollables: &[&Pollable], deadline: &Deadline) -> Result<(), TransportError> {
    let timer = monotonic_clock::subscribe_duration(nanoseconds(deadline.left()?));
    poll(&[pollables, &[&timer]].concat());
    Ok(())
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Classifies the host's error about a request that it accepted. Only a failure before there was a connection is not sent. TLS may
/// also fail later, with the same codes, except for a certificate.
fn failed(code: ErrorCode) -> TransportError {
    use ErrorCode as E;
    let kind = match code {
        E::DnsTimeout | E::DnsError(_) | E::DestinationNotFound | E::DestinationUnavailable => Kind::NotSent,
        E::DestinationIpProhibited | E::DestinationIpUnroutable | E::ConnectionLimitReached => Kind::NotSent,
        E::ConnectionRefused | E::ConnectionTimeout | E::TlsCertificateError => Kind::NotSent,
        E::HttpRequestDenied => Kind::NotSent, // by the host's settings
        E::ConnectionTerminated | E::HttpResponseIncomplete | E::HttpProtocolError => Kind::Interrupted,
        E::TlsProtocolError | E::TlsAlertReceived(_) => Kind::Interrupted,
        E::ConnectionReadTimeout | E::ConnectionWriteTimeout | E::HttpResponseTimeout => Kind::TimedOut,
        _ => Kind::Other,
    };
    TransportError::new(kind, code)
}

/// The host gives each part once, and this backend asks once.
fn taken((): ()) -> TransportError {
    other("the host says that this was taken before")
}

fn other(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TransportError {
    TransportError::new(Kind::Other, cause)
}
