//! A backend over a link that can only read and write bytes: a modem, a serial port, a TLS socket on a small system.
//!
//! There is no async runtime, and no buffer but of one fixed size: neither a request's head nor an answer's may be
//! longer. ureq-proto, which does no I/O, writes and reads the HTTP/1.1. Each request has a link of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Uri};
use ureq_proto::BodyMode;
use ureq_proto::client::state::RecvResponse;
use ureq_proto::client::{Call, RecvResponseResult as Received, SendRequestResult as Sent};
use useartisan::backends::{self, Deadline};
use useartisan::{BlockingBackend, Timeouts, TransportError};

/// The longest head of a request and of an answer, in bytes.
const BUFFER: usize = 8 * 1024;

/// A backend over any function that opens a link to a URL's host within the given time. The link then waits no longer than its
/// deadline allows.
pub fn backend<L: Read + Write>(
    dial: impl Fn(&Uri, Duration, Deadline) -> io::Result<L>,
) -> impl BlockingBackend<Body = impl Read> {
    backends::from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let deadline = Deadline::begin(&timeouts);
        let mut link =
            dial(request.uri(), timeouts.connect, deadline.clone()).map_err(TransportError::not_sent)?;
        let mut call = send(request, &mut link)?;
        let mut rest = Vec::with_capacity(BUFFER);
        let response = feed(&mut link, &mut rest, &mut |bytes, _| call.try_response(bytes, false))?;
        let mut call = call.proceed();
        let body = deadline.body(move |piece| {
            let Some(Received::RecvBody(call)) = &mut call else { return Ok(0) };
            feed(&mut link, &mut rest, &mut |bytes, closed| {
                let (used, length) = call.read(bytes, piece)?;
                let over = call.can_proceed() && (closed || call.body_mode() != BodyMode::CloseDelimited);
                Ok((used, (length > 0 || over).then_some(length)))
            })
        });
        Ok(response.map(|()| body))
    })
}

fn send(request: Request<Bytes>, link: &mut impl Write) -> io::Result<Call<RecvResponse>> {
    let (mut head, body) = request.into_parts();
    if head.method != Method::GET {
        head.headers.insert(CONTENT_LENGTH, body.len().into());
    }
    let mut call = Call::new(Request::from_parts(head, ())).map_err(io::Error::other)?.proceed();
    let mut bytes = [0; BUFFER];
    let length = call.write(&mut bytes).map_err(io::Error::other)?;
    link.write_all(&bytes[..length])?;
    link.write_all(&body)?;
    let call = match call.proceed().map_err(io::Error::other)? {
        Some(Sent::SendBody(mut call)) => call.consume_direct_write(body.len()).map(|()| call.proceed()),
        Some(Sent::RecvResponse(call)) => Ok(Some(call)),
        _ => Ok(None),
    };
    call.map_err(io::Error::other)?.ok_or_else(|| io::Error::other("the head is too long"))
}

/// Consumes bytes; the flag says that there are no more. Returns how many it used, and its result if it has one.
type Codec<'a, T> = dyn FnMut(&[u8], bool) -> Result<(usize, Option<T>), ureq_proto::Error> + 'a;

/// Feeds a codec with the unused bytes and new ones, until it has a result.
fn feed<T>(link: &mut impl Read, rest: &mut Vec<u8>, codec: &mut Codec<'_, T>) -> io::Result<T> {
    let mut closed = false;
    loop {
        let (used, made) = codec(rest, closed).map_err(io::Error::other)?;
        rest.drain(..used);
        match made {
            Some(made) => return Ok(made),
            None if closed => return Err(ErrorKind::UnexpectedEof.into()),
            None if used > 0 => {}
            None => {
                let mut bytes = [0; BUFFER];
                let length = link.read(&mut bytes[..BUFFER - rest.len()])?;
                closed = length == 0;
                rest.extend_from_slice(&bytes[..length]);
            }
        }
    }
}

/// Stands for the modem. Without TLS it must not dial https, or anyone on the way could read the keys.
pub fn dial(uri: &Uri, within: Duration, deadline: Deadline) -> io::Result<Socket> {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http"));
    let host = host.ok_or_else(|| io::Error::other("this link speaks http only"))?;
    let connecting = Deadline::begin(&Timeouts::default().with_head(within).with_total(within));
    let mut refused = io::Error::other("the host has no address");
    for address in (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80)).to_socket_addrs()? {
        // One address after another, within the same time.
        let within = connecting.left()?.min(deadline.left()?).min(Duration::from_secs(3600));
        match TcpStream::connect_timeout(&address, within) {
            Ok(stream) => return Ok(Socket { stream, deadline }),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

const EARLY: [ErrorKind; 3] = [ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::Interrupted];

/// A TCP connection that keeps a deadline.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    deadline: Deadline,
}

impl Socket {
    /// Reads or writes. A socket may wake early, or for a signal, so only the deadline counts.
    fn in_time<T>(&self, mut io: impl FnMut(&TcpStream) -> io::Result<T>) -> io::Result<T> {
        loop {
            let left = Some(self.deadline.left()?);
            self.stream.set_read_timeout(left)?;
            self.stream.set_write_timeout(left)?;
            match io(&self.stream) {
                Err(error) if EARLY.contains(&error.kind()) => {}
                outcome => return outcome,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.in_time(|mut stream| stream.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.in_time(|mut stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
