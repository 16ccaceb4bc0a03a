//! The conformance suite on the backend over `wasi:http`, in two hosts. `relay.rs` is a component in a process beside it, for one
//! exchange at a time. `tests/wasi/run` builds it, and passes the host's command in the environment.
#![cfg(not(target_family = "wasm"))]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use useartisan::backends::conformance::Suite;
use useartisan::backends::from_fn;
use useartisan::{BlockingBackend, Timeouts, TransportError, TransportErrorKind};

#[test]
fn over_wasmtime() {
    let suite =
        Suite::default().known_deviation("left_over_bytes", "wasmtime refuses an answer with more behind it");
    conforms("USEARTISAN_WASMTIME", &suite);
}

#[test]
fn over_jco() {
    let suite = Suite::default()
        .known_deviation("response_headers", "Node.js joins the headers of one name")
        .known_deviation("cut_head", "jco's host has no code for an answer that is not HTTP")
        .known_deviation("dropped_body", "jco's host reads on");
    conforms("USEARTISAN_JCO", &suite);
}

fn conforms(variable: &str, suite: &Suite) {
    let command = std::env::var(variable).expect("tests/wasi/run runs this test");
    // A process takes a second to start, which must not count as part of an exchange.
    let idle = Arc::new(Mutex::new((0..8).map(|_| Relay::start(&command)).collect::<Vec<_>>()));
    println!("{}", suite.run_blocking(|| backend(command.clone(), Arc::clone(&idle))).unwrap());
}

/// The idle processes. They keep nothing of an exchange, so all backends share them.
type Idle = Arc<Mutex<Vec<Relay>>>;

fn backend(command: String, idle: Idle) -> impl BlockingBackend<Body = Body> + Send + Sync + 'static {
    from_fn(move |request: Request<Bytes>, timeouts: Timeouts| {
        let relay = idle.lock().unwrap().pop();
        let relay = relay.unwrap_or_else(|| Relay::start(&command));
        let mut body = Body { relay: Some(relay), idle: Arc::clone(&idle) };
        let head = body.relay().send(&request, &timeouts)?;
        Ok(head.map(|()| body))
    })
}

/// A body in the other process.
struct Body {
    relay: Option<Relay>,
    idle: Idle,
}

impl Body {
    fn relay(&mut self) -> &mut Relay {
        self.relay.as_mut().unwrap()
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.relay().read(buffer)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let mut relay = self.relay.take().unwrap();
        relay.say(b"DROP\n");
        self.idle.lock().unwrap().push(relay);
    }
}

struct Relay {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Relay {
    fn start(command: &str) -> Self {
        let mut words = command.split(' ');
        let mut process = Command::new(words.next().unwrap())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Relay { process, output }
    }

    fn send(
        &mut self,
        request: &Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<()>, TransportError> {
        let Timeouts { connect, head, stall, total, .. } = *timeouts;
        let [connect, head, stall, total] = [connect, head, stall, total].map(nanoseconds);
        let (headers, body) = (request.headers(), request.body());
        let (method, uri) = (request.method(), request.uri());
        let (count, length) = (headers.len(), body.len());
        let line = format!("SEND {method} {uri} {connect} {head} {stall} {total} {count} {length}\n");
        let mut message = line.into_bytes();
        for (name, value) in headers {
            message.extend([name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat());
        }
        self.say(&[&message[..], body].concat());
        let line = self.answer("HEAD")?;
        let (status, count) = line.split_once(' ').unwrap();
        let mut response = Response::builder().status(status);
        for _ in 0..count.parse().unwrap() {
            let header = self.line();
            let colon = header.iter().position(|&byte| byte == b':').unwrap();
            let name = HeaderName::from_bytes(&header[..colon]).unwrap();
            response = response.header(name, HeaderValue::from_bytes(&header[colon + 1..]).unwrap());
        }
        Ok(response.body(()).unwrap())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.say(format!("READ {}\n", buffer.len()).as_bytes());
        let length = self.answer("DATA")?.parse().unwrap();
        self.output.read_exact(&mut buffer[..length])?;
        Ok(length)
    }

    /// The words of a message, which must begin with this one or be a failure.
    fn answer(&mut self, expected: &str) -> Result<String, TransportError> {
        let line = String::from_utf8(self.line()).unwrap();
        let (word, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line:?} instead of {expected}"));
        if word == expected {
            return Ok(rest.to_owned());
        }
        let (kind, cause) = rest.split_once(' ').unwrap();
        let kind = match kind {
            "NotSent" => TransportErrorKind::NotSent,
            "Interrupted" => TransportErrorKind::Interrupted,
            "TimedOut" => TransportErrorKind::TimedOut,
            _ => TransportErrorKind::Other,
        };
        Err(TransportError::new(kind, cause))
    }

    fn say(&mut self, message: &[u8]) {
        self.process.stdin.as_mut().unwrap().write_all(message).unwrap();
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        self.output.read_until(b'\n', &mut line).unwrap();
        line.pop();
        line
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
