//! Where the service is to tell that a job has finished, and the body of an export that says so.

use std::fmt;
use std::str::FromStr;

use memchr::memchr2;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::id::TextVisitor;
use crate::{Error, ProfileIds};

/// The longest callback URL, in bytes.
const MAX_URL: usize = 2 * 1024;

/// A URL of the caller's own server, to which the service sends the download path of a finished job.
///
/// An absolute http or https URL of at most 2 KiB without white space, control characters or a fragment. Plain
/// http and private addresses are ordinary here. It is sent as it was given.
///
/// ```
/// use useartisan::CallbackUrl;
///
/// let url = CallbackUrl::new("http://10.0.0.5:8080/done?run=7")?;
/// assert_eq!(url.as_str(), "http://10.0.0.5:8080/done?run=7");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// Checks and takes a URL.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that says which rule is broken.
    pub fn new(url: impl Into<String>) -> Result<Self, Error> {
        let text = url.into();
        let refuse = |reason: &str| Err(Error::invalid("callback url", reason));
        if text.len() > MAX_URL {
            return refuse(&format!("is {} bytes long, over the limit of {MAX_URL}", text.len()));
        }
        if let Some(at) = text.find(|c: char| c.is_whitespace() || c.is_control()) {
            return refuse(&format!("has white space or a control character at byte {at}"));
        }
        match Url::parse(&text) {
            Err(error) => refuse(&format!("is not an absolute URL: {error}")),
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                refuse("has a scheme other than http and https")
            }
            Ok(url) if url.fragment().is_some() => refuse("has a fragment, which is never sent"),
            Ok(_) => Ok(CallbackUrl(text)),
        }
    }

    /// The URL as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for CallbackUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self, Error> {
        CallbackUrl::new(url)
    }
}

impl TryFrom<&str> for CallbackUrl {
    type Error = Error;

    fn try_from(url: &str) -> Result<Self, Error> {
        CallbackUrl::new(url)
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = Error;

    fn try_from(url: String) -> Result<Self, Error> {
        CallbackUrl::new(url)
    }
}

impl AsRef<str> for CallbackUrl {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Serialize for CallbackUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Checked, as from a file of settings.
impl<'de> Deserialize<'de> for CallbackUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor { expecting: "a callback url", make: str::parse })
    }
}

impl From<&CallbackUrl> for CallbackUrl {
    fn from(url: &CallbackUrl) -> Self {
        url.clone()
    }
}

/// The body of an export: the ids as one text joined by commas, and the callback URL, empty where there is none.
pub(super) fn body(ids: Option<&ProfileIds>, callback_url: Option<&CallbackUrl>) -> String {
    let ids = ids.map(joined);
    let url = callback_url.map_or("", CallbackUrl::as_str);
    // With room for the names, and for some escapes.
    let mut body = String::with_capacity(ids.as_ref().map_or(0, String::len) + url.len() + 64);
    body.push('{');
    if let Some(ids) = ids {
        body.push_str("\"ids\":\"");
        push_escaped(&mut body, &ids);
        body.push_str("\",");
    }
    body.push_str("\"callback_url\":\"");
    push_escaped(&mut body, url);
    body.push_str("\"}");
    body
}

fn joined(ids: &ProfileIds) -> String {
    let mut joined = String::with_capacity(ids.iter().map(|id| id.len() + 1).sum());
    for id in ids.iter() {
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(id);
    }
    joined
}

/// Neither an id nor a callback URL has control characters, so two characters remain that JSON escapes.
fn push_escaped(body: &mut String, mut text: &str) {
    while let Some(at) = memchr2(b'"', b'\\', text.as_bytes()) {
        let (plain, escaped) = text.split_at(at);
        let (mark, rest) = escaped.split_at(1);
        body.extend([plain, "\\", mark]);
        text = rest;
    }
    body.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_url_is_absolute_http() {
        for url in [
            "http://localhost:8080",
            "http://192.168.1.5/x?y=z",
            "https://me.example/a b".split(' ').next().unwrap(),
        ] {
            assert_eq!(CallbackUrl::new(url).unwrap().as_str(), url);
        }
        for (url, message) in [
            ("", "callback url is not an absolute URL: relative URL without a base"),
            ("/done", "callback url is not an absolute URL: relative URL without a base"),
            ("ftp://host/", "callback url has a scheme other than http and https"),
            ("http://host/a b", "callback url has white space or a control character at byte 13"),
            ("http://host/\n", "callback url has white space or a control character at byte 12"),
            ("http://host/\u{7f}", "callback url has white space or a control character at byte 12"),
            ("http://host/#x", "callback url has a fragment, which is never sent"),
            ("http://", "callback url is not an absolute URL: empty host"),
        ] {
            assert_eq!(CallbackUrl::new(url).unwrap_err().to_string(), message, "{url}");
        }
        let long = |bytes: usize| CallbackUrl::new(format!("http://host/{}", "x".repeat(bytes - 12)));
        assert_eq!(long(2048).unwrap().as_str().len(), 2048);
        let error = long(2049).unwrap_err();
        assert_eq!(error.to_string(), "callback url is 2049 bytes long, over the limit of 2048");
    }

    /// The body is what `serde_json` would write.
    #[test]
    fn a_body_is_valid_json_whatever_the_ids() {
        let ids = ["plain", "with \"quotes\"", "back\\slash\\", "\"", "ünï/cöde"];
        let list = ProfileIds::shared_user(ids).unwrap();
        let url = CallbackUrl::new("http://host/\"x\\y").unwrap();
        let expected = serde_json::json!({"ids": ids.join(","), "callback_url": url.as_str()});
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&body(Some(&list), Some(&url))).unwrap(),
            expected
        );
        assert_eq!(body(None, None), r#"{"callback_url":""}"#);
    }
}
