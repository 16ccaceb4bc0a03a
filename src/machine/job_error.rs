//! The errors of a job.

use crate::error::{Error, ErrorKind, shown};
use crate::id::JobId;
use crate::model::Job;

impl Error {
    /// The job that has failed, as the server described it. Like any output, and unlike the rest of an error, its texts are
    /// not searched for the keys.
    #[must_use]
    pub fn job(&self) -> Option<&Job> {
        self.subject()
    }

    /// The id of the job that was waited for, or that was started before the error. Wait for it again instead of starting
    /// another.
    #[must_use]
    pub fn job_id(&self) -> Option<&JobId> {
        self.subject().or_else(|| self.job().map(Job::id))
    }

    pub(super) fn job_failed(job: Job) -> Self {
        let message = format!("job {} has status {}", shown(job.id().as_str()), job.status());
        Error::new(ErrorKind::JobFailed, message).after_an_answer().about(job)
    }

    /// The job that was waited for is not there.
    pub(super) fn job_vanished(self, job: &JobId) -> Self {
        self.retold(ErrorKind::JobVanished, format!("job {} is not there", shown(job.as_str())))
    }

    /// An error in waiting for this job.
    pub(super) fn about_job(self, job: &JobId) -> Self {
        self.about(job.clone())
    }

    /// An error after this job was started.
    pub(super) fn after_start_of(self, job: &JobId) -> Self {
        self.after_an_answer().about_job(job)
    }
}
