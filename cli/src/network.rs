//! Proxies and certificates.
//!
//! A proxy can read the keys unless they go through TLS. So only https goes through a proxy, in a tunnel that CONNECT
//! opens. Plain http, which a base URL allows on loopback, goes directly.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{NoProxy, Proxy, Url};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use useartisan::backends::Timed;
use useartisan::backends::reqwest::Reqwest;
use useartisan::backends::tls::Roots;

use crate::trouble::Trouble;
use crate::variables;

/// In curl's order.
const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

const SCHEMES: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// Makes the backend that the options and the environment ask for.
pub(crate) fn backend(
    proxy: Option<&str>,
    certificates: Option<&Path>,
    is_tls: bool,
    connect: Duration,
) -> Result<Timed<Reqwest>, Trouble> {
    let proxy = self::proxy(proxy)?;
    let tls = match certificates {
        Some(file) => Some(from_file(file)?),
        None if is_tls => Some(of_the_system()?),
        // A redirect of a download may still lead to https.
        None => of_the_system().ok(),
    };
    Ok(Reqwest::configure(|builder| {
        let builder = builder.connect_timeout(connect);
        let builder = tls.into_iter().fold(builder, reqwest::ClientBuilder::tls_backend_preconfigured);
        proxy.into_iter().fold(builder, reqwest::ClientBuilder::proxy)
    })?)
}

/// Takes the proxy of the option, or else of the environment. An empty option means no proxy.
fn proxy(option: Option<&str>) -> Result<Option<Proxy>, Trouble> {
    let found = match option {
        Some("") => None,
        Some(url) => Some(("--proxy", url.to_owned())),
        None => variables::first(&PROXIES)?,
    };
    let Some((name, url)) = found else { return Ok(None) };
    // The URL may contain a password, so no message shows it.
    let refused = || {
        let help = "write it as http://HOST:PORT; the schemes https, socks5, socks5h, socks4 and socks4a work as well";
        Trouble::usage(format!("{name} is not the URL of a proxy")).help(help)
    };
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    let url = Url::parse(&url).map_err(|_| refused())?;
    if !SCHEMES.contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
        return Err(refused());
    }
    let exceptions = variables::first(&EXCEPTIONS)?;
    if exceptions.as_ref().is_some_and(|(_, hosts)| hosts.trim() == "*") {
        return Ok(None);
    }
    let exceptions = exceptions.and_then(|(_, hosts)| NoProxy::from_string(&hosts));
    Ok(Some(Proxy::https(url).map_err(|_| refused())?.no_proxy(exceptions)))
}

/// Trusts only the authorities in the file, as curl does.
fn from_file(file: &Path) -> Result<ClientConfig, Trouble> {
    let about = |problem: &dyn std::fmt::Display| {
        Trouble::usage(format!("the certificates `{}` cannot be read: {problem}", file.display()))
    };
    let form = "name a file of certificates in PEM: -----BEGIN CERTIFICATE----- and so on";
    let pem = fs::read(file).map_err(|error| about(&error).help(form))?;
    let roots = Roots::from_pem(&pem).map_err(|error| about(&error).help(form))?;
    Ok(with_protocols(roots.client_config()?))
}

fn of_the_system() -> Result<ClientConfig, Trouble> {
    let refused = |error: rustls::Error| {
        Trouble::usage(format!("the system's certificates cannot be used: {error}")).help(
            "install them (often the package ca-certificates), or name a file of certificates: --cacert FILE",
        )
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(refused)?;
    Ok(with_protocols(builder.with_platform_verifier().map_err(refused)?.with_no_client_auth()))
}

/// reqwest adds no protocols to a configuration that it is given.
fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
