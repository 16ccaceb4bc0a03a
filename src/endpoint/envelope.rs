//! The envelope of an answer, `{"success":…,"response":{…},"error":…}`, or none: both are read in one pass.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::json::string;
use crate::model::{AsJson, once};

/// What an object of an answer is read into, one member at a time.
pub(crate) trait Fields {
    type Output;

    /// Takes the value of the member `name` from `map`; as `R`, where it is wanted as JSON.
    fn field<'de, R: AsJson<'de>, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// # Errors
    /// The name of a member that is missing.
    fn finish(self) -> Result<Self::Output, &'static str>;
}

/// What an envelope says of the call.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) failed: bool,
    pub(super) error: Option<String>,
}

/// Why the body of a success has no output.
pub(super) enum NoOutput {
    /// The service says that the call failed, for this reason.
    Refused(Option<String>),
    /// A member of this name is not there.
    Missing(&'static str),
    /// It is not JSON, or not of the shape that was expected.
    Malformed(serde_json::Error),
}

impl From<serde_json::Error> for NoOutput {
    fn from(error: serde_json::Error) -> Self {
        NoOutput::Malformed(error)
    }
}

impl Verdict {
    /// Whether the service says that the call succeeded.
    pub(super) fn passed(self) -> Result<(), NoOutput> {
        if self.failed { Err(NoOutput::Refused(self.error)) } else { Ok(()) }
    }

    /// Takes the member `name`, if it is one of the verdict's.
    #[inline(always)]
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "success" => self.failed |= !map.next_value::<Success>()?.0,
            "error" => self.error = map.next_value::<Reason>()?.0,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The verdict alone, whatever else there is: a failure may have anything where a success has its fields.
impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(VerdictVisitor(Verdict::default()))
    }
}

struct VerdictVisitor(Verdict);

impl<'de> Visitor<'de> for VerdictVisitor {
    type Value = Verdict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Verdict, A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if !self.0.member(&name, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self.0)
    }
}

/// Reads a body into `fields`, from the top level and from `response` alike.
pub(super) fn read<F: Fields>(body: &str, fields: &mut F) -> serde_json::Result<Verdict> {
    let mut json = serde_json::Deserializer::from_str(body);
    let mut verdict = Verdict::default();
    Object::<F, &RawValue> { fields, verdict: Some(&mut verdict), raw: PhantomData }
        .deserialize(&mut json)?;
    json.end()?;
    Ok(verdict)
}

/// Reads one object that is no envelope into an output.
#[inline]
pub(crate) fn object<'de, F: Fields + Default, R: AsJson<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<F::Output, D::Error> {
    let mut fields = F::default();
    Object::<F, R>::plain(&mut fields).deserialize(deserializer)?;
    fields.finish().map_err(D::Error::missing_field)
}

/// Reads one object into fields; with a verdict, as an envelope.
pub(crate) struct Object<'f, F, R> {
    fields: &'f mut F,
    verdict: Option<&'f mut Verdict>,
    raw: PhantomData<R>,
}

impl<'f, F, R> Object<'f, F, R> {
    /// An object that is no envelope.
    pub(crate) fn plain(fields: &'f mut F) -> Self {
        Object { fields, verdict: None, raw: PhantomData }
    }
}

impl<'de, F: Fields, R: AsJson<'de>> DeserializeSeed<'de> for Object<'_, F, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: Fields, R: AsJson<'de>> Visitor<'de> for Object<'_, F, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if let Some(verdict) = &mut self.verdict {
                if verdict.member(&name, &mut map)? {
                    continue;
                }
                if name == "response" {
                    map.next_value_seed(ResponseMember(Object::<F, R>::plain(self.fields)))?;
                    continue;
                }
            }
            self.fields.field::<R, A>(&name, &mut map)?;
        }
        Ok(())
    }
}

/// The member `response`: an object, or `null` as in a failure.
struct ResponseMember<'f, F, R>(Object<'f, F, R>);

impl<'de, F: Fields, R: AsJson<'de>> DeserializeSeed<'de> for ResponseMember<'_, F, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: Fields, R: AsJson<'de>> Visitor<'de> for ResponseMember<'_, F, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.visit_map(map)
    }
}

/// The name of a member, borrowed where it has no escapes.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// A boolean, or one as text in any case.
struct Success(bool);

impl<'de> Deserialize<'de> for Success {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SuccessVisitor)
    }
}

struct SuccessVisitor;

impl Visitor<'_> for SuccessVisitor {
    type Value = Success;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`success` to be true or false")
    }

    fn visit_bool<E>(self, success: bool) -> Result<Success, E> {
        Ok(Success(success))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Success, E> {
        match text {
            _ if text.eq_ignore_ascii_case("true") => Ok(Success(true)),
            _ if text.eq_ignore_ascii_case("false") => Ok(Success(false)),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
        }
    }
}

/// Why a call failed: text, or whatever JSON stands there; `null` and the empty text say nothing.
struct Reason(Option<String>);

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let text = string(json).ok().flatten().unwrap_or(Cow::Borrowed(json));
        Ok(Reason(Some(text.into_owned()).filter(|text| !text.is_empty() && text != "null")))
    }
}

/// The verdict, and the member `response` as a type of the caller's, if there is one.
pub(super) struct Envelope<T> {
    pub(super) verdict: Verdict,
    pub(super) response: Option<T>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor(PhantomData))
    }
}

struct EnvelopeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EnvelopeVisitor<T> {
    type Value = Envelope<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<T>, A::Error> {
        let (mut verdict, mut response) = (Verdict::default(), None);
        while let Some(Name(name)) = map.next_key()? {
            if name == "response" {
                once(&mut response, &name, &mut map)?;
            } else if !verdict.member(&name, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Envelope { verdict, response })
    }
}
