//! Export jobs.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Raw, id, once, skip};
use crate::endpoint::{Fields, Object, object};
use crate::id::TextVisitor;
use crate::{Attributes, JobId, JobStatus};

/// An export job, as a list or its details give it.
///
/// Only the [`status`](Self::status) says whether it is done. A time is `None` where it has not happened; in the
/// published examples even a job that is complete has no end.
///
/// ```
/// use useartisan::{Endpoint, GetJob, JobId, JobStatus};
///
/// let answer = r#"{"_id":"5584566b","status":"COMPLETE","created_at":"2015-06-19T17:50:35Z","end":null}"#;
/// let job = GetJob::new(JobId::new("5584566b")?).parse(http::Response::new(answer))?;
/// assert_eq!(job.status(), &JobStatus::Complete);
/// assert_eq!(job.created_at().map(|at| at.to_string()).as_deref(), Some("2015-06-19T17:50:35Z"));
/// assert_eq!(job.end(), None);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    id: JobId,
    status: JobStatus,
    kind: Option<String>,
    created_at: Option<Timestamp>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    other: Attributes,
}

impl Job {
    /// Its id, which goes straight into the next call.
    #[must_use]
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> &JobStatus {
        &self.status
    }

    /// What it does (`type` on the wire), as in `Segments Export`; `None` where it is absent or empty.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// When it was asked for.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }

    /// When it began. In the published examples that lies before [`created_at`](Self::created_at), even for a
    /// job that is queued.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// When it came to its end.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// When its details last changed; in details only.
    #[must_use]
    pub fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    /// `description`; in details only, and `None` where it is empty.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.text("description")
    }

    /// `identifier`, as in `sgmt-export`; in details only, and `None` where it is empty.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        self.text("identifier")
    }

    /// `organization_id`; in details only.
    #[must_use]
    pub fn organization_id(&self) -> Option<&str> {
        self.text("organization_id")
    }

    /// `result_url`, which an earlier edition had: text from the server, never requested by this crate.
    #[must_use]
    pub fn result_url(&self) -> Option<&str> {
        self.text("result_url")
    }

    /// Every member that has no field of its own here, `description` and its like included, as it came.
    #[must_use]
    pub fn other(&self) -> &Attributes {
        &self.other
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.other.get(name)?.as_text().filter(|text| !text.is_empty())
    }
}

impl From<&Job> for JobId {
    fn from(job: &Job) -> Self {
        job.id.clone()
    }
}

impl From<Job> for JobId {
    fn from(job: Job) -> Self {
        job.id
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("kind", &self.kind)
            .field("created_at", &self.created_at)
            .field("start", &self.start)
            .field("end", &self.end)
            .field("updated_at", &self.updated_at)
            .field("other", &self.other)
            .finish()
    }
}

/// As the service writes it, with `id`, and times in UTC.
impl Serialize for Job {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", &self.id)?;
        object.serialize_entry("type", &self.kind)?;
        object.serialize_entry("status", &self.status)?;
        for (name, at) in [
            ("created_at", self.created_at),
            ("start", self.start),
            ("end", self.end),
            ("updated_at", self.updated_at),
        ] {
            object.serialize_entry(name, &at.map(|at| at.to_string()))?;
        }
        for (name, value) in &self.other {
            object.serialize_entry(name, &value)?;
        }
        object.end()
    }
}

impl<'de> Deserialize<'de> for Job {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<JobFields, Box<RawValue>, D>(deserializer)
    }
}

/// Room for the published members that have no field, and a little more, in bytes.
const USUAL_OTHER: usize = 96;

/// The members of a job, in details or in a list; in an earlier edition each was wrapped once more, in `jobs`.
#[derive(Default)]
pub(crate) struct JobFields {
    /// Whether they are those of a wrapped job, which nothing beside it can change.
    wrapped: bool,
    id: Option<JobId>,
    status: Option<JobStatus>,
    kind: Option<Option<String>>,
    created_at: Option<Time>,
    start: Option<Time>,
    end: Option<Time>,
    updated_at: Option<Time>,
    other: Attributes,
}

impl Fields for JobFields {
    type Output = Job;

    #[inline]
    fn field<'de, R: Raw<'de>, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "jobs" if self.wrapped => Err(A::Error::custom("the member `jobs` is there twice")),
            _ if self.wrapped => skip(map),
            "id" | "_id" => id(&mut self.id, name, map),
            "status" => once(&mut self.status, name, map),
            "type" => once(&mut self.kind, name, map),
            "created_at" => once(&mut self.created_at, name, map),
            "start" => once(&mut self.start, name, map),
            "end" => once(&mut self.end, name, map),
            "updated_at" => once(&mut self.updated_at, name, map),
            "jobs" => {
                *self = JobFields::default();
                map.next_value_seed(Wrapped::<R>(self, PhantomData))?;
                self.wrapped = true;
                Ok(())
            }
            _ => {
                if self.other.is_empty() {
                    self.other = Attributes::with_capacity(USUAL_OTHER);
                }
                self.other.push_member::<R, A>(name, map)
            }
        }
    }

    #[inline]
    fn finish(self) -> Result<Job, &'static str> {
        let time = |time: Option<Time>| time.and_then(|time| time.0);
        Ok(Job {
            id: self.id.ok_or("id")?,
            status: self.status.ok_or("status")?,
            kind: self.kind.flatten().filter(|kind| !kind.is_empty()),
            created_at: time(self.created_at),
            start: time(self.start),
            end: time(self.end),
            updated_at: time(self.updated_at),
            other: self.other,
        })
    }
}

/// The value of `jobs`: a job, or a list of exactly one.
struct Wrapped<'f, R>(&'f mut JobFields, PhantomData<R>);

impl<'de, R: Raw<'de>> DeserializeSeed<'de> for Wrapped<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Raw<'de>> Visitor<'de> for Wrapped<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ONE_JOB)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object::<JobFields, R>::plain(self.0).visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut jobs: A) -> Result<(), A::Error> {
        if jobs.next_element_seed(self)?.is_none() {
            return Err(A::Error::invalid_length(0, &ONE_JOB));
        }
        match jobs.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::invalid_length(2, &ONE_JOB)),
        }
    }
}

const ONE_JOB: &str = "one job, or a list of one";

/// An RFC 3339 time; `null` and the empty text where it has not happened.
struct Time(Option<Timestamp>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(TimeVisitor)
    }
}

struct TimeVisitor;

impl<'de> Visitor<'de> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 date and time, or null")
    }

    fn visit_none<E>(self) -> Result<Time, E> {
        Ok(Time(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Time, D::Error> {
        let read = |text: &str| match text {
            "" => Ok(Time(None)),
            _ => match Timestamp::from_str(text) {
                Ok(at) => Ok(Time(Some(at))),
                Err(_) => Err(crate::Error::invalid("a job's time", "is not an RFC 3339 date and time")),
            },
        };
        deserializer
            .deserialize_str(TextVisitor { expecting: "an RFC 3339 date and time, or null", make: read })
    }
}
