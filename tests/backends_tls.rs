//! Promise 32 for the three backends: TLS faults fail closed.
#![cfg(all(feature = "reqwest", feature = "ureq", feature = "hyper", feature = "rustls"))]

mod rig;

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use http::Version;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, CertifiedKey, KeyPair, generate_simple_self_signed};
use rig::Backend;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use useartisan::backends::tls::Roots;
use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, Error, ErrorKind, ListApps, Sent};

const APPS: &str = r#"{"apps":[{"id":"5550dd57","name":"Demo"}]}"#;

/// A server that speaks HTTP/1.1, and ends each connection after one answer.
struct Server {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
}

impl Server {
    fn new(certified: CertifiedKey<KeyPair>, answer: String, notifies: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (config, certificate) = config(certified);
        let config = Arc::new(config);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, socket.unwrap());
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    match stream.read(&mut byte) {
                        Ok(1) => request.push(byte[0]),
                        _ => break,
                    }
                }
                let _ = stream.write_all(answer.as_bytes());
                if notifies {
                    stream.conn.send_close_notify();
                }
                let _ = stream.flush();
            }
        });
        Server { address, certificate }
    }

    fn api(&self) -> Api {
        rig::api(&format!("https://{}", self.address))
    }
}

/// A server that speaks HTTP/2 alone.
struct Http2 {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    _runtime: tokio::runtime::Runtime,
}

impl Http2 {
    fn new(certified: CertifiedKey<KeyPair>) -> Self {
        let (mut config, certificate) = config(certified);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            loop {
                let stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
                let answer =
                    service_fn(|_| async { Ok::<_, Infallible>(http::Response::new(APPS.to_owned())) });
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                tokio::spawn(server.serve_connection(TokioIo::new(stream), answer));
            }
        });
        Http2 { address, certificate, _runtime: runtime }
    }

    fn api(&self) -> Api {
        rig::api(&format!("https://{}", self.address))
    }
}

fn config(certified: CertifiedKey<KeyPair>) -> (ServerConfig, CertificateDer<'static>) {
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (config, certificate)
}

fn for_hosts(names: &[&str]) -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn expired() -> CertifiedKey<KeyPair> {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2014, 1, 1);
    params.not_after = rcgen::date_time_ymd(2015, 1, 1);
    let signing_key = KeyPair::generate().unwrap();
    CertifiedKey { cert: params.self_signed(&signing_key).unwrap(), signing_key }
}

fn trusting(api: &Api, roots: &Roots) -> [Backend; 3] {
    [
        Backend::reqwest(api, Reqwest::with_roots(roots).unwrap()),
        Backend::ureq(api, Ureq::with_roots(roots).unwrap()),
        Backend::hyper(api, Hyper::with_roots(roots).unwrap()),
    ]
}

fn with_length() -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{APPS}", APPS.len())
}

#[track_caller]
fn refused(backend: &Backend) {
    let error = backend.send(ListApps::new()).unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Transport, Sent::No),
        "{}: {error:?}",
        backend.name()
    );
    let chain = chain(&error).to_lowercase();
    assert!(chain.contains("certificate"), "{}: {chain}", backend.name());
}

fn chain(error: &Error) -> String {
    let (mut text, mut source) = (error.to_string(), std::error::Error::source(error));
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_server_of_an_unknown_authority_is_refused() {
    let server = Server::new(for_hosts(&["127.0.0.1"]), with_length(), true);
    Backend::all(&server.api()).iter().for_each(refused);
}

#[test]
fn a_server_is_trusted_by_its_root() {
    let server = Server::new(for_hosts(&["127.0.0.1"]), with_length(), true);
    let roots = Roots::only([server.certificate.clone()]).unwrap();
    for backend in trusting(&server.api(), &roots) {
        assert_eq!(backend.send(ListApps::new()).unwrap()[0].name(), "Demo", "{}", backend.name());
    }
}

#[test]
fn a_certificate_for_another_host_or_of_the_past_is_refused() {
    for certificate in [for_hosts(&["artisantools.com"]), expired()] {
        let server = Server::new(certificate, with_length(), true);
        let roots = Roots::only([server.certificate.clone()]).unwrap();
        trusting(&server.api(), &roots).iter().for_each(refused);
    }
}

#[test]
fn trust_in_others_does_not_help() {
    let server = Server::new(for_hosts(&["127.0.0.1"]), with_length(), true);
    let roots = Roots::from_pem(for_hosts(&["127.0.0.1"]).cert.pem().as_bytes()).unwrap();
    trusting(&server.api(), &roots).iter().for_each(refused);
}

/// Without a close_notify, the end of a body that has no other may have been forged. reqwest and hyper make an
/// error of that; ureq makes none, and the document has to tell.
#[test]
fn a_missing_close_notify_does_not_make_a_cut_body_whole() {
    for (body, notifies, whole) in [(APPS, true, true), (&APPS[..APPS.len() - 1], false, false)] {
        let answer = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
        let server = Server::new(for_hosts(&["127.0.0.1"]), answer, notifies);
        let roots = Roots::only([server.certificate.clone()]).unwrap();
        for backend in trusting(&server.api(), &roots) {
            let outcome = backend.send(ListApps::new());
            assert_eq!(outcome.is_ok(), whole, "{}: {outcome:?}", backend.name());
        }
    }
}

/// HTTP/2 is spoken where the server offers it, with the same outcome.
#[test]
fn http_2_is_spoken_where_it_is_offered() {
    let server = Http2::new(for_hosts(&["127.0.0.1"]));
    for backend in trusting(&server.api(), &Roots::only([server.certificate.clone()]).unwrap()) {
        match backend.name() {
            "ureq" => {} // speaks HTTP/1.1 alone
            name => {
                let response = backend.send_raw(ListApps::new()).unwrap();
                assert_eq!(
                    (response.version(), &response.body()[..]),
                    (Version::HTTP_2, APPS.as_bytes()),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn roots_are_checked_where_they_are_made() {
    let garbage = CertificateDer::from(vec![1, 2, 3]);
    for (outcome, message) in [
        (Roots::only([]), "roots hold no certificate"),
        (Roots::only([for_hosts(&["a"]).cert.der().clone(), garbage]), "root 1 is not a certificate"),
        (Roots::from_pem(b""), "roots hold no certificate"),
        (
            Roots::from_pem(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"),
            "roots are not PEM",
        ),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::InvalidInput, message));
    }
}
