//! `GET /public/api/jobs/{job_id}`

use bytes::Bytes;
use http::{Request, Response};
use serde::de::{Error as _, MapAccess};

use super::{Endpoint, Fields, answer};
use crate::model::JobFields;
use crate::{Api, Error, Job, JobId};

/// Gets the details of an export job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct GetJob {
    job: JobId,
}

impl GetJob {
    /// Of this job.
    pub fn new(job: impl Into<JobId>) -> Self {
        GetJob { job: job.into() }
    }
}

impl Endpoint for GetJob {
    type Output = Job;

    fn name(&self) -> &'static str {
        "get_job"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        api.path("/public/api/jobs/").id(&self.job).get()
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Job, Error> {
        answer(self.name(), &response, OneJob::default())
    }
}

/// A job as it is, or as an earlier edition gave it: in the form of a list, with one item.
#[derive(Default)]
struct OneJob {
    listed: Option<Job>,
    plain: JobFields,
}

impl Fields for OneJob {
    type Output = Job;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name != "jobs" {
            return self.plain.field(name, map);
        }
        let mut jobs: Vec<Job> = map.next_value()?;
        self.listed = jobs.pop();
        match (&self.listed, jobs.len()) {
            (Some(_), 0) => Ok(()),
            (None, _) => Err(A::Error::custom("the list `jobs` is empty where one job was asked for")),
            (_, more) => Err(A::Error::custom(format_args!(
                "the list `jobs` has {} items where one job was asked for",
                more + 1
            ))),
        }
    }

    fn finish(self) -> Result<Job, &'static str> {
        match self.listed {
            Some(job) => Ok(job),
            None => self.plain.finish(),
        }
    }
}
