//! The keys of an organization.

use std::fmt;

use http::HeaderValue;

use crate::error::Error;

/// The longest key, in bytes.
const MAX_KEY: usize = 1024;

/// The public and the secret key of an organization.
///
/// Each key has 1 to 1,024 bytes of visible ASCII (0x21 to 0x7E) without `"` and `\`, so it needs no escapes in a header.
/// `Debug` shows neither key. There is no `Display` and no serialization.
///
/// The service also keeps a list of allowed IP addresses, and refuses the right keys from any other address.
///
/// ```
/// use useartisan::Credentials;
///
/// let credentials = Credentials::new("public", "secret")?;
/// assert_eq!(format!("{credentials:?}"), "Credentials([redacted])");
/// assert!(Credentials::new("public", "sec\"ret").is_err());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    public: String,
    secret: String,
}

impl Credentials {
    /// Checks the two keys.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the key and the rule, and does not show the key.
    pub fn new(public: impl Into<String>, secret: impl Into<String>) -> Result<Self, Error> {
        Ok(Credentials {
            public: checked("public key", public.into())?,
            secret: checked("secret key", secret.into())?,
        })
    }

    /// The values of the `Authorization` and `public-api-key` headers, both marked sensitive.
    pub(crate) fn headers(&self) -> Result<[HeaderValue; 2], Error> {
        let mut values = [format!("Token token=\"{}\"", self.secret), self.public.clone()].map(|text| {
            HeaderValue::try_from(text).map_err(|_| Error::invalid("key", "does not fit a header"))
        });
        for value in values.iter_mut().flatten() {
            value.set_sensitive(true);
        }
        let [authorization, public] = values;
        Ok([authorization?, public?])
    }

    pub(crate) fn keys(&self) -> [&str; 2] {
        [&self.secret, &self.public]
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([redacted])")
    }
}

fn checked(field: &str, key: String) -> Result<String, Error> {
    if key.is_empty() {
        return Err(Error::invalid(field, "is empty"));
    }
    if key.len() > MAX_KEY {
        return Err(Error::invalid(
            field,
            format_args!("is {} bytes long, over the limit of {MAX_KEY}", key.len()),
        ));
    }
    match key.bytes().position(|byte| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\\')) {
        Some(at) => Err(Error::invalid(
            field,
            format_args!("has a byte at {at} that is a quote, a backslash or not visible ASCII"),
        )),
        None => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 7: all bytes that a text can have by themselves, at the start, inside and at the end, in both keys; and a
    /// character of several bytes, each of which is refused.
    #[test]
    fn a_key_is_of_visible_ascii_without_quote_and_backslash() {
        for (public, secret) in [("é", "s"), ("p", "\u{80}"), ("p", "😀")] {
            assert!(Credentials::new(public, secret).is_err());
        }
        for byte in 0..=127_u8 {
            let fits = (0x21..=0x7E).contains(&byte) && byte != b'"' && byte != b'\\';
            for at in 0..3 {
                let mut bytes = *b"abc";
                bytes[at] = byte;
                let key = String::from_utf8(bytes.to_vec()).unwrap();
                for (public, secret) in [(key.as_str(), "s"), ("p", key.as_str())] {
                    let made = Credentials::new(public, secret);
                    assert_eq!(made.is_ok(), fits, "byte {byte:#x} at {at}");
                    if let Err(error) = made {
                        assert!(error.to_string().contains(&format!("at {at}")), "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_key_is_bounded() {
        assert!(Credentials::new("p", "s".repeat(MAX_KEY)).is_ok());
        let error = Credentials::new("p", "s".repeat(MAX_KEY + 1)).unwrap_err();
        assert_eq!(error.to_string(), "secret key is 1025 bytes long, over the limit of 1024");
        let error = Credentials::new("", "s").unwrap_err();
        assert_eq!(error.to_string(), "public key is empty");
    }
}
