//! Methods for the published attributes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::id::TextVisitor;

/// A place on the globe, from the attribute `geo-coordinate`.
///
/// Its text is the latitude and the longitude in degrees, separated by a comma: `48.8600,2.3500`.
///
/// ```
/// use useartisan::Coordinate;
///
/// let paris: Coordinate = "48.8600,2.3500".parse()?;
/// assert_eq!((paris.latitude(), paris.longitude()), (48.86, 2.35));
/// assert!("91,0".parse::<Coordinate>().is_err());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinate {
    latitude: f64,
    longitude: f64,
}

impl Coordinate {
    /// Makes a coordinate of degrees: latitude from -90 to 90, longitude from -180 to 180.
    ///
    /// # Errors
    ///
    /// If either is out of range or not a number.
    ///
    /// ```
    /// assert!(useartisan::Coordinate::new(-30.0, -71.0).is_ok());
    /// assert!(useartisan::Coordinate::new(-30.0, f64::NAN).is_err());
    /// ```
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Error> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(Error::invalid("latitude", "is not within -90 and 90 degrees"));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(Error::invalid("longitude", "is not within -180 and 180 degrees"));
        }
        Ok(Self { latitude, longitude })
    }

    /// Degrees north of the equator, from -90 to 90.
    ///
    /// ```
    /// assert_eq!(useartisan::Coordinate::new(48.86, 2.35)?.latitude(), 48.86);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich, from -180 to 180.
    ///
    /// ```
    /// assert_eq!(useartisan::Coordinate::new(48.86, 2.35)?.longitude(), 2.35);
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

impl FromStr for Coordinate {
    type Err = Error;

    /// Reads `latitude,longitude`. Each may have spaces around it.
    fn from_str(text: &str) -> Result<Self, Error> {
        let degrees = |part: &str| part.trim().parse::<f64>().ok();
        let pair = text.split_once(',').and_then(|(north, east)| degrees(north).zip(degrees(east)));
        let Some((latitude, longitude)) = pair else {
            return Err(Error::invalid("coordinate", "is not two numbers with a comma between"));
        };
        Self::new(latitude, longitude)
    }
}

/// Writes the service's form, with four decimals, or with more if four would change the value.
impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", degrees(self.latitude), degrees(self.longitude))
    }
}

fn degrees(number: f64) -> String {
    let usual = format!("{number:.4}");
    if usual.parse() == Ok(number) { usual } else { number.to_string() }
}

/// Writes the text.
impl Serialize for Coordinate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the text, so that a type of your own can have a coordinate: see [`decode`](crate::Attributes::decode).
impl<'de> Deserialize<'de> for Coordinate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor { expecting: "a coordinate", make: str::parse })
    }
}

/// The service writes `YES` and `NO`. An app may also send a boolean.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("yes") || is("true") {
        Some(true)
    } else if is("no") || is("false") {
        Some(false)
    } else {
        None
    }
}

/// The methods of every type with attributes, based on its `fn view(&self) -> View`.
///
/// One table serves profiles, attributes and the records of a download, so they cannot differ. The three types after the
/// implementor give the lifetimes of what the methods return.
macro_rules! attribute_methods {
    ($type:ty, $iter:ty, $value:ty, $text:ty $(, $life:lifetime)?) => {
        impl$(<$life>)? $type {
            /// The value of the attribute `name`. If there are several, the last one's.
            #[must_use]
            pub fn get(&self, name: &str) -> Option<$value> {
                self.view().get(name)
            }

            /// All attributes in the order of the answer, repeated names included.
            #[inline]
            #[must_use]
            pub fn iter(&self) -> $iter {
                self.view().iter()
            }

            /// The number of attributes, repeated names included.
            #[must_use]
            pub fn len(&self) -> usize {
                self.view().entries.len()
            }

            /// Whether there are no attributes.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.view().entries.is_empty()
            }

            /// Parses the text of the attribute `name`. `None` if it is absent, empty or `null`. A number or boolean that
            /// is not a string parses as its JSON text.
            ///
            /// # Errors
            ///
            /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) if the text does not parse. The error names the
            /// attribute, and does not show its value.
            ///
            /// ```
            /// let mut records = useartisan::decode::decode(br#"{"artisanUserIds":[{"shoeSize":"43"}]}"#);
            /// let record = records.next_record()?.unwrap();
            /// assert_eq!(record.parse::<u8>("shoeSize")?, Some(43));
            /// assert!(record.parse::<bool>("shoeSize").is_err());
            /// # Ok::<(), useartisan::Error>(())
            /// ```
            pub fn parse<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, $crate::error::Error> {
                self.view().read(name, "does not parse as the type that was asked for", |text| text.parse().ok())
            }
        }

        $crate::model::attribute_methods! { @published ($type) ($text) ($($life)?)
            text {
                /// `appBuild`: the build of the app, such as `2.0`.
                app_build "appBuild"
                /// `artisanAppId`: the id of the app that the profile belongs to.
                app_id "artisanAppId"
                /// `appVersion`: the version of the app, such as `1.5`.
                app_version "appVersion"
                /// `geo-administrativeArea`: the state or region, such as `PA`.
                administrative_area "geo-administrativeArea"
                /// `artisanId`: the id that the service gave to the profile; downloads have it.
                artisan_id "artisanId"
                /// `geo-countryCode`: the country's two letters, such as `US`.
                country_code "geo-countryCode"
                /// `currentSegments`: the segments that the profile is in. The separator is undocumented, so this is
                /// the unchanged text.
                current_segments "currentSegments"
                /// `deviceToken`: the device's token for push messages.
                device_token "deviceToken"
                /// `hardwareType`: the model of the device, such as `iPhone5,1`.
                hardware_type "hardwareType"
                /// `interfaceIdiom`: the kind of device, such as `iPad`.
                interface_idiom "interfaceIdiom"
                /// `language`: the language of the device, such as `de`.
                language "language"
                /// `geo-locality`: the city, such as `Philadelphia`.
                locality "geo-locality"
                /// `osName`: the operating system, such as `iPhone OS`.
                os_name "osName"
                /// `osVersion`: the version of the operating system, such as `8.0.2`.
                os_version "osVersion"
                /// `sdkVersion`: the version of the Artisan SDK in the app, such as `2.2.8`.
                sdk_version "sdkVersion"
                /// `sharedUserId`: the id that the app gave to the user.
                shared_user_id "sharedUserId"
            }
            typed {
                /// `age`: the user's age in years.
                age "age" -> u32, "is not a whole number of years", |text| text.parse().ok();
                /// `artisanSessionCount`: the number of sessions of the app with Artisan.
                artisan_session_count "artisanSessionCount" -> u64, "is not a whole number", |text| text.parse().ok();
                /// `geo-coordinate`: where the device was.
                coordinate "geo-coordinate" -> $crate::model::Coordinate,
                    "is not a latitude and a longitude with a comma between", |text| text.parse().ok();
                /// `lastSessionDate`: when the app was last used.
                last_session_date "lastSessionDate" -> jiff::Timestamp,
                    "is not an RFC 3339 date and time", |text| text.parse().ok();
                /// `minutesFromGMT`: how far the device's clock is ahead of UTC, in minutes. Negative if it is
                /// behind.
                minutes_from_gmt "minutesFromGMT" -> i32, "is not a whole number of minutes", |text| text.parse().ok();
                /// `pushEnabled`: whether the user allows push messages; `YES` or `NO`, or `true` or
                /// `false`, in any case.
                push_enabled "pushEnabled" -> bool, "is neither YES nor NO", $crate::model::yes_or_no;
                /// `userSessionCount`: the number of the user's sessions.
                user_session_count "userSessionCount" -> u64, "is not a whole number", |text| text.parse().ok();
            }
        }
    };
    (@published ($type:ty) ($text:ty) ($($life:lifetime)?)
        text { $($(#[$text_doc:meta])* $text_method:ident $text_name:literal)* }
        typed { $($(#[$doc:meta])* $method:ident $name:literal -> $output:ty, $rule:literal, $read:expr;)* }
    ) => {
        /// The published attributes. Each is `None` if it is absent or empty.
        impl$(<$life>)? $type {
            $(
                $(#[$text_doc])*
                #[must_use]
                pub fn $text_method(&self) -> Option<$text> {
                    self.view().text_of($text_name)
                }
            )*
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                #[doc = concat!("`ErrorKind::UnexpectedBody` if the text ", $rule, ".")]
                pub fn $method(&self) -> Result<Option<$output>, $crate::error::Error> {
                    self.view().read($name, $rule, $read)
                }
            )*
        }
    };
}
pub(crate) use attribute_methods;
