//! The answer to the start of an export.

use serde::{Deserialize, Deserializer, Serialize};

use super::object::Object;
use crate::id::JobId;

/// A job that was just queued: its id and the service's message.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct QueuedJob {
    job: JobId,
    message: Option<String>,
}

impl QueuedJob {
    /// The job's id, for the next call.
    #[must_use]
    pub fn id(&self) -> &JobId {
        &self.job
    }

    /// The service's message, such as `Job queued successfully.`
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

impl<'de> Deserialize<'de> for QueuedJob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Queued {
            job: JobId,
            message: Option<String>,
        }

        let Object(Queued { job, message }) = Object::deserialize(deserializer)?;
        Ok(QueuedJob { job, message })
    }
}
