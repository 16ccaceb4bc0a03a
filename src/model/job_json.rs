//! Export jobs from JSON: known members by derive, and the others as raw JSON.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::object::one_id;
use crate::error::Error;
use crate::id::JobId;
use crate::id::TextVisitor;
use crate::model::{Attributes, Job, JobStatus};

impl<'de> Deserialize<'de> for Job {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(JobVisitor)
    }
}

/// The members that have a field in a job, or hold a job.
#[derive(Deserialize)]
struct Members {
    id: Option<JobId>,
    #[serde(rename = "_id")]
    underscored: Option<JobId>,
    status: Option<JobStatus>,
    #[serde(rename = "type")]
    kind: Option<String>,
    created_at: Option<Time>,
    start: Option<Time>,
    end: Option<Time>,
    updated_at: Option<Time>,
    #[serde(default, deserialize_with = "wrapped")]
    jobs: Option<Box<Job>>,
}

fn is_member(name: &str) -> bool {
    matches!(name, "id" | "_id" | "status" | "type" | "created_at" | "start" | "end" | "updated_at" | "jobs")
}

struct JobVisitor;

impl<'de> Visitor<'de> for JobVisitor {
    type Value = Job;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Job, A::Error> {
        let mut other = Attributes::default();
        let members = MapAccessDeserializer::new(Split { map, other: &mut other });
        let members = Members::deserialize(members)?;
        if let Some(job) = members.jobs {
            // Members beside a wrapped job do not change it.
            return Ok(*job);
        }
        let time = |time: Option<Time>| time.and_then(|Time(time)| time);
        Ok(Job {
            id: one_id(members.id, members.underscored)?,
            status: members.status.ok_or_else(|| A::Error::missing_field("status"))?,
            kind: members.kind.filter(|kind| !kind.is_empty()),
            created_at: time(members.created_at),
            start: time(members.start),
            end: time(members.end),
            updated_at: time(members.updated_at),
            other,
        })
    }
}

/// Passes the [`Members`] on, and collects all others as raw JSON.
struct Split<'o, A> {
    map: A,
    other: &'o mut Attributes,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Split<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.map.next_key()? {
            if is_member(&name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            // A member of the envelope, around a bare job.
            if name == "success" {
                self.map.next_value::<IgnoredAny>()?;
                continue;
            }
            if self.other.is_empty() {
                *self.other = Attributes::with_capacity(USUAL_OTHER);
            }
            let json = self.map.next_value::<Box<RawValue>>()?;
            self.other.push_json(&name, json.get()).map_err(A::Error::custom)?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Enough for the published members without a field, and a little more, in bytes.
const USUAL_OTHER: usize = 96;

/// The name of a member, borrowed if it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a wrapped job. An earlier edition of the service wrapped jobs in an object or in a list of one.
fn wrapped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Job>>, D::Error> {
    deserializer.deserialize_any(WrappedVisitor).map(|job| Some(Box::new(job)))
}

struct WrappedVisitor;

impl<'de> Visitor<'de> for WrappedVisitor {
    type Value = Job;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one job, or a list of one")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Job, A::Error> {
        JobVisitor.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut jobs: A) -> Result<Job, A::Error> {
        let job = jobs.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        match jobs.next_element::<IgnoredAny>()? {
            None => Ok(job),
            Some(_) => Err(A::Error::invalid_length(2, &self)),
        }
    }
}

/// An RFC 3339 time. An empty text means that it has not happened, like `null`.
struct Time(Option<Timestamp>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let make = |text: &str| match text {
            "" => Ok(Time(None)),
            _ => match text.parse() {
                Ok(time) => Ok(Time(Some(time))),
                Err(_) => Err(Error::invalid("a job's time", "is not an RFC 3339 date and time")),
            },
        };
        deserializer.deserialize_str(TextVisitor { expecting: "an RFC 3339 date and time, or null", make })
    }
}
