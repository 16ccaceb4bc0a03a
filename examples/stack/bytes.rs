//! A backend over a link that can only read and write bytes: a modem, a serial port, a TLS socket on a small system.
//!
//! There is no async runtime, and no buffer but one of a fixed size: neither a request's row nor an answer's head may
//! be longer. ureq-proto, which does no I/O, writes and reads the HTTP/1.1. Each request has a link of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::ops::Range;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Uri};
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use useartisan::{BlockingBackend, Failure, Timeouts, backends};

/// The longest row of a request, and the longest head of an answer, in bytes.
const BUFFER: usize = 4096;

/// What carries the bytes.
pub(crate) trait Link: Read + Write {
    /// How long one read or write may wait from now on; `None` is without end.
    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()>;
}

/// A backend of whatever opens a link to the host of a URL, within so long.
pub(crate) fn backend<L: Link>(
    dial: impl Fn(&Uri, Duration) -> io::Result<L>,
) -> impl BlockingBackend<Body = Body<L>> {
    backends::from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let after = |time| Instant::now().checked_add(time);
        let (head_end, end) = (after(timeouts.head), after(timeouts.total));
        let patience = timeouts.connect.min(timeouts.head).min(timeouts.total);
        let link = dial(request.uri(), patience).map_err(Failure::not_sent)?;
        let mut wire = Wire { link, buffer: [0; BUFFER], filled: 0..0, end };
        wire.link.set_patience(Some(timeouts.head.min(timeouts.total)).filter(|_| head_end.is_some()))?;
        let mut call = wire.write(request)?;
        let response = loop {
            let unread = &wire.buffer[wire.filled.clone()];
            let (used, response) = call.try_response(unread, false).map_err(Failure::interrupted)?;
            wire.filled.start += used;
            match response {
                Some(response) => break response,
                None if used > 0 => {} // an interim answer
                None if wire.fill(head_end)? => {}
                None => return Err(Failure::interrupted("the link ended before the answer")),
            }
        };
        let call = match call.proceed() {
            Some(RecvResponseResult::RecvBody(call)) => Some(call),
            _ => None, // an answer without a body
        };
        Ok(response.map(|()| Body { wire, call, stall: timeouts.stall }))
    })
}

/// A link, and what was read from it but not used yet.
struct Wire<L> {
    link: L,
    buffer: [u8; BUFFER],
    filled: Range<usize>,
    end: Option<Instant>,
}

impl<L: Link> Wire<L> {
    fn write(&mut self, request: Request<Bytes>) -> Result<Call<RecvResponse>, Failure> {
        let (mut head, body) = request.into_parts();
        head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if head.method != Method::GET {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
        }
        let call = Call::new(Request::from_parts(head, ())).map_err(Failure::not_sent)?;
        let mut call = call.proceed();
        while !call.can_proceed() {
            let length = call.write(&mut self.buffer).map_err(Failure::interrupted)?;
            self.link.write_all(&self.buffer[..length])?;
        }
        let call = match call.proceed().map_err(Failure::interrupted)? {
            Some(SendRequestResult::RecvResponse(call)) => Some(call),
            Some(SendRequestResult::SendBody(mut call)) => {
                self.link.write_all(&body)?;
                call.consume_direct_write(body.len()).map_err(Failure::interrupted)?;
                call.proceed()
            }
            _ => None,
        };
        call.ok_or_else(|| Failure::interrupted("the server was to be asked first"))
    }

    /// Reads some more before `until`; whether there was any.
    fn fill(&mut self, until: Option<Instant>) -> Result<bool, Failure> {
        self.buffer.copy_within(self.filled.clone(), 0);
        self.filled = 0..self.filled.len();
        if self.filled.end == BUFFER {
            return Err(Failure::interrupted("a head or a chunk's is longer than the buffer"));
        }
        let until = until.into_iter().chain(self.end).min();
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(Failure::timed_out("the answer is late"));
            }
            self.link.set_patience(left)?;
            match self.link.read(&mut self.buffer[self.filled.end..]) {
                Ok(length) => {
                    self.filled.end += length;
                    return Ok(length > 0);
                }
                // Some links wake a little early; what counts is the clock above.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(Failure::interrupted(error)),
            }
        }
    }
}

/// A response's body, read as it comes.
pub(crate) struct Body<L> {
    wire: Wire<L>,
    call: Option<Call<RecvBody>>,
    stall: Duration,
}

impl<L: Link> Read for Body<L> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let Some(call) = self.call.as_mut().filter(|_| !piece.is_empty()) else { return Ok(0) };
        loop {
            let unread = &self.wire.buffer[self.wire.filled.clone()];
            let (used, length) = call.read(unread, piece).map_err(Failure::interrupted)?;
            self.wire.filled.start += used;
            let until_closed = call.body_mode() == BodyMode::CloseDelimited;
            if length > 0 || (call.can_proceed() && !until_closed) {
                return Ok(length);
            }
            if used == 0 && !self.wire.fill(Instant::now().checked_add(self.stall))? {
                let cut = Failure::interrupted("the link ended within the body");
                return if until_closed { Ok(0) } else { Err(cut.into()) };
            }
        }
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
    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(patience)?;
        self.set_write_timeout(patience)
    }
}
