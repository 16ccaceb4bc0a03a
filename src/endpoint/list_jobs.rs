//! `GET /public/api/jobs`, with a status `GET /public/api/jobs?status=COMPLETE`

use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;

use super::{Endpoint, answer};
use crate::api::Api;
use crate::error::Error;
use crate::model::{Job, JobStatus};

/// Lists the export jobs of the organization: all, or those of one status.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, JobStatus, ListJobs};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = ListJobs::new().status(JobStatus::Complete);
/// assert_eq!(call.request(&api).uri().query(), Some("status=COMPLETE"));
///
/// let answer = http::Response::new(r#"{"jobs":[{"id":"5584566b","status":"COMPLETE"}]}"#);
/// assert_eq!(call.parse(answer)?[0].id().as_str(), "5584566b");
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct ListJobs {
    status: Option<JobStatus>,
}

impl ListJobs {
    /// Lists all jobs.
    pub fn new() -> Self {
        ListJobs::default()
    }

    /// Lists only jobs with this status.
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
        answer(self.name(), &response).map(|Answer { jobs }| jobs)
    }
}

#[derive(Deserialize)]
struct Answer {
    jobs: Vec<Job>,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    #[test]
    fn asks_for_all_or_for_one_status() {
        assert_request(&ListJobs::new(), "GET", "/public/api/jobs", "");
        for (status, query) in
            [("COMPLETE", "COMPLETE"), ("QUEUED", "QUEUED"), ("ON HOLD&x=1", "ON%20HOLD%26x%3D1")]
        {
            let call = ListJobs::new().status(status.parse().unwrap());
            assert_request(&call, "GET", &format!("/public/api/jobs?status={query}"), "");
        }
    }

    /// The published oddities: a complete job without an end, one that starts before it was created.
    #[test]
    fn reads_a_list() {
        let jobs = ListJobs::new().parse(fixture!("list_jobs")).unwrap();
        let statuses: Vec<_> = jobs.iter().map(Job::status).collect();
        assert_eq!(statuses, [&JobStatus::Queued, &JobStatus::Queued, &JobStatus::Complete]);
        assert_eq!((jobs[2].end(), jobs[2].kind()), (None, Some("Segments Export")));
        assert!(jobs[0].start() < jobs[0].created_at());
        assert!(jobs.iter().all(|job| job.other().is_empty()));
    }

    /// The earlier edition: each item wrapped once more, `_id`, a `result_url`.
    #[test]
    fn reads_an_earlier_list() {
        let jobs = ListJobs::new().parse(fixture!("list_jobs_nested")).unwrap();
        let ids: Vec<_> = jobs.iter().map(|job| job.id().as_str()).collect();
        assert_eq!(ids, ["557b14cb2e62106169000002", "557b2f092e62106169000003"]);
        assert_eq!(
            (jobs[0].status(), jobs[0].kind(), jobs[0].result_url()),
            (&JobStatus::Running, None, None)
        );
        assert_eq!(jobs[0].organization_id(), Some("556cb0c52e62109ed6000006"));
    }
}
