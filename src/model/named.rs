//! Apps and segments. Each has an id and a name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::object::{Object, one_id};
use crate::id::{AppId, SegmentId};

/// An app or a segment in an answer.
#[derive(Deserialize)]
struct Named<I> {
    id: Option<I>,
    #[serde(rename = "_id")]
    underscored: Option<I>,
    name: Option<String>,
}

macro_rules! named_types {
    ($($(#[$doc:meta])* $name:ident, $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
        pub struct $name {
            id: $id,
            name: String,
        }

        impl $name {
            /// The id, for the next call.
            #[must_use]
            pub fn id(&self) -> &$id {
                &self.id
            }

            /// The name. Empty if the service gives none.
            #[must_use]
            pub fn name(&self) -> &str {
                &self.name
            }
        }

        impl From<&$name> for $id {
            fn from(named: &$name) -> Self {
                named.id.clone()
            }
        }

        impl From<$name> for $id {
            fn from(named: $name) -> Self {
                named.id
            }
        }

        /// Writes the name.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Object(Named { id, underscored, name }) = Object::deserialize(deserializer)?;
                Ok($name { id: one_id(id, underscored)?, name: name.unwrap_or_default() })
            }
        }
    )*};
}

named_types! {
    /// An app of the organization.
    ///
    /// ```
    /// use useartisan::{App, AppId};
    ///
    /// let app: App = serde_json::from_str(r#"{"id":"5550dd57","name":"Demo App 1"}"#)?;
    /// assert_eq!(app.to_string(), app.name());
    /// assert_eq!(AppId::from(&app), "5550dd57".parse()?); // so it goes into any call as it is
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    App, AppId;
    /// A segment of an app's users.
    ///
    /// ```
    /// use useartisan::{Segment, SegmentId};
    ///
    /// let segment: Segment = serde_json::from_str(r#"{"id":"5550dd57","name":"Over 28"}"#)?;
    /// assert_eq!(segment.to_string(), segment.name());
    /// assert_eq!(SegmentId::from(&segment), "5550dd57".parse()?); // so it goes into any call as it is
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Segment, SegmentId;
}
