//! Time limits.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::program::{COMPLETE, PUBLIC_KEY, Ran, SECRET_KEY, Service, artisan, run};
use useartisan_test_support::server::{Server, close};

/// Runs the program against a server of the test's own.
fn ask(server: &Server, arguments: &[&str]) -> Ran {
    let mut command = artisan(arguments);
    command.args(["--base-url", &format!("http://{}", server.address())]);
    run(command.env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY))
}

fn mute(_: &mut TcpStream) {
    std::thread::sleep(Duration::from_secs(60));
}

/// A silent server is given up after `--timeout` or `--max-time`.
#[test]
fn a_mute_server_is_given_up() {
    let server = Server::new(mute);
    for option in ["--timeout", "--max-time"] {
        let start = Instant::now();
        let err = ask(&server, &["list-apps", option, "200ms"]).failed(5);
        assert!(err.contains(&format!("raise {option}")), "{err}");
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        assert!(server.take_requests().len() > 1, "it is tried again");
    }
}

/// A server that stops in the middle of a download is given up. `--max-time 1h` does not make it wait for an hour.
#[test]
fn a_download_that_stops_is_given_up() {
    let server = Server::new(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").unwrap();
        mute(stream);
    });
    let ran = ask(&server, &["download-job", COMPLETE, "--timeout", "200ms", "--max-time", "1h"]);
    assert_eq!((ran.code, &*ran.out), (Some(5), "{"), "{ran:?}");
}

/// A download may begin later than an ordinary answer.
#[test]
fn a_download_may_take_its_time_to_begin() {
    let server = Server::new(|stream| {
        std::thread::sleep(Duration::from_secs(1));
        let body = r#"{"artisanUserIds":[]}"#;
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        close(stream);
    });
    let download = ["download-job", COMPLETE];
    ask(&server, &[&download[..], &["--timeout", "300ms"]].concat()).failed(5);
    assert_eq!(
        ask(&server, &[&download[..], &["--timeout", "20s"]].concat()).quiet(),
        "{\"artisanUserIds\":[]}"
    );
}

/// Options that contradict each other are refused.
#[test]
fn options_that_contradict_each_other_are_refused() {
    let service = Service::new();
    let err = service.run(&["list-apps", "--connect-timeout", "60s"]).failed(2);
    assert!(err.contains("--connect-timeout 60s is longer than --timeout 30s"), "{err}");
    service.run(&["list-apps", "--connect-timeout", "60s", "--timeout", "90s"]).quiet();
    service.run(&["list-apps", "--connect-timeout", "5s"]).quiet();
    service.run(&["list-apps", "--timeout", "5s"]).quiet();
    let err = service.run(&["get-job", COMPLETE, "--wait-timeout", "5s"]).failed(2);
    assert!(err.contains("--wait-timeout needs a wait: add --wait"), "{err}");
}
