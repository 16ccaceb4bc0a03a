//! Which way requests take: a proxy, and whose certificates are believed.
//!
//! A proxy sees the keys unless TLS goes through it, so plain http (which a base URL allows on loopback) goes through
//! none. To https a proxy is a tunnel, which it opens by CONNECT.

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

/// In the order in which curl looks at them.
const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

const SCHEMES: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// The network, as the options and the environment have it.
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
        // A download may be redirected to https all the same.
        None => of_the_system().ok(),
    };
    Ok(Reqwest::configure(|builder| {
        let builder = builder.connect_timeout(connect);
        let builder = tls.into_iter().fold(builder, reqwest::ClientBuilder::tls_backend_preconfigured);
        proxy.into_iter().fold(builder, reqwest::ClientBuilder::proxy)
    })?)
}

/// The option, or else the environment; an empty option is no proxy, whatever the environment says.
fn proxy(option: Option<&str>) -> Result<Option<Proxy>, Trouble> {
    let found = match option {
        Some("") => None,
        Some(url) => Some(("--proxy", url.to_owned())),
        None => variables::first(&PROXIES)?,
    };
    let Some((name, url)) = found else { return Ok(None) };
    // Its text is not told: there may be a password in it.
    let refused = || {
        let help = "say it as http://HOST:PORT; https, socks5, socks5h, socks4 and socks4a are known as well";
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

/// These alone, as with curl.
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
        Trouble::usage(format!("the system's certificates cannot be used: {error}"))
            .help("install them (in many systems the package ca-certificates), or name a file of your own by --cacert FILE")
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(refused)?;
    Ok(with_protocols(builder.with_platform_verifier().map_err(refused)?.with_no_client_auth()))
}

/// reqwest offers what it is given, and nothing by itself.
fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
