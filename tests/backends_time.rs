//! Promise 28 for the three backends: each time-out is kept, never early, late by at most 10 % and 200 ms.
#![cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper", feature = "rustls"))]

mod rig;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use rig::{Backend, Server};
use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, Error, ErrorKind, ListApps, Sent, Timeouts};

const LIMIT: Duration = Duration::from_millis(300);

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";

/// Runs the same on all three side by side, and looks at how long each took and what it came to.
#[track_caller]
fn all_give_up(api: &Api, timeouts: Timeouts, call: fn(&Backend) -> Error, kind: ErrorKind, sent: Sent) {
    let reqwest = Reqwest::configure(|builder| builder.connect_timeout(timeouts.connect.min(LIMIT * 10)));
    let backends = [
        Backend::reqwest(api, reqwest.unwrap()),
        Backend::ureq(api, Ureq::new().unwrap()),
        Backend::hyper(api, Hyper::new().unwrap()),
    ];
    thread::scope(|scope| {
        for backend in backends {
            scope.spawn(move || {
                let backend = backend.timeouts(timeouts);
                let start = Instant::now();
                let error = call(&backend);
                let took = start.elapsed();
                let name = backend.name();
                assert_eq!((error.kind(), error.sent()), (kind, sent), "{name}: {error:?}");
                let latest = LIMIT + LIMIT / 10 + Duration::from_millis(200);
                assert!(took >= LIMIT && took <= latest, "{name} took {took:?}: {error:?}");
            });
        }
    });
}

fn send(backend: &Backend) -> Error {
    backend.send(ListApps::new()).unwrap_err()
}

fn download(backend: &Backend) -> Error {
    backend.chunks().unwrap_err()
}

/// Says nothing until the client has gone.
fn wait(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0]);
}

/// Writes a byte every 20 ms until the client has gone.
fn drip(stream: &mut TcpStream) {
    while stream.write_all(b" ").is_ok() {
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_head_that_does_not_come() {
    let server = Server::new(wait);
    let timeouts = Timeouts::default().with_head(LIMIT);
    all_give_up(&server.api(), timeouts, send, ErrorKind::TimedOut, Sent::Maybe);
    assert_eq!(server.hits(), 3, "nothing is repeated");
}

#[test]
fn a_head_that_drips() {
    let server = Server::new(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-drip: ").unwrap();
        drip(stream);
    });
    let timeouts = Timeouts::default().with_head(LIMIT);
    all_give_up(&server.api(), timeouts, send, ErrorKind::TimedOut, Sent::Maybe);
}

#[test]
fn a_body_that_stalls() {
    let server = Server::new(|stream| {
        stream.write_all(&[HEAD, b"{\"artisan"].concat()).unwrap();
        wait(stream);
    });
    let timeouts = Timeouts::default().with_stall(LIMIT);
    all_give_up(&server.api(), timeouts, download, ErrorKind::TimedOut, Sent::Answered);
    all_give_up(&server.api(), timeouts, send, ErrorKind::TimedOut, Sent::Answered);
}

#[test]
fn a_body_that_drips_past_the_total() {
    let server = Server::new(|stream| {
        stream.write_all(HEAD).unwrap();
        drip(stream);
    });
    let timeouts = Timeouts::default().with_total(LIMIT).with_stall(LIMIT / 2);
    all_give_up(&server.api(), timeouts, download, ErrorKind::TimedOut, Sent::Answered);
}

#[test]
fn a_total_that_passes_before_the_head() {
    let server = Server::new(wait);
    let timeouts = Timeouts::default().with_total(LIMIT);
    all_give_up(&server.api(), timeouts, send, ErrorKind::TimedOut, Sent::Maybe);
}

/// TLS is part of connecting, and nothing has been sent before it stands.
#[test]
fn a_handshake_that_is_not_answered() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = rig::api(&format!("https://{}", server.local_addr().unwrap()));
    let timeouts = Timeouts::default().with_connect(LIMIT);
    all_give_up(&api, timeouts, send, ErrorKind::Transport, Sent::No);
}

/// A time-out that is turned off is no overflow.
#[test]
fn no_time_out_at_all() {
    let server = Server::with_body(200, r#"{"apps":[]}"#);
    let never = Timeouts::default()
        .with_connect(Duration::MAX)
        .with_head(Duration::MAX)
        .with_stall(Duration::MAX)
        .with_total(Duration::MAX);
    let almost = Timeouts::default().with_head(Duration::MAX / 2).with_total(Duration::MAX / 2);
    for timeouts in [never, almost] {
        for backend in server.backends() {
            assert!(backend.timeouts(timeouts).send(ListApps::new()).unwrap().is_empty());
        }
    }
}
