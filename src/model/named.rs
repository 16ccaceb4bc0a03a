//! Apps and segments: an id and a name each.

use std::fmt;

use serde::de::MapAccess;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{AsJson, id, once, skip};
use crate::endpoint::{Fields, object};
use crate::{AppId, SegmentId};

macro_rules! named_types {
    ($($(#[$doc:meta])* $name:ident, $id:ident, $fields:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            id: $id,
            name: String,
        }

        impl $name {
            /// Its id, which goes straight into the next call.
            #[must_use]
            pub fn id(&self) -> &$id {
                &self.id
            }

            /// What people call it; empty where the service gives no name.
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

        /// As its name.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.name)
            }
        }

        /// As the service writes it.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_struct(stringify!($name), 2)?;
                object.serialize_field("id", &self.id)?;
                object.serialize_field("name", &self.name)?;
                object.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                object::<$fields, Box<RawValue>, D>(deserializer)
            }
        }

        #[derive(Default)]
        pub(crate) struct $fields {
            id: Option<$id>,
            name: Option<Option<String>>,
        }

        impl Fields for $fields {
            type Output = $name;

            #[inline]
            fn field<'de, R: AsJson<'de>, A: MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                match name {
                    "id" | "_id" => id(&mut self.id, name, map),
                    "name" => once(&mut self.name, name, map),
                    _ => skip(map),
                }
            }

            #[inline]
            fn finish(self) -> Result<$name, &'static str> {
                Ok($name { id: self.id.ok_or("id")?, name: self.name.flatten().unwrap_or_default() })
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
    App, AppId, AppFields;
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
    Segment, SegmentId, SegmentFields;
}
