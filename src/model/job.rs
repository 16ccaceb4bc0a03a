//! Export jobs.

use std::fmt;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::id::JobId;
use crate::model::{Attributes, JobStatus};

/// An export job, from a list or from its details.
///
/// Only the [`status`](Self::status) says whether the job is done. A time is `None` until it has happened; in the published
/// examples even a complete job has no end.
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
    pub(super) id: JobId,
    pub(super) status: JobStatus,
    pub(super) kind: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
    pub(super) other: Attributes,
}

impl Job {
    /// The id, for the next call.
    #[must_use]
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> &JobStatus {
        &self.status
    }

    /// The kind of job (`type` on the wire), such as `Segments Export`. `None` if it is absent or empty.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// When the job was requested.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }

    /// When the job started. In the published examples this is before [`created_at`](Self::created_at), even for a queued job.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// When the job ended.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// When the details last changed. Only in details.
    #[must_use]
    pub fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    /// `description`. Only in details; `None` if it is empty.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.text("description")
    }

    /// `identifier`, such as `sgmt-export`. Only in details; `None` if it is empty.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        self.text("identifier")
    }

    /// `organization_id`. Only in details.
    #[must_use]
    pub fn organization_id(&self) -> Option<&str> {
        self.text("organization_id")
    }

    /// `result_url`, from an earlier edition of the service. This crate never requests it.
    #[must_use]
    pub fn result_url(&self) -> Option<&str> {
        self.text("result_url")
    }

    /// The members that have no field here, such as `description`, as they came.
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

/// Writes the service's form, with `id`, and times in UTC.
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
