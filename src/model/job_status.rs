//! The status of a job.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::id::QueryValue;
use crate::id::sealed::Sealed;

/// The longest status, in bytes.
const MAX_STATUS: usize = 512;

/// The status of an export job. Only the status says whether a job is done; the published times do not.
///
/// ```
/// use useartisan::JobStatus;
///
/// assert_eq!("COMPLETE".parse::<JobStatus>()?, JobStatus::Complete);
/// assert_eq!("PAUSED".parse::<JobStatus>()?.to_string(), "PAUSED");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobStatus {
    /// `QUEUED`: not started.
    Queued,
    /// `RUNNING`.
    Running,
    /// `COMPLETE` (an earlier edition wrote `COMPLETED`): the result can be downloaded.
    Complete,
    /// `FAILED`: there will be no result.
    Failed,
    /// A status that this crate does not know, unchanged.
    Other(OtherStatus),
}

/// The text of a status that this crate does not know. It has at most 512 bytes.
///
/// ```
/// use useartisan::JobStatus;
///
/// let status: JobStatus = "ON HOLD".parse()?;
/// assert!(matches!(&status, JobStatus::Other(other) if other.as_str() == "ON HOLD"));
/// assert!(!status.is_finished());
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherStatus(Box<str>);

impl JobStatus {
    /// The status as the service writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            JobStatus::Queued => "QUEUED",
            JobStatus::Running => "RUNNING",
            JobStatus::Complete => "COMPLETE",
            JobStatus::Failed => "FAILED",
            JobStatus::Other(OtherStatus(text)) => text,
        }
    }

    /// Whether the job has ended, complete or failed. An unknown status counts as not finished.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self, JobStatus::Complete | JobStatus::Failed)
    }
}

impl OtherStatus {
    /// The status, unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobStatus {
    type Err = Error;

    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a text of more than 512 bytes.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "QUEUED" => Ok(JobStatus::Queued),
            "RUNNING" => Ok(JobStatus::Running),
            "COMPLETE" | "COMPLETED" => Ok(JobStatus::Complete),
            "FAILED" => Ok(JobStatus::Failed),
            _ if text.len() <= MAX_STATUS => Ok(JobStatus::Other(OtherStatus(text.into()))),
            _ => Err(Error::invalid(
                "job status",
                format_args!("is {} bytes long, over the limit of {MAX_STATUS}", text.len()),
            )),
        }
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for OtherStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl QueryValue for JobStatus {
    fn as_query(&self) -> &str {
        self.as_str()
    }
}

impl Sealed for JobStatus {}

impl Serialize for JobStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JobStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::id::TextVisitor { expecting: "a job status", make: str::parse })
    }
}
