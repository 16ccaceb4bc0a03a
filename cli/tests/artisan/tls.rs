//! A service over TLS with its own certificate authority, and a proxy that leads to it.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::{Server, read_request};

const APPS: &str = r#"{"apps":[{"id":"a1","name":"Behind TLS"}]}"#;

/// Answers each request with one app, as `artisan.example` and as `localhost`.
pub(crate) struct Secure {
    pub(crate) server: Server,
    /// The certificate of the authority, in PEM.
    pub(crate) authority: PathBuf,
    _directory: Directory,
}

impl Secure {
    pub(crate) fn new(test: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let hosts = ["artisan.example", "localhost"].map(str::to_owned);
        let certificate = CertificateParams::new(hosts).unwrap().signed_by(&key, &issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        let config = Arc::new(config.unwrap());
        let server = Server::serving(move |_, stream, seen| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let request = read_request(&mut stream);
            if request.is_empty() {
                return;
            }
            seen.push(request);
            let length = APPS.len();
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(format!("{head}{APPS}").as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        });
        let directory = Directory::new(test);
        let path = directory.file("authority.pem");
        std::fs::write(&path, authority.pem()).unwrap();
        Secure { server, authority: path, _directory: directory }
    }
}

/// A proxy that connects each tunnel to this address, whatever host the client names.
pub(crate) fn tunnel(to: SocketAddr) -> Server {
    Server::serving(move |_, mut stream, seen| {
        let request = read_request(&mut stream);
        let is_connect = request.starts_with("CONNECT ");
        seen.push(request);
        if !is_connect {
            let _ = stream.write_all(b"HTTP/1.1 405 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        let mut far = TcpStream::connect(to).unwrap();
        stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").unwrap();
        let (mut from, mut back) = (far.try_clone().unwrap(), stream.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut back);
            let _ = back.shutdown(Shutdown::Write);
        });
        let _ = std::io::copy(&mut stream, &mut far);
        let _ = far.shutdown(Shutdown::Write);
    })
}
