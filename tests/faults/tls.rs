//! Certificates made for the tests, and their faults.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use useartisan::backends::tls::Roots;

/// The server's certificate, and whether the client trusts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// A certificate for the address. The client trusts it as a root.
    Trusted,
    /// The same, with a client that has its default roots.
    SelfSigned,
    /// The same, with a client that trusts only another such certificate.
    OtherRoot,
    /// A certificate of an unknown authority.
    UnknownAuthority,
    Expired,
    NotYetValid,
    WrongHost,
    /// No certificate: the server does not answer the handshake.
    Silent,
    /// A trusted certificate. The server offers HTTP/2 and HTTP/1.1.
    Http2,
}

/// The server's configuration, and the client's roots unless they are the default ones.
#[derive(Clone)]
pub(crate) struct Side {
    pub(crate) server: Option<Arc<ServerConfig>>,
    pub(crate) roots: Option<Roots>,
}

impl Tls {
    pub(crate) fn sides(self) -> Side {
        static MADE: OnceLock<Vec<(Tls, Side)>> = OnceLock::new();
        let all = [
            Tls::Trusted,
            Tls::SelfSigned,
            Tls::OtherRoot,
            Tls::UnknownAuthority,
            Tls::Expired,
            Tls::NotYetValid,
            Tls::WrongHost,
            Tls::Silent,
            Tls::Http2,
        ];
        let made = MADE.get_or_init(|| all.map(|tls| (tls, tls.make())).into());
        made.iter().find(|(tls, _)| *tls == self).unwrap().1.clone()
    }

    fn make(self) -> Side {
        let (certificate, key) = self.certificate();
        let roots = match self {
            Tls::SelfSigned | Tls::UnknownAuthority | Tls::Silent => None,
            Tls::OtherRoot => Some(Roots::from_pem(Tls::Trusted.certificate().0.pem().as_bytes())),
            _ => Some(Roots::only([certificate.der().clone()])),
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut server =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .unwrap();
        if self == Tls::Http2 {
            server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        let server = (self != Tls::Silent).then(|| Arc::new(server));
        Side { server, roots: roots.map(Result::unwrap) }
    }

    fn certificate(self) -> (Certificate, KeyPair) {
        let host = if self == Tls::WrongHost { "artisantools.com" } else { "127.0.0.1" };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        match self {
            Tls::Expired => params.not_after = rcgen::date_time_ymd(2015, 1, 1),
            Tls::NotYetValid => params.not_before = rcgen::date_time_ymd(4000, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match self {
            Tls::UnknownAuthority => params.signed_by(&key, &authority()),
            _ => params.self_signed(&key),
        };
        (certificate.unwrap(), key)
    }
}

fn authority() -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Issuer::new(params, KeyPair::generate().unwrap())
}
