//! The rules for http and https URLs, shared by base URLs and callback URLs.

use http::uri::Authority;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::Error;

/// The longest URL, in bytes.
const MAX_URL: usize = 2 * 1024;

/// The longest host name and the longest label in it, in bytes (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Checks a URL. Errors call it `field`. A query is allowed.
///
/// The parser of `url` silently repairs much. Where it would guess, this refuses: backslashes, tabs, missing slashes, dot
/// segments. The parser normalizes the rest: a host's case and Punycode, an IPv4 address's digits, a port's leading zeros.
pub(crate) fn parse(field: &str, text: &str) -> Result<Url, Error> {
    let refuse = |reason: String| Error::invalid(field, reason);
    as_written(text).map_err(refuse)?;
    let url = Url::parse(text).map_err(|error| refuse(format!("is not a URL: {error}")))?;
    as_understood(&url).map_err(|reason| refuse(reason.to_owned()))?;
    Ok(url)
}

/// The host, and the port unless it is the scheme's default. `None` if no request can name the host.
pub(crate) fn authority(url: &Url) -> Option<Authority> {
    let host = url.host_str()?;
    let text = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Authority::try_from(text).ok()
}

/// Checks the text, before the parser repairs anything.
fn as_written(text: &str) -> Result<(), String> {
    if text.len() > MAX_URL {
        return Err(format!("is {} bytes long, over the limit of {MAX_URL}", text.len()));
    }
    if let Some(at) = text.find(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(format!("has white space, a control character or a backslash at byte {at}"));
    }
    // Checked here because the parser of `url` accepts one slash or none.
    let Some(rest) = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")) else {
        return Err("has no scheme with `//`: write it like https://host/path".to_owned());
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let rules = [
        (authority.contains('@'), "has userinfo, and a URL is no place for keys"),
        (authority.is_empty() || authority.starts_with(':'), "has no host"),
        (authority.ends_with(':'), "has an empty port"),
    ];
    if let Some((_, reason)) = rules.iter().find(|(broken, _)| *broken) {
        return Err((*reason).to_owned());
    }
    // A path may end with one slash.
    let path = path.strip_suffix('/').unwrap_or(path);
    for (index, segment) in path.split('/').enumerate().skip(1) {
        if matches!(&*percent_decode_str(segment).decode_utf8_lossy(), "" | "." | "..") {
            return Err(format!("has an empty or dot segment in its path, number {index}"));
        }
    }
    Ok(())
}

/// Checks the parsed URL.
fn as_understood(url: &Url) -> Result<(), &'static str> {
    let rules = [
        (!matches!(url.scheme(), "https" | "http"), "has a scheme other than https and http"),
        (url.fragment().is_some(), "has a fragment, which is never sent"),
        (url.port() == Some(0), "has port 0"),
        (!is_host(url), "has an invalid host"),
    ];
    rules.iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, reason)| Err(reason))
}

/// Whether a request can name the host and a resolver can look it up. A name may end with the root's dot.
fn is_host(url: &Url) -> bool {
    let known = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name.len() <= MAX_NAME && name.split('.').all(|label| (1..=MAX_LABEL).contains(&label.len()))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    known && authority(url).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 4: a URL that a parser would repair, or that no request could be sent to, is refused by name.
    #[test]
    fn nothing_is_left_to_be_mended() {
        let (long, name) = ("x".repeat(64), "a.".repeat(127));
        for (url, part) in [
            ("", "no scheme"),
            ("/done", "no scheme"),
            ("//host/done", "no scheme"),
            ("http:/10.0.0.5/done", "no scheme"),
            ("http:10.0.0.5", "no scheme"),
            ("http:", "no scheme"),
            ("http:\\\\10.0.0.5", "backslash at byte 5"),
            ("http:/\\10.0.0.5", "backslash at byte 6"),
            ("http://10.0.0.5\\done", "backslash at byte 15"),
            ("http://10.0.0.5/a?b=\\", "backslash at byte 20"),
            ("http://10.0.0.5/\tdone", "white space"),
            ("http://10.0.0.5/\u{a0}", "white space"),
            ("http:///10.0.0.5", "no host"),
            ("http:////10.0.0.5", "no host"),
            ("http://", "no host"),
            ("http://?x", "no host"),
            ("http://:80/", "no host"),
            ("http://10.0.0.5:0/", "port 0"),
            ("http://10.0.0.5:00000/", "port 0"),
            ("http://10.0.0.5:/", "empty port"),
            ("http://10.0.0.5:65536/", "not a URL"),
            ("http://a..b/", "invalid host"),
            ("http://.a/", "invalid host"),
            ("http://a../", "invalid host"),
            ("http://./", "invalid host"),
            ("http://a。。b/", "invalid host"),
            (&format!("http://{long}/"), "invalid host"),
            (&format!("http://{name}a/"), "invalid host"),
            ("http://a\"b/", "invalid host"),
            ("http://a{b}/", "invalid host"),
            ("http://1.2.3.4.5/", "not a URL"),
            ("http://[::1/", "not a URL"),
            ("http://user@host/", "userinfo"),
            ("http://user:word@host/", "userinfo"),
            ("http://@host/", "userinfo"),
            ("http://host/../x", "dot segment in its path, number 1"),
            ("http://host/a/./b?x", "dot segment in its path, number 2"),
            ("http://host/%2e%2E/x", "dot segment in its path, number 1"),
            ("http://host//x", "empty or dot segment in its path, number 1"),
            ("http://host/a//", "empty or dot segment in its path, number 2"),
            ("http://host/#", "fragment"),
            ("http://host/?a#b", "fragment"),
            ("ftp://host/", "scheme other"),
            ("javascript://host/", "scheme other"),
            ("file:///etc/passwd", "no host"),
            (&format!("http://host/{}", "x".repeat(2037)), "is 2049 bytes long, over the limit of 2048"),
        ] {
            let message = parse("callback url", url).unwrap_err().to_string();
            assert!(message.starts_with("callback url ") && message.contains(part), "{url}: {message}");
        }
    }

    #[test]
    fn ordinary_urls_are_taken() {
        let longest = format!("http://{}a/", "a.".repeat(126));
        for url in [
            "http://localhost:8080/",
            "http://10.0.0.5:8080/done?run=7&to=a@b/../c//d",
            "https://[2001:db8::1]:8443/x/",
            "https://my_host.example./",
            longest.as_str(),
        ] {
            assert_eq!(parse("url", url).unwrap().as_str(), url);
        }
    }

    /// What is sent is a URL by the same rule, and is written the same way again.
    #[test]
    fn what_is_written_is_taken_as_it_is() {
        const PARTS: [&str; 32] = [
            "http", "https", "HTTP", ":", "/", "//", "://", "?", "#", "@", ".", "..", "%2e", "%", "[::1]",
            "[", "10.0.0.5", "0x7f.1", "host", "Ü", "xn--", "\\", " ", "\t", "\"", "{", "'", "0", "443",
            "65536", "-", "\u{ad}",
        ];
        let mut state = 1_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap()
        };
        let mut taken = 0;
        for turn in 0..30_000 {
            let start = ["", "http://", "https://host"][turn % 3];
            let text: String =
                std::iter::once(start).chain((0..next() % 7).map(|_| PARTS[next() % PARTS.len()])).collect();
            let Ok(url) = parse("url", &text) else { continue };
            taken += 1;
            let again = parse("url", url.as_str()).unwrap();
            assert_eq!(again.as_str(), url.as_str(), "{text}");
            assert!(
                authority(&url).is_some() && url.username().is_empty() && url.fragment().is_none(),
                "{text}"
            );
        }
        assert!(taken > 500, "{taken} were taken");
    }
}
