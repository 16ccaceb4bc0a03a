//! Where the service is: the base URL, checked, and the requests' prefix made of it.

use std::fmt;

use http::uri::{Authority, Scheme};
use url::{Host, Url};

use crate::Error;

/// Where the service is unless one says otherwise.
const DEFAULT: &str = "https://artisantools.com";

/// The longest base URL, in bytes.
const MAX_URL: usize = 2 * 1024;

/// An origin and a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Empty, or with a slash at its start and none at its end.
    pub(crate) prefix: String,
    pub(crate) loopback: bool,
}

impl BaseUrl {
    /// The service's own.
    pub(crate) fn published() -> Self {
        BaseUrl {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static("artisantools.com"),
            prefix: String::new(),
            loopback: false,
        }
    }

    /// Checks a base URL.
    ///
    /// The parser of `url` mends much in silence (backslashes, tabs, missing slashes, dot segments); what it
    /// would mend is refused before.
    pub(crate) fn parse(text: &str, plain_http: bool) -> Result<Self, Error> {
        let refuse = |reason: &dyn fmt::Display| Error::invalid("base url", reason);
        let path = unmended(text).map_err(|reason| refuse(&reason))?;
        let url = Url::parse(text).map_err(|error| refuse(&format_args!("is not a URL: {error}")))?;
        let scheme = match url.scheme() {
            "https" => Scheme::HTTPS,
            "http" => Scheme::HTTP,
            _ => return Err(refuse(&"has a scheme other than https and http")),
        };
        if url.port() == Some(0) {
            return Err(refuse(&"has port 0"));
        }
        let loopback = is_loopback(&url);
        if scheme == Scheme::HTTP && !loopback && !plain_http {
            return Err(refuse(
                &"is plain http off loopback, where anyone on the way could read the secret key: use https, or \
                  allow_plain_http",
            ));
        }
        Ok(BaseUrl { scheme, authority: authority_of(&url)?, prefix: prefix_of(&url, path)?, loopback })
    }
}

/// The path of a base URL that has nothing to be mended before it; else what is wrong.
fn unmended(text: &str) -> Result<&str, String> {
    if text.len() > MAX_URL {
        return Err(format!("is {} bytes long, over the limit of {MAX_URL}", text.len()));
    }
    if let Some(at) = text.find(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(format!("has white space, a control character or a backslash at byte {at}"));
    }
    // At the first colon: the parser of `url` takes one slash or none for two.
    let Some(rest) = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")) else {
        return Err(format!("has no scheme: write it like {DEFAULT}"));
    };
    let (authority, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    let rules = [
        (rest.contains('?'), "has a query, which no request could keep"),
        (rest.contains('#'), "has a fragment, which no request could keep"),
        (authority.contains('@'), "has userinfo: keys go into Credentials"),
        (authority.is_empty() || authority.starts_with(':'), "has no host"),
        (authority.ends_with(':'), "has an empty port"),
    ];
    match rules.iter().find(|(broken, _)| *broken) {
        Some((_, reason)) => Err((*reason).to_owned()),
        None => Ok(path),
    }
}

/// Whether a URL's host is this machine by its very form, without asking a resolver (RFC 6761 for the name).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn authority_of(url: &Url) -> Result<Authority, Error> {
    let host = url.host_str().unwrap_or_default();
    let text = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Authority::try_from(text).map_err(|_| Error::invalid("base url", "has a host that is none"))
}

/// The path as `url` writes it, which must be what was given: no dot segment resolved, no empty one.
fn prefix_of(url: &Url, given: &str) -> Result<String, Error> {
    let given = given.strip_suffix('/').unwrap_or(given);
    for (index, segment) in given.split('/').enumerate() {
        let plain = segment.replace("%2e", ".").replace("%2E", ".");
        if plain == "." || plain == ".." || (segment.is_empty() && index > 0) {
            return Err(Error::invalid(
                "base url",
                format_args!("has an empty or dot segment in its path, the {index}."),
            ));
        }
    }
    let path = url.path();
    Ok(path.strip_suffix('/').unwrap_or(path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(url: &str, part: &str) {
        let message = BaseUrl::parse(url, false).unwrap_err().to_string();
        assert!(message.starts_with("base url ") && message.contains(part), "{url}: {message}");
    }

    /// Promise 4: what a base URL may not hold is refused by name.
    #[test]
    fn a_base_url_is_an_origin_and_a_prefix() {
        for (url, part) in [
            ("", "no scheme"),
            ("artisantools.com", "no scheme"),
            ("https:artisantools.com", "no scheme"),
            ("https:/artisantools.com", "no scheme"),
            ("https:/artisantools.com://.", "no scheme"),
            ("ftp://artisantools.com", "scheme other"),
            ("file:///etc/passwd", "no host"),
            ("https://", "no host"),
            ("https:///path", "no host"),
            ("https://:443", "no host"),
            ("https://user@host", "userinfo"),
            ("https://user:pass@host", "userinfo"),
            ("https://@host", "userinfo"),
            ("https://host@evil", "userinfo"),
            ("https://host?x=1", "query"),
            ("https://host/?", "query"),
            ("https://host#x", "fragment"),
            ("https://host/#", "fragment"),
            ("https://host:0", "port 0"),
            ("https://host:", "empty port"),
            ("https://host:/", "empty port"),
            ("https://host:65536", "port"),
            ("https://host:x", "port"),
            ("https://host:-1", "port"),
            ("https://host\\evil", "backslash"),
            ("https://host/\tevil", "white space"),
            (" https://host", "white space"),
            ("https://host\n", "white space"),
            ("https://host/a b", "white space"),
            ("https://host/a\u{7f}", "a control character"),
            ("https://host/../x", "dot segment"),
            ("https://host/a/./b", "dot segment"),
            ("https://host/%2e%2e/x", "dot segment"),
            ("https://host/%2E/x", "dot segment"),
            ("https://host//evil", "empty or dot segment"),
            ("https://host/a//b", "empty or dot segment"),
            ("https://host/a//", "empty or dot segment"),
            ("https://ho^st", "not a URL"),
            ("https://[::1", "not a URL"),
            ("https://1.2.3.4.5", "not a URL"),
            ("http://artisantools.com", "plain http"),
            (&format!("https://host/{}", "x".repeat(2036)), "is 2049 bytes long, over the limit"),
        ] {
            refused(url, part);
        }
    }

    /// Promise 4: a path prefix is kept.
    #[test]
    fn a_prefix_is_kept() {
        for (url, authority, prefix) in [
            ("https://artisantools.com", "artisantools.com", ""),
            ("https://artisantools.com/", "artisantools.com", ""),
            ("HTTPS://Proxy.Example:8443/artisan", "proxy.example:8443", "/artisan"),
            ("https://proxy.example:443/a/b/", "proxy.example", "/a/b"),
            ("https://proxy.example/a%20b/ü", "proxy.example", "/a%20b/%C3%BC"),
            ("https://bücher.example/x", "xn--bcher-kva.example", "/x"),
            ("https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443", "/x"),
        ] {
            let base = BaseUrl::parse(url, false).unwrap();
            assert_eq!((base.authority.as_str(), base.prefix.as_str()), (authority, prefix), "{url}");
        }
        let longest = format!("https://host/{}", "x".repeat(2035));
        assert_eq!(BaseUrl::parse(&longest, false).unwrap().prefix.len(), 2036);
        assert_eq!(BaseUrl::parse(DEFAULT, false).unwrap(), BaseUrl::published());
    }

    /// Promise 3: plain http is for loopback, or by an explicit opt-in.
    #[test]
    fn plain_http_is_for_loopback_or_by_opt_in() {
        for url in [
            "http://localhost",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://LOCALHOST/x",
        ] {
            assert!(BaseUrl::parse(url, false).unwrap().loopback, "{url}");
        }
        for url in [
            "http://artisantools.com",
            "http://10.0.0.1",
            "http://192.168.1.1:8080",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://evil.example/127.0.0.1",
            "http://0.0.0.0",
            "http://128.0.0.1",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
            "http://notlocalhost",
            "HTTP://artisantools.com",
            "http://xn--localhost-x",
        ] {
            assert!(BaseUrl::parse(url, false).is_err(), "{url}");
        }
        for url in ["http://artisantools.com", "http://10.0.0.1"] {
            assert!(!BaseUrl::parse(url, true).unwrap().loopback, "{url}");
        }
        for url in ["https://localhost", "https://127.0.0.1"] {
            assert!(BaseUrl::parse(url, false).unwrap().loopback, "{url}");
        }
    }
}
