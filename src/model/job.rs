//! Export jobs.

use std::fmt;

use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::object::{one_id, with_others};
use crate::id::TextVisitor;
use crate::{Attributes, Error, JobId, JobStatus};

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
#[derive(Clone, PartialEq, Eq, Hash)]
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

/// The members of a job that have fields.
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

const FIELDS: &[&str] = &["id", "_id", "status", "type", "created_at", "start", "end", "updated_at", "jobs"];

impl<'de> Deserialize<'de> for Job {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut other = Attributes::default();
        let members: Members = with_others(deserializer, FIELDS, &mut other)?;
        if let Some(job) = members.jobs {
            // Nothing beside a wrapped job changes it.
            return Ok(*job);
        }
        let time = |time: Option<Time>| time.and_then(|Time(time)| time);
        Ok(Job {
            id: one_id(members.id, members.underscored)?,
            status: members.status.ok_or_else(|| D::Error::missing_field("status"))?,
            kind: members.kind.filter(|kind| !kind.is_empty()),
            created_at: time(members.created_at),
            start: time(members.start),
            end: time(members.end),
            updated_at: time(members.updated_at),
            other,
        })
    }
}

/// Reads a job that an earlier edition of the service wrapped once more, in an object or in a list of one.
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
        Job::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut jobs: A) -> Result<Job, A::Error> {
        let job = jobs.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        match jobs.next_element::<IgnoredAny>()? {
            None => Ok(job),
            Some(_) => Err(A::Error::invalid_length(2, &self)),
        }
    }
}

/// An RFC 3339 time. The empty text is one that has not come, as `null` is.
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
