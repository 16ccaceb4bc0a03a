//! What the body of an answer says about its call, by the members `success` and `error`.
//!
//! Answers and downloads are read here. [`Verdict`](crate::error::Verdict) turns the result into a decision.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use serde::de::{IgnoredAny, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Object;
use crate::error::Says;
use crate::json::string;

impl Says {
    /// What the body says, and its reason. `has_output`: whether it has the members of the endpoint's output.
    pub(crate) fn of(
        status: StatusCode,
        body: &[u8],
        has_output: impl FnOnce() -> bool,
    ) -> (Self, Option<String>) {
        let text = std::str::from_utf8(body).unwrap_or_default();
        let Ok(Object(Members { success, error })) = serde_json::from_str(text) else {
            // Even an unclear `success` comes from the service itself.
            let is_there = serde_json::from_str(text)
                .is_ok_and(|Object(Named { success, error })| success.or(error).is_some());
            let own = is_there || body.is_empty() && matches!(status.as_u16(), 401 | 403 | 404);
            return (if own { Says::Something } else { Says::Nothing }, None);
        };
        let is_there = success.is_some() || error.is_some();
        let reason = error.and_then(|json| reason(json.get()));
        let says = match (success, &reason) {
            (Some(Success(false)), reason) => Says::failure(reason.as_deref()),
            (_, Some(_)) => Says::Error,
            (_, None) if is_there || has_output() => Says::Something,
            (_, None) => Says::Nothing,
        };
        (says, reason)
    }
}

/// The members of an answer that judge the call. All others are ignored.
#[derive(Deserialize)]
struct Members {
    #[serde(default, deserialize_with = "present")]
    success: Option<Success>,
    #[serde(default, deserialize_with = "present")]
    error: Option<Box<RawValue>>,
}

/// The same members, with any value.
#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "present")]
    success: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    error: Option<IgnoredAny>,
}

/// A member that is present, even as `null`.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Why a call failed: the text of `error`, or its JSON. `null` and an empty text are no reason.
pub(crate) fn reason(json: &str) -> Option<String> {
    let text = string(json).ok().flatten().unwrap_or(Cow::Borrowed(json));
    Some(text.into_owned()).filter(|text| !text.is_empty() && text != "null")
}

/// The member `success`: a boolean, or its text in upper or lower case.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Success(pub(crate) bool);

impl Success {
    /// Reads a text, if it is clear.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        (is("true") || is("false")).then(|| Success(is("true")))
    }
}

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
        Success::of_text(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
