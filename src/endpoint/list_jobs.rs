//! `GET /public/api/jobs`, with a status `GET /public/api/jobs?status=COMPLETE`

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, Items, answer};
use crate::{Api, Error, Job, JobStatus};

/// Lists the export jobs of the organization: all, or those of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListJobs {
    status: Option<JobStatus>,
}

impl ListJobs {
    /// All jobs.
    pub fn new() -> Self {
        ListJobs::default()
    }

    /// Only those of this status.
    pub fn status(self, status: JobStatus) -> Self {
        ListJobs { status: Some(status) }
    }
}

impl Endpoint for ListJobs {
    type Output = Vec<Job>;

    fn name(&self) -> &'static str {
        "list_jobs"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        let path = api.path("/public/api/jobs");
        match &self.status {
            Some(status) => path.query("status", status).get(),
            None => path.get(),
        }
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Vec<Job>, Error> {
        answer(self.name(), &response, Items::new("jobs"))
    }
}
