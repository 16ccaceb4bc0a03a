//! The helper that serves the fake on loopback does to the socket what the fake says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{Endpoint, ListApps};

use crate::support::loopback::Loopback;

fn address(server: &Loopback) -> SocketAddr {
    server.base_url().strip_prefix("http://").unwrap().parse().unwrap()
}

/// Everything that arrives until the connection ends or is silent for this long, and whether it ended.
fn answer(server: &Loopback, patience: Duration) -> (String, bool) {
    let mut socket = TcpStream::connect(address(server)).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    let request = ListApps::new().request(&server.api().unwrap());
    let mut text = format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", request.uri().path());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    socket.write_all(format!("{text}\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let ended = socket.read_to_end(&mut answer).is_ok();
    (String::from_utf8(answer).unwrap(), ended)
}

#[test]
fn each_fault_is_done_to_the_socket() {
    let fake = FakeArtisan::new();
    let server = Loopback::serve(&fake).unwrap();
    let body = "{\n  \"apps\": []\n}";
    for (fault, status, expected, length, ends) in [
        (None, "HTTP/1.1 200", body, Some("16"), true),
        (Some(Fault::cut_body(9)), "HTTP/1.1 200", &body[..9], Some("16"), true),
        (Some(Fault::cut_body(0)), "HTTP/1.1 200", "", Some("16"), true),
        (Some(Fault::cut_silently(9)), "HTTP/1.0 200", &body[..9], None, true),
        (Some(Fault::stalled(9)), "HTTP/1.1 200", &body[..9], Some("16"), false),
        (Some(Fault::content_coding("gzip")), "HTTP/1.1 200", body, Some("16"), true),
        (Some(Fault::slow(Duration::from_millis(20))), "HTTP/1.1 200", body, Some("16"), true),
        (Some(Fault::interrupted()), "", "", None, true),
        (Some(Fault::not_sent()), "", "", None, true),
        (Some(Fault::timed_out()), "", "", None, false),
    ] {
        let name = format!("{fault:?}");
        fault.map(|fault| fake.fail_next(fault));
        // Short only for what never ends.
        let (answer, ended) = answer(&server, Duration::from_millis(if ends { 10_000 } else { 500 }));
        let (head, came) = answer.split_once("\r\n\r\n").unwrap_or_default();
        assert!(head.starts_with(status), "{name}: {answer}");
        assert_eq!((came, ended), (expected, ends), "{name}: {answer}");
        let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        assert_eq!(announced, length, "{name}: {answer}");
    }
}

#[test]
fn nobody_listens_once_it_is_dropped() {
    let server = Loopback::serve(&FakeArtisan::new()).unwrap();
    let address = address(&server);
    assert!(TcpStream::connect(address).is_ok());
    drop(server);
    // The listener goes with its thread, which ends once it is woken.
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "still listening");
        std::thread::yield_now();
    }
}
