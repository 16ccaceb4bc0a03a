//! A backend over a link that can only read and write bytes: a modem, a serial port, a TLS socket on a small system.
//!
//! There is no async runtime, and no buffer but one of a fixed size: neither a request's row nor an answer's head may
//! be longer. ureq-proto, which does no I/O, writes and reads the HTTP/1.1. Each request has a link of its own.

use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::ops::Range;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Response, Uri};
use ureq_proto::BodyMode;
use ureq_proto::client::state::RecvBody;
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use useartisan::{BlockingBackend, Failure, Timeouts, backends};

/// The longest row of a request, and the longest head of an answer, in bytes.
const BUFFER: usize = 4096;

/// What carries the bytes. Past `until` it gives up, as [`ErrorKind::TimedOut`]; `None` is without end.
pub(crate) trait Link {
    fn read(&mut self, buffer: &mut [u8], until: Option<Instant>) -> io::Result<usize>;
    fn write(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()>;
}

/// A backend of whatever opens a link to the host of a URL, within so long.
pub(crate) fn backend<L: Link>(
    dial: impl Fn(&Uri, Duration) -> io::Result<L>,
) -> impl BlockingBackend<Body = Body<L>> {
    backends::from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let (head, total) = (timeouts.head.min(timeouts.total), timeouts.total);
        let (until, end) = (Instant::now().checked_add(head), Instant::now().checked_add(total));
        let link = dial(request.uri(), timeouts.connect.min(head)).map_err(Failure::not_sent)?;
        let stall = timeouts.stall;
        let mut body = Body { link, buffer: [0; BUFFER], unread: 0..0, call: None, until, stall, end };
        let response = body.exchange(request).map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => Failure::from(*error),
            Err(error) => Failure::interrupted(error),
        });
        Ok(response?.map(|()| body))
    })
}

/// A response's body, read as it comes.
pub(crate) struct Body<L> {
    link: L,
    buffer: [u8; BUFFER],
    unread: Range<usize>,
    call: Option<Call<RecvBody>>,
    until: Option<Instant>,
    stall: Duration,
    end: Option<Instant>,
}

impl<L: Link> Body<L> {
    fn exchange(&mut self, request: Request<Bytes>) -> Result<Response<()>, Box<dyn Error + Send + Sync>> {
        let (mut head, body) = request.into_parts();
        head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if head.method != Method::GET {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
        }
        let mut call = Call::new(Request::from_parts(head, ()))?.proceed();
        while !call.can_proceed() {
            let length = call.write(&mut self.buffer)?;
            self.link.write(&self.buffer[..length], self.until)?;
        }
        let mut call = match call.proceed()? {
            Some(SendRequestResult::RecvResponse(call)) => call,
            Some(SendRequestResult::SendBody(mut call)) => {
                self.link.write(&body, self.until)?;
                call.consume_direct_write(body.len())?;
                call.proceed().ok_or("the request is not whole")?
            }
            _ => return Err("a server is not asked beforehand".into()),
        };
        loop {
            let (used, response) = call.try_response(&self.buffer[self.unread.clone()], false)?;
            self.unread.start += used;
            if let Some(response) = response {
                if let Some(RecvResponseResult::RecvBody(call)) = call.proceed() {
                    self.call = Some(call);
                }
                return Ok(response);
            }
            if used == 0 && !self.fill()? {
                return Err("the link ended before the answer, or the buffer did".into());
            }
        }
    }

    /// Whether there was more to read, and room for it.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        let length = self.link.read(&mut self.buffer[self.unread.end..], self.until)?;
        self.unread.end += length;
        Ok(length > 0)
    }
}

impl<L: Link> Read for Body<L> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let stalled = Instant::now().checked_add(self.stall);
        self.until = stalled.into_iter().chain(self.end).min();
        while let Some(call) = self.call.as_mut().filter(|_| !piece.is_empty()) {
            let unread = &self.buffer[self.unread.clone()];
            let (used, length) = call.read(unread, piece).map_err(io::Error::other)?;
            let (over, closed) = (call.can_proceed(), call.body_mode() == BodyMode::CloseDelimited);
            self.unread.start += used;
            if length > 0 || (over && !closed) {
                return Ok(length);
            }
            if used == 0 && !self.fill()? {
                return if closed { Ok(0) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
        }
        Ok(0)
    }
}

/// What stands for the modem here. Without TLS it must not dial https: the keys would go out for all to read.
pub(crate) fn dial(uri: &Uri, patience: Duration) -> io::Result<TcpStream> {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http"));
    let host = host.ok_or_else(|| io::Error::other("this link speaks http only"))?;
    let mut refused = io::Error::other("the host has no address");
    for address in (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80)).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience.min(Duration::from_secs(3600))) {
            Ok(stream) => return Ok(stream),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

impl Link for TcpStream {
    fn read(&mut self, buffer: &mut [u8], until: Option<Instant>) -> io::Result<usize> {
        loop {
            self.set_read_timeout(left(until)?)?;
            match Read::read(self, buffer) {
                // A socket may wake a little early; what counts is the clock.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                outcome => return outcome,
            }
        }
    }

    fn write(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        self.set_write_timeout(left(until)?)?;
        self.write_all(bytes)
    }
}

fn left(until: Option<Instant>) -> io::Result<Option<Duration>> {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    if left == Some(Duration::ZERO) { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}
