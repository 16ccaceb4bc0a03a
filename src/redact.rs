//! Requests as text, without secrets.

use std::fmt;

use http::header::{AUTHORIZATION, COOKIE, HOST, PROXY_AUTHORIZATION};
use http::{HeaderName, HeaderValue, Request};

use crate::api::PUBLIC_API_KEY;

/// Shows a request as HTTP/1.1 without its secrets, for logs and snapshots.
///
/// Values marked sensitive are left out, and always those of `Authorization`, `public-api-key`, `Cookie` and
/// `Proxy-Authorization`. Bytes that are not UTF-8 show as U+FFFD, and control characters other than line breaks as escapes.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, ListApps, redacted};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// assert_eq!(
///     redacted(&ListApps::new().request(&api)).to_string(),
///     "GET /public/api/apps HTTP/1.1\n\
///      host: artisan.example\n\
///      accept-encoding: application/json\n\
///      content-type: application/json\n\
///      authorization: [redacted]\n\
///      public-api-key: [redacted]\n",
/// );
/// # Ok::<(), useartisan::Error>(())
/// ```
pub fn redacted<B: AsRef<[u8]>>(request: &Request<B>) -> Redacted<'_, B> {
    Redacted(request)
}

/// What [`redacted`] returns: `Display` and `Debug` show the request.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, ListApps, redacted};
///
/// let request = ListApps::new().request(&Api::new("https://artisan.example", Credentials::new("public", "a-secret-key")?)?);
/// let shown = redacted(&request);
/// assert!(!format!("{shown} {shown:?}").contains("a-secret-key"));
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Redacted<'a, B>(&'a Request<B>);

impl<B: AsRef<[u8]>> fmt::Display for Redacted<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.0;
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        writeln!(f, "{} {target} {:?}", request.method(), request.version())?;
        if let Some(host) = request.uri().authority().filter(|_| !request.headers().contains_key(HOST)) {
            writeln!(f, "host: {}", host.as_str().rsplit('@').next().unwrap_or_default())?;
        }
        for (name, value) in request.headers() {
            if is_secret(name, value) {
                writeln!(f, "{name}: [redacted]")?;
            } else {
                writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()).escape_debug())?;
            }
        }
        let body = request.body().as_ref();
        if !body.is_empty() {
            writeln!(f)?;
            for line in String::from_utf8_lossy(body).lines() {
                for character in line.chars() {
                    match character.is_control() {
                        true => write!(f, "{}", character.escape_debug())?,
                        false => fmt::Write::write_char(f, character)?,
                    }
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for Redacted<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || [&AUTHORIZATION, &PUBLIC_API_KEY, &COOKIE, &PROXY_AUTHORIZATION].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 8: the keys are left out even if a request was made by hand and nothing is marked.
    #[test]
    fn unmarked_secrets_are_left_out_too() {
        let request = Request::post("https://user:pass@host/x?y=1")
            .header("authorization", "Token token=\"abc\"")
            .header("public-api-key", "def")
            .header("x-other", "seen")
            .body("{\"ids\":\"1\",\u{1}\n\"callback_url\":\"\"}")
            .unwrap();
        assert_eq!(
            redacted(&request).to_string(),
            "POST /x?y=1 HTTP/1.1\nhost: host\nauthorization: [redacted]\npublic-api-key: [redacted]\n\
             x-other: seen\n\n{\"ids\":\"1\",\\u{1}\n\"callback_url\":\"\"}\n"
        );
    }
}
