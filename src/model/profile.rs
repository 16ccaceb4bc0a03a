//! Profiles.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::object::Object;
use super::{AttributeIter, AttributeValue, View, attribute_methods};
use crate::id::ProfileId;
use crate::model::Attributes;

/// The profile of one user: its id and its attributes.
///
/// The published attributes have methods; look up any other by its name. A profile is personal data, so `Debug` shows only
/// sizes.
///
/// ```
/// use useartisan::{AppId, Endpoint, GetProfile, ProfileId};
///
/// let call = GetProfile::new(AppId::new("557ade8b")?, ProfileId::artisan("bdbbf66f")?);
/// let answer = r#"{"success":true,"response":{"identifier":"bdbbf66f","identifierSource":"artisan",
///     "attributes":{"age":"54","pushEnabled":"NO","lastSessionDate":"","shoeSize":43}}}"#;
/// let profile = call.parse(http::Response::new(answer))?;
/// assert_eq!(profile.id(), Some(ProfileId::artisan("bdbbf66f")?));
/// assert_eq!(profile.age()?, Some(54));
/// assert_eq!(profile.push_enabled()?, Some(false));
/// assert_eq!(profile.last_session_date()?, None);
/// assert_eq!(profile.parse::<u8>("shoeSize")?, Some(43));
/// assert_eq!(profile.get("shoeSize").map(|value| value.as_str()), Some("43"));
/// assert_eq!(profile.into_attributes().len(), 4);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    attributes: Attributes,
}

impl Profile {
    /// The id of the profile, if its kind is known.
    ///
    /// This is the `identifier` of an answer whose source is `artisan` or `custom` (a shared user id: undocumented but likely). A
    /// download has no identifier; there it is the attribute `artisanId`, or else `sharedUserId`. `None` if that text is not a
    /// valid id.
    #[must_use]
    pub fn id(&self) -> Option<ProfileId> {
        match (self.identifier(), self.identifier_source()) {
            (Some(id), Some("artisan")) => ProfileId::artisan(id).ok(),
            (Some(id), Some("custom")) => ProfileId::shared_user(id).ok(),
            (Some(_), _) => None,
            (None, _) => match (self.artisan_id(), self.shared_user_id()) {
                (Some(id), _) => ProfileId::artisan(id).ok(),
                (None, Some(id)) => ProfileId::shared_user(id).ok(),
                (None, None) => None,
            },
        }
    }

    /// `identifier`, unchanged. A download has none.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref()
    }

    /// `identifierSource`, unchanged: `artisan` for an Artisan id.
    #[must_use]
    pub fn identifier_source(&self) -> Option<&str> {
        self.identifier_source.as_deref()
    }

    /// `href`, unchanged. This crate never requests it.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }

    /// All attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The attributes, without a copy.
    #[must_use]
    pub fn into_attributes(self) -> Attributes {
        self.attributes
    }

    fn view(&self) -> View<'_> {
        self.attributes.view()
    }
}

attribute_methods!(Profile, AttributeIter<'_>, AttributeValue<'_>, &str);

impl<'a> IntoIterator for &'a Profile {
    type Item = (&'a str, AttributeValue<'a>);
    type IntoIter = AttributeIter<'a>;

    fn into_iter(self) -> AttributeIter<'a> {
        self.view().iter()
    }
}

/// A profile from a download's record, which has only attributes.
impl From<Attributes> for Profile {
    fn from(attributes: Attributes) -> Self {
        Profile { identifier: None, identifier_source: None, href: None, attributes }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("identifier_len", &self.identifier.as_ref().map(String::len))
            .field("identifier_source", &self.identifier_source)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Identified {
            identifier: Option<String>,
            identifier_source: Option<String>,
            href: Option<String>,
            attributes: Attributes,
        }

        let Object(Identified { identifier, identifier_source, href, attributes }) =
            Object::deserialize(deserializer)?;
        Ok(Profile { identifier, identifier_source, href, attributes })
    }
}
