//! What starting an export answers.

use serde::de::MapAccess;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{AsJson, once, skip};
use crate::JobId;
use crate::endpoint::{Fields, object};

/// A job that was just put into the queue: its id, and what the service says about it.
///
/// ```
/// use useartisan::{GetJob, QueuedJob};
///
/// let queued: QueuedJob = serde_json::from_str(r#"{"job":"5584566b","message":"Job queued."}"#)?;
/// assert_eq!(queued.message(), Some("Job queued."));
/// let call = GetJob::new(&queued); // as it goes into any call
/// # let _ = call;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueuedJob {
    job: JobId,
    message: Option<String>,
}

impl QueuedJob {
    /// The job's id, which goes straight into the next call.
    #[must_use]
    pub fn id(&self) -> &JobId {
        &self.job
    }

    /// What the service says, as in `Job queued successfully.`
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl From<&QueuedJob> for JobId {
    fn from(queued: &QueuedJob) -> Self {
        queued.job.clone()
    }
}

impl From<QueuedJob> for JobId {
    fn from(queued: QueuedJob) -> Self {
        queued.job
    }
}

/// As the service writes it, without the envelope.
impl Serialize for QueuedJob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("QueuedJob", 2)?;
        object.serialize_field("job", &self.job)?;
        object.serialize_field("message", &self.message)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for QueuedJob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<QueuedFields, Box<RawValue>, D>(deserializer)
    }
}

#[derive(Default)]
pub(crate) struct QueuedFields {
    job: Option<JobId>,
    message: Option<Option<String>>,
}

impl Fields for QueuedFields {
    type Output = QueuedJob;

    #[inline]
    fn field<'de, R: AsJson<'de>, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "job" => once(&mut self.job, name, map),
            "message" => once(&mut self.message, name, map),
            _ => skip(map),
        }
    }

    #[inline]
    fn finish(self) -> Result<QueuedJob, &'static str> {
        Ok(QueuedJob { job: self.job.ok_or("job")?, message: self.message.flatten() })
    }
}
