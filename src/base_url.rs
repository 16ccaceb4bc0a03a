//! The base URL of the service.

use http::uri::{Authority, Scheme};
use url::{Host, Url};

use crate::error::Error;
use crate::web_url;

/// A checked base URL: an origin and a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Empty, or a path that starts with a slash and does not end with one.
    pub(crate) prefix: String,
    pub(crate) loopback: bool,
}

impl BaseUrl {
    /// The URL of the vendor's service. A callback may still name it.
    pub(crate) fn published() -> Self {
        BaseUrl {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static("artisantools.com"),
            prefix: String::new(),
            loopback: false,
        }
    }

    pub(crate) fn parse(text: &str, plain_http: bool) -> Result<Self, Error> {
        let refuse = |reason| Error::invalid("base url", reason);
        let url = web_url::parse("base url", text)?;
        if url.query().is_some() {
            return Err(refuse("has a query, which requests cannot keep"));
        }
        let scheme = if url.scheme() == "https" { Scheme::HTTPS } else { Scheme::HTTP };
        let loopback = is_loopback(&url);
        if scheme == Scheme::HTTP && !loopback && !plain_http {
            return Err(refuse(
                "is plain http off loopback, where anyone on the way could read the secret key: use https, or \
                 allow_plain_http",
            ));
        }
        let authority = web_url::authority(&url).ok_or_else(|| refuse("has an invalid host"))?;
        let path = url.path();
        let prefix = path.strip_suffix('/').unwrap_or(path).to_owned();
        Ok(BaseUrl { scheme, authority, prefix, loopback })
    }
}

/// Whether the host is a loopback address or `localhost` (RFC 6761). No resolver is asked.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
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
            ("artisan.example", "no scheme"),
            ("https:artisan.example", "no scheme"),
            ("https:/artisan.example", "no scheme"),
            ("https:/artisan.example://.", "no scheme"),
            ("ftp://artisan.example", "scheme other"),
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
            ("http://artisan.example", "plain http"),
            (&format!("https://host/{}", "x".repeat(2036)), "is 2049 bytes long, over the limit"),
        ] {
            refused(url, part);
        }
    }

    /// Promise 4: a path prefix is kept.
    #[test]
    fn a_prefix_is_kept() {
        for (url, authority, prefix) in [
            ("https://artisan.example", "artisan.example", ""),
            ("https://artisan.example/", "artisan.example", ""),
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
        assert_eq!(BaseUrl::parse("https://artisantools.com", false).unwrap(), BaseUrl::published());
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
            "http://artisan.example",
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
            "HTTP://artisan.example",
            "http://xn--localhost-x",
        ] {
            assert!(BaseUrl::parse(url, false).is_err(), "{url}");
        }
        for url in ["http://artisan.example", "http://10.0.0.1"] {
            assert!(!BaseUrl::parse(url, true).unwrap().loopback, "{url}");
        }
        for url in ["https://localhost", "https://127.0.0.1"] {
            assert!(BaseUrl::parse(url, false).unwrap().loopback, "{url}");
        }
    }
}
