//! A server on raw sockets that sends exactly what a test says.
#![allow(clippy::must_use_candidate, reason = "for examples: tests have no users")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on loopback. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    seen: Seen,
    stopped: Arc<AtomicBool>,
}

/// The requests that a server has read, and the number of connections it has ended.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    requests: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicUsize>,
}

impl Seen {
    /// Notes a request.
    pub fn push(&self, request: String) {
        self.requests.lock().unwrap().push(request);
    }

    /// Counts an ended connection.
    pub fn end(&self) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

impl Server {
    /// Calls `serve` for each connection, with its number from 0, on a thread of its own.
    pub fn serving(serve: impl Fn(usize, TcpStream, &Seen) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, serve) = (listener.local_addr().unwrap(), Arc::new(serve));
        let (seen, stopped) = (Seen::default(), Arc::new(AtomicBool::new(false)));
        let server = Server { address, seen: seen.clone(), stopped: Arc::clone(&stopped) };
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (stream, serve, seen) = (stream.unwrap(), Arc::clone(&serve), seen.clone());
                thread::spawn(move || serve(number, stream, &seen));
            }
        });
        server
    }

    /// Reads a request from each connection, calls `answer` with the socket, and closes it.
    pub fn new(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Server::serving(move |_, mut stream, seen| {
            seen.push(read_request(&mut stream));
            answer(&mut stream);
            close(&mut stream);
        })
    }

    /// Answers each request with these bytes. They should have `connection: close`, because the server closes.
    pub fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let mut bytes = bytes.into();
        if let Some(start) = find_last(&bytes, b"HTTP/1.1 ") {
            if let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
                let at = start + length + 1;
                bytes.splice(at..at, *b"connection: close\r\n");
            }
        }
        Server::new(move |stream| stream.write_all(&bytes).unwrap())
    }

    /// Answers each request with this status and body, and its length.
    pub fn with_body(status: u16, body: &str) -> Self {
        Server::answering(format!("HTTP/1.1 {status} Told\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of requests so far.
    pub fn hits(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }

    /// The requests so far, head and body unchanged.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.requests.lock().unwrap())
    }

    /// The number of connections that the server has ended.
    pub fn ended(&self) -> usize {
        self.seen.ended.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// An address that refuses connections: no system gives this port to a program that asks for a free one.
pub fn refusing() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

fn find_last(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// Reads a request, head and body, or what there is of it when the connection ends.
pub fn read_request(stream: &mut impl Read) -> String {
    let mut text = read_until(stream, "\r\n\r\n");
    if !text.ends_with("\r\n\r\n") {
        return text;
    }
    if header(&text, "transfer-encoding") == Some("chunked") {
        loop {
            let line = read_until(stream, "\r\n");
            let length = usize::from_str_radix(line.trim_end(), 16).unwrap();
            let chunk = read_text(stream, length + 2);
            if length == 0 {
                return text;
            }
            text.push_str(&chunk[..length]);
        }
    }
    let length = header(&text, "content-length").map_or(0, |length| length.parse().unwrap());
    text + &read_text(stream, length)
}

fn read_until(stream: &mut impl Read, end: &str) -> String {
    let (mut text, mut byte) = (String::new(), [0]);
    while !text.ends_with(end) && matches!(stream.read(&mut byte), Ok(1)) {
        text.push(byte[0].into());
    }
    text
}

fn read_text(stream: &mut impl Read, length: usize) -> String {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The value of a header in a request.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    headers(request).find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1)
}

/// The headers of a request.
pub fn headers(request: &str) -> impl Iterator<Item = (&str, &str)> {
    let head = request.split("\r\n\r\n").next().unwrap();
    let lines = head.split("\r\n").skip(1);
    // The space after the colon is optional (RFC 9112, section 5).
    lines.map(|line| line.split_once(':').unwrap()).map(|(name, value)| (name, value.trim()))
}

/// Ends with a FIN. Closing with unread bytes would be a reset.
pub fn close(stream: &mut TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = std::io::copy(stream, &mut std::io::sink());
}
