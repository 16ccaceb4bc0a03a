//! Serves a [`FakeArtisan`] on a loopback socket.
//!
//! A fault of the transport happens to the socket: an interrupted connection closes without an answer, a cut body ends in its
//! middle, and a stall stays open until the client gives up. A listening server cannot be unreachable, so a request that should
//! not be sent is interrupted.
#![allow(clippy::must_use_candidate, reason = "for examples: tests have no users")]

use std::io::{self, Write};
use std::net::TcpStream;
use std::thread;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderMap, Request, Response};
use useartisan::fake::{BodyEnd, FakeArtisan};
use useartisan::{Api, TransportErrorKind};

use super::server::{Server, close, headers, read_request};

/// A served fake. It stops when this is dropped.
#[derive(Debug)]
pub struct Loopback {
    base_url: String,
    fake: FakeArtisan,
    _server: Server,
}

impl Loopback {
    /// Listens on a free port. Each connection has a thread.
    pub fn serve(fake: &FakeArtisan) -> io::Result<Self> {
        let service = fake.clone();
        let server = Server::serving(move |_, mut stream, _| {
            // The client must notice how a connection ends.
            let _ = serve(&service, &mut stream);
            close(&mut stream);
        });
        Ok(Loopback { base_url: format!("http://{}", server.address()), fake: fake.clone(), _server: server })
    }

    /// The address, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// An `Api` with this address and the fake's keys.
    pub fn api(&self) -> Result<Api, useartisan::Error> {
        Api::builder(self.base_url()).credentials(self.fake.credentials()).build()
    }
}

/// Answers requests until the connection must end.
fn serve(fake: &FakeArtisan, stream: &mut TcpStream) -> io::Result<()> {
    loop {
        let text = read_request(stream);
        let Some(request) = request(&text) else { return Ok(()) };
        let last = request.headers().get(CONNECTION).is_some_and(|connection| connection == "close");
        let reply = fake.exchange(request);
        thread::sleep(reply.delay);
        match reply.answer {
            Ok(answer) => stream.write_all(&written(&answer, reply.end))?,
            // The client gives up first, so closing waits for it.
            Err(TransportErrorKind::TimedOut) => return wait(stream),
            Err(_) => return Ok(()),
        }
        match reply.end {
            BodyEnd::Whole if last => return Ok(()),
            BodyEnd::Whole => {}
            BodyEnd::Stalled => return wait(stream),
            _ => return Ok(()),
        }
    }
}

/// Waits until the client has gone.
fn wait(stream: &mut TcpStream) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(drop)
}

/// A request as it arrived. `None` if the connection has ended.
fn request(text: &str) -> Option<Request<Bytes>> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut line = head.lines().next()?.split(' ');
    let mut request = Request::builder().method(line.next()?).uri(line.next()?);
    for (name, value) in headers(text) {
        request = request.header(name, value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).ok()
}

fn written(answer: &Response<Bytes>, end: BodyEnd) -> Vec<u8> {
    // HTTP/1.0, so that closing the connection ends the body.
    let version = if end == BodyEnd::CutSilently { "1.0" } else { "1.1" };
    let mut bytes = format!("HTTP/{version} {}\r\n", answer.status()).into_bytes();
    let headers: &HeaderMap = answer.headers();
    for (name, value) in headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend([b"\r\n", &**answer.body()].concat());
    bytes
}
