//! Proxies and certificates.

use std::io::{Read, Write};
use std::process::Command;

use crate::program::{PUBLIC_KEY, SECRET_KEY, Service, artisan, run};
use crate::tls::{Secure, tunnel};
use useartisan_test_support::server::{Server, close, header, refusing};

const HOST: &str = "https://artisan.example";

/// The program with this base URL, trusting the authority.
fn ask(secure: &Secure, base_url: &str, more: &[&str]) -> Command {
    let mut command = artisan(&["list-apps", "--base-url", base_url, "--cacert"]);
    command.arg(&secure.authority).args(more);
    command.env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY);
    command
}

/// Requires an answer. If there is a proxy, the answer came through a tunnel: the proxy saw only the host, and no key.
#[track_caller]
fn came_through(command: &mut Command, secure: &Secure, proxy: &Server) {
    assert!(run(command).quiet().contains("Behind TLS"));
    let requests = secure.server.take_requests();
    assert!(requests.len() == 1 && requests[0].contains(SECRET_KEY), "{requests:?}");
    let seen = proxy.take_requests();
    assert!(seen.len() == 1 && seen[0].starts_with("CONNECT artisan.example:443 "), "{seen:?}");
    assert!(!seen[0].contains(PUBLIC_KEY) && !seen[0].contains(SECRET_KEY), "{seen:?}");
}

/// The option takes precedence over the variables, and lower case over upper case, as in curl.
#[test]
fn https_goes_through_a_proxy_by_a_tunnel() {
    let secure = Secure::new("cli-proxy");
    let proxy = tunnel(secure.server.address());
    let url = format!("http://{}", proxy.address());
    let dead = format!("http://{}", refusing());
    let without_scheme = proxy.address().to_string();
    came_through(&mut ask(&secure, HOST, &["--proxy", &url]), &secure, &proxy);
    came_through(&mut ask(&secure, HOST, &["--proxy", &without_scheme]), &secure, &proxy);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        came_through(ask(&secure, HOST, &[]).env(name, &url), &secure, &proxy);
    }
    let mut command = ask(&secure, HOST, &["--proxy", &url]);
    came_through(command.env("HTTPS_PROXY", &dead), &secure, &proxy);
    let mut command = ask(&secure, HOST, &[]);
    came_through(command.env("https_proxy", &url).env("HTTPS_PROXY", &dead), &secure, &proxy);
    let mut command = ask(&secure, HOST, &[]);
    came_through(command.env("https_proxy", "").env("HTTPS_PROXY", &url), &secure, &proxy);
    let mut command = ask(&secure, HOST, &[]);
    came_through(command.env("HTTPS_PROXY", &url).env("ALL_PROXY", &dead), &secure, &proxy);
}

/// A proxy's name and password go to the proxy only.
#[test]
fn a_proxys_password_goes_to_the_proxy_alone() {
    let secure = Secure::new("cli-proxy-password");
    let proxy = tunnel(secure.server.address());
    let url = format!("http://someone:s3same@{}", proxy.address());
    assert!(run(&mut ask(&secure, HOST, &["--proxy", &url])).quiet().contains("Behind TLS"));
    // `someone:s3same` in base64.
    let seen = proxy.take_requests();
    assert_eq!(header(&seen[0], "proxy-authorization"), Some("Basic c29tZW9uZTpzM3NhbWU="), "{seen:?}");
    assert!(!secure.server.take_requests()[0].to_lowercase().contains("proxy-authorization"));

    // The command that goes on hides them as well.
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let wait = ["get-job", crate::program::QUEUED, "--wait", "--wait-timeout", "0s", "--timeout", "90s"];
    let err = service.run(&[&wait[..], &["--proxy", &url]].concat()).failed(5);
    let shown = format!(" --proxy http://USER:PASSWORD@{} --timeout 90s get-job ", proxy.address());
    assert!(err.contains(&shown) && !err.contains("s3same"), "{err}");
}

/// `NO_PROXY` lists hosts to reach directly. An empty option does that for all hosts.
#[test]
fn a_host_may_be_reached_without_a_proxy() {
    let secure = Secure::new("cli-no-proxy");
    let dead = format!("http://{}", refusing());
    let direct = format!("https://localhost:{}", secure.server.address().port());
    for name in ["NO_PROXY", "no_proxy"] {
        for hosts in ["localhost", "example.com, localhost", "*"] {
            let mut command = ask(&secure, &direct, &[]);
            run(command.env("HTTPS_PROXY", &dead).env(name, hosts)).quiet();
            let mut command = ask(&secure, &direct, &["--proxy", &dead]);
            run(command.env(name, hosts)).quiet();
        }
        let mut command = ask(&secure, &direct, &[]);
        run(command.env("HTTPS_PROXY", &dead).env(name, "example.com")).failed(8);
    }
    run(ask(&secure, &direct, &["--proxy", ""]).env("ALL_PROXY", &dead)).quiet();
    // `*` means every host, and every address.
    let address = format!("https://{}", secure.server.address());
    let err = run(ask(&secure, &address, &["--proxy", &dead]).env("NO_PROXY", "*")).failed(8);
    assert!(!err.contains("tunnel"), "{err}");
}

/// Plain http goes through no proxy, because a proxy could read the keys.
#[test]
fn plain_http_goes_through_no_proxy() {
    let service = Service::new();
    let proxy = tunnel(refusing());
    let url = format!("http://{}", proxy.address());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        assert!(run(service.artisan(&["list-apps"]).env(name, &url)).quiet().contains("Demo App 1"));
    }
    assert!(service.run(&["list-apps", "--proxy", &url]).quiet().contains("Demo App 1"));
    assert_eq!(proxy.hits(), 0);
}

/// A malformed proxy is refused, and a password in it is not printed.
#[test]
fn what_is_not_a_proxy_is_refused() {
    let secure = Secure::new("cli-not-a-proxy");
    for url in
        ["ftp://s3same@host", "http://", "socks9://host:1", "http://s3same@ho st", "http://:s3same@:80"]
    {
        let err = run(&mut ask(&secure, HOST, &["--proxy", url])).failed(2);
        assert!(
            err.contains("--proxy") && err.contains("http://HOST:PORT") && !err.contains("s3same"),
            "{err}"
        );
        let err = run(ask(&secure, HOST, &[]).env("ALL_PROXY", url)).failed(2);
        assert!(err.contains("ALL_PROXY") && !err.contains("s3same"), "{err}");
    }
    // A SOCKS proxy is supported.
    let dead = format!("socks5h://{}", refusing());
    let err = run(&mut ask(&secure, HOST, &["--proxy", &dead])).failed(8);
    assert!(err.contains("check --proxy, HTTPS_PROXY"), "{err}");
    assert!(secure.server.take_requests().is_empty());
}

/// If the proxy fails, the message says so and does not mention the base URL.
#[test]
fn a_proxy_that_fails_is_told() {
    let secure = Secure::new("cli-proxy-fails");
    let wants_a_name = Server::with_body(407, "");
    let refuses = Server::with_body(403, "");
    let plain = Server::serving(|_, mut stream, _| {
        let _ = stream.read(&mut [0; 1000]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        close(&mut stream);
    });
    for (proxy, words) in [
        (format!("http://{}", refusing()), "check --proxy, HTTPS_PROXY"),
        (format!("http://{}", refuses.address()), "check --proxy, HTTPS_PROXY"),
        (format!("https://{}", plain.address()), "check --proxy, HTTPS_PROXY"),
        (format!("http://{}", wants_a_name.address()), "http://USER:PASSWORD@HOST:PORT"),
    ] {
        let err = run(&mut ask(&secure, HOST, &["--proxy", &proxy])).failed(8);
        assert!(err.contains(words) && !err.contains("base URL"), "{proxy}: {err}");
    }
    assert!(secure.server.take_requests().is_empty());
}

/// The system's certificates are trusted. Here `SSL_CERT_FILE` replaces them. `--cacert` overrides them.
#[test]
fn the_systems_certificates_are_believed() {
    let secure = Secure::new("cli-system");
    let other = Secure::new("cli-other");
    let direct = format!("https://localhost:{}", secure.server.address().port());
    let ask = |system: &Secure, more: &[&str]| {
        let mut command = artisan(&["list-apps", "--base-url", &direct]);
        command.args(more).env("SSL_CERT_FILE", &system.authority);
        command.env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY);
        run(&mut command)
    };
    assert!(ask(&secure, &[]).quiet().contains("Behind TLS"));
    let (own, others) = (secure.authority.to_str().unwrap(), other.authority.to_str().unwrap());
    assert!(ask(&other, &["--cacert", own]).quiet().contains("Behind TLS"));
    secure.server.take_requests();
    for ran in [ask(&other, &[]), ask(&secure, &["--cacert", others])] {
        let err = ran.failed(8);
        assert!(err.to_lowercase().contains("certificate") && err.contains("--cacert FILE"), "{err}");
    }
    assert!(secure.server.take_requests().is_empty());
}

#[test]
fn certificates_that_cannot_be_used_are_named() {
    let service = Service::new();
    let secure = Secure::new("cli-no-certificates");
    let empty = secure.authority.with_file_name("empty");
    std::fs::write(&empty, "").unwrap();
    for (file, word) in [("/nowhere.pem", "No such file"), (empty.to_str().unwrap(), "no certificate")] {
        let err = service.run(&["list-apps", "--cacert", file]).failed(2);
        assert!(err.contains(file) && err.contains(word) && err.contains("BEGIN CERTIFICATE"), "{err}");
    }
    // A system without certificates is reported only if https needs them.
    let mut command = artisan(&["list-apps", "--base-url", HOST]);
    let err = run(command.env("SSL_CERT_FILE", &empty)).failed(2);
    assert!(err.contains("ca-certificates") && err.contains("--cacert FILE"), "{err}");
    run(service.artisan(&["list-apps"]).env("SSL_CERT_FILE", &empty)).quiet();
}
