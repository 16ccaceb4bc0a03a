//! Which certificates the backends trust: rustls with the ring provider, and roots of your choice.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{Error, ErrorKind};

/// The root certificates that a backend trusts.
///
/// The default is Mozilla's list, from the crate webpki-roots. [`only`](Self::only) and [`from_pem`](Self::from_pem)
/// replace it, for a company's own authority or a test server. The operating system's store is not read.
///
/// ```no_run
/// use useartisan::backends::tls::Roots;
///
/// let roots = Roots::from_pem(&std::fs::read("company.pem")?)?;
/// # #[cfg(feature = "ureq")]
/// let backend = useartisan::backends::ureq::Ureq::with_roots(&roots)?; // or reqwest's, or hyper's
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Roots(Option<Vec<CertificateDer<'static>>>);

impl Roots {
    /// Trusts Mozilla's roots. This is the default.
    ///
    /// ```
    /// use useartisan::backends::tls::Roots;
    ///
    /// assert!(Roots::mozilla().client_config()?.alpn_protocols.is_empty());
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn mozilla() -> Self {
        Roots(None)
    }

    /// Trusts these certificates alone, given in DER.
    ///
    /// ```
    /// use rustls::pki_types::CertificateDer;
    /// use useartisan::backends::tls::Roots;
    ///
    /// let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    /// assert!(Roots::only([signed.cert.der().clone()]).is_ok());
    /// assert!(Roots::only([CertificateDer::from_slice(b"not a certificate")]).is_err());
    /// assert!(Roots::only([]).is_err());
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the list is empty, or one of them is not a certificate.
    pub fn only(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Result<Self, Error> {
        let certificates: Vec<_> = certificates.into_iter().collect();
        if certificates.is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "roots hold no certificate"));
        }
        store(&certificates)?;
        Ok(Roots(Some(certificates)))
    }

    /// Trusts these certificates alone, given in PEM: the text of one file, or of several put together.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the text is malformed, holds no certificate, or holds one that can't be
    /// read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match certificates {
            Ok(certificates) => Roots::only(certificates),
            Err(error) => Err(Error::new(ErrorKind::InvalidInput, "roots are not PEM").with_source(error)),
        }
    }

    /// Returns the settings of a rustls client that trusts these roots, with the ring provider and TLS 1.2 and 1.3. The
    /// list of ALPN protocols is empty.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if rustls refuses a certificate.
    pub fn client_config(&self) -> Result<ClientConfig, Error> {
        let roots = match &self.0 {
            Some(certificates) => store(certificates)?,
            None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
        };
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "rustls has no TLS version to offer").with_source(error)
        })?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }

    /// The same for reqwest, which does not add the ALPN protocols to a configuration that it is given.
    #[cfg(feature = "reqwest")]
    pub(super) fn for_reqwest(&self) -> Result<ClientConfig, Error> {
        let mut config = self.client_config()?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The same for ureq, which makes its own `ClientConfig`.
    #[cfg(feature = "ureq")]
    pub(super) fn for_ureq(&self) -> ::ureq::tls::TlsConfig {
        use ::ureq::tls::{Certificate, RootCerts, TlsConfig};

        let roots = match &self.0 {
            Some(certificates) => certificates.iter().map(|one| Certificate::from_der(one).to_owned()).into(),
            None => RootCerts::WebPki,
        };
        TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider()).build()
    }
}

/// The provider is given explicitly, because a binary with two providers has no default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn store(certificates: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    for (index, certificate) in certificates.iter().enumerate() {
        store.add(certificate.clone()).map_err(|error| {
            Error::new(ErrorKind::InvalidInput, format!("root {index} is not a certificate"))
                .with_source(error)
        })?;
    }
    Ok(store)
}
