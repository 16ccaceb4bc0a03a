//! Marks the errors of connecting, to distinguish them from later ones.

use std::fmt;

use ::ureq::Error as E;
use ::ureq::config::Config;
use ::ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ::ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use http::Uri;

/// ureq's resolver or connector, whose errors are wrapped in a [`ConnectFailed`].
///
/// The errors alone don't say when they happened: an [`E::Io`] may be a failed connect or a request that was half written.
/// A pooled connection passes through neither the resolver nor the connector.
#[derive(Debug)]
pub(super) struct Marking<T>(T);

/// A failed name lookup, TCP connect, proxy connect or TLS handshake.
#[derive(Debug)]
pub(super) struct ConnectFailed(pub(super) E);

impl Marking<DefaultConnector> {
    pub(super) fn connector() -> Self {
        Marking(DefaultConnector::new())
    }
}

impl Marking<DefaultResolver> {
    pub(super) fn resolver() -> Self {
        Marking(DefaultResolver::default())
    }
}

impl Connector for Marking<DefaultConnector> {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Box<dyn Transport>>, E> {
        match self.0.connect(details, chained) {
            Ok(Some(transport)) if details.needs_tls() && !transport.is_tls() => Err(marked(E::TlsRequired)),
            outcome => outcome.map_err(marked),
        }
    }
}

impl Resolver for Marking<DefaultResolver> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, E> {
        self.0.resolve(uri, config, timeout).map_err(marked)
    }
}

/// A proxy's connector calls the resolver and another connector, so the error may be marked already.
fn marked(error: E) -> E {
    match error {
        E::Other(cause) if cause.is::<ConnectFailed>() => E::Other(cause),
        error => E::Other(Box::new(ConnectFailed(error))),
    }
}

impl fmt::Display for ConnectFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ConnectFailed {}
