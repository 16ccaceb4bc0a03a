//! The URL for the callback of a finished job, and the body of an export that holds it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::id::ProfileIds;
use crate::id::TextVisitor;
use crate::web_url;

/// A URL of your own server. The service sends the download path of a finished job there.
///
/// It is an absolute http or https URL of at most 2 KiB, under the rules of a base URL: no userinfo, fragment, backslash or dot
/// segment, and no missing slash or host. Unlike a base URL, it may have a query, and plain http is allowed.
///
/// The URL is sent in its normal form: the host in lower case and Punycode, no default port, characters outside ASCII
/// percent-encoded.
///
/// ```
/// use useartisan::CallbackUrl;
///
/// let url = CallbackUrl::new("http://10.0.0.5:8080/done?run=7")?;
/// assert_eq!(url.as_str(), "http://10.0.0.5:8080/done?run=7");
/// assert_eq!(CallbackUrl::new("HTTPS://Me.Example:443")?.as_str(), "https://me.example/");
/// assert!(CallbackUrl::new("http:/10.0.0.5/done").is_err());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// Checks a URL.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the broken rule.
    pub fn new(url: impl AsRef<str>) -> Result<Self, Error> {
        let url = url.as_ref();
        let written = String::from(web_url::parse(FIELD, url)?);
        if written != url {
            // Percent-encoding may have made it longer.
            web_url::parse(FIELD, &written)?;
        }
        Ok(CallbackUrl(written))
    }

    /// The URL as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name in errors.
const FIELD: &str = "callback url";

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

/// Reads and checks a URL, for example from a configuration file.
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

/// The body of an export. The ids are one text, joined by commas. Without a callback URL, that text is empty.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<String>,
    callback_url: &'a str,
}

#[allow(clippy::expect_used, reason = "an object of two texts is JSON, and a `String` takes it")]
pub(super) fn body(ids: Option<&ProfileIds>, callback_url: Option<&CallbackUrl>) -> String {
    let body = Body {
        ids: ids.map(|ids| ids.iter().collect::<Vec<_>>().join(",")),
        callback_url: callback_url.map_or("", CallbackUrl::as_str),
    };
    serde_json::to_string(&body).expect("two texts are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The URL is sent as `url` writes it.
    #[test]
    fn a_callback_url_is_absolute_http() {
        for (url, sent) in [
            ("http://localhost:8080", "http://localhost:8080/"),
            ("http://192.168.1.5/x?y=z", "http://192.168.1.5/x?y=z"),
            ("https://me.example/a", "https://me.example/a"),
            ("HTTPS://Bücher.Example:443/ü/?q=\"ü\"", "https://xn--bcher-kva.example/%C3%BC/?q=%22%C3%BC%22"),
        ] {
            let url = CallbackUrl::new(url).unwrap();
            assert_eq!((url.as_str(), url.as_ref()), (sent, sent));
        }
        for (url, message) in [
            ("", "callback url has no scheme with `//`: write it like https://host/path"),
            ("/done", "callback url has no scheme with `//`: write it like https://host/path"),
            ("ftp://host/", "callback url has a scheme other than https and http"),
            (
                "http://host/a b",
                "callback url has white space, a control character or a backslash at byte 13",
            ),
            ("http://host/\n", "callback url has white space, a control character or a backslash at byte 12"),
            (
                "http://host/\u{7f}",
                "callback url has white space, a control character or a backslash at byte 12",
            ),
            ("http://host/#x", "callback url has a fragment, which is never sent"),
            ("http://", "callback url has no host"),
        ] {
            assert_eq!(CallbackUrl::new(url).unwrap_err().to_string(), message, "{url}");
        }
        let long = |bytes: usize| CallbackUrl::new(format!("http://host/{}", "x".repeat(bytes - 12)));
        assert_eq!(long(2048).unwrap().as_str().len(), 2048);
        let error = long(2049).unwrap_err();
        assert_eq!(error.to_string(), "callback url is 2049 bytes long, over the limit of 2048");
        // Each of these letters takes six bytes when sent.
        let error = CallbackUrl::new(format!("http://host/{}", "ü".repeat(340))).unwrap_err();
        assert_eq!(error.to_string(), "callback url is 2052 bytes long, over the limit of 2048");
    }

    #[test]
    fn a_body_is_valid_json_whatever_the_ids() {
        let ids = ["plain", "with \"quotes\"", "back\\slash\\", "\"", "ünï/cöde"];
        let list = ProfileIds::shared_user(ids).unwrap();
        let url = CallbackUrl::new("http://host/\"x'y").unwrap();
        let expected = serde_json::json!({"ids": ids.join(","), "callback_url": url.as_str()});
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&body(Some(&list), Some(&url))).unwrap(),
            expected
        );
        assert_eq!(body(None, None), r#"{"callback_url":""}"#);
    }
}
