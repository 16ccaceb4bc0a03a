//! `GET /public/api/jobs/{job_id}`

use bytes::Bytes;
use http::{Request, Response};

use super::{Endpoint, json};
use crate::api::Api;
use crate::error::Error;
use crate::id::JobId;
use crate::model::Job;

/// Gets the details of an export job.
///
/// ```
/// use useartisan::{Api, Credentials, Endpoint, GetJob, JobId, JobStatus};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let call = GetJob::new(JobId::new("5584566b")?);
/// assert_eq!(call.request(&api).uri().path(), "/public/api/jobs/5584566b");
///
/// let answer = http::Response::new(r#"{"_id":"5584566b","status":"RUNNING"}"#);
/// assert_eq!(call.parse(answer)?.status(), &JobStatus::Running);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct GetJob {
    job: JobId,
}

impl GetJob {
    /// Gets this job.
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
        json(self.name(), &response)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;

    fn call() -> GetJob {
        GetJob::new(JobId::from_static("5584566b"))
    }

    #[test]
    fn asks_and_reads() {
        assert_request(&call(), "GET", "/public/api/jobs/5584566b", "");
        let job = call().parse(fixture!("get_job")).unwrap();
        assert_eq!((job.id().as_str(), job.status().as_str()), ("5584566b7d891ce0ab000001", "COMPLETE"));
        assert_eq!((job.identifier(), job.description(), job.end()), (Some("sgmt-export"), None, None));
        assert_eq!(job.updated_at().unwrap().to_string(), "2015-06-19T17:51:55Z");
        assert_eq!(job.start().unwrap().to_string(), "2015-06-19T17:50:10Z");
    }

    /// Undocumented forms are accepted: an envelope, other spellings, an unknown status, unknown members.
    #[test]
    fn reads_other_forms() {
        for answer in [
            r#"{"id":"1","status":"COMPLETED"}"#,
            r#"{"success":"TRUE","response":{"_id":"1","status":"COMPLETE","end":""}}"#,
            r#"{"jobs":{"_id":"1","status":"COMPLETE"}}"#,
            r#"{"_id":"1","id":"1","status":"COMPLETE"}"#,
            r#"{"success":true,"_id":"1","status":"COMPLETE"}"#,
            r#"{"jobs":[{"jobs":{"_id":"1","status":"COMPLETE","type":null}}]}"#,
            r#"{"id":"2","start":"2015-06-19T17:50:35Z","jobs":[{"_id":"1","status":"COMPLETE"}],"status":"FAILED"}"#,
        ] {
            let job = call().parse(Response::new(answer)).unwrap();
            assert_eq!(
                (job.id().as_str(), job.status()),
                ("1", &crate::model::JobStatus::Complete),
                "{answer}"
            );
            assert_eq!((job.start(), job.other().len()), (None, 0), "{answer}");
        }
        let job = call().parse(Response::new(r#"{"id":"1","status":"PAUSED","progress":0.5}"#)).unwrap();
        assert_eq!((job.status().as_str(), job.status().is_finished()), ("PAUSED", false));
        assert_eq!(job.other().parse::<f64>("progress").unwrap(), Some(0.5));
    }

    #[test]
    fn refuses_what_is_no_job() {
        for (answer, told) in [
            (r#"{"status":"COMPLETE"}"#, "missing field `id`"),
            (r#"{"id":"1"}"#, "missing field `status`"),
            (r#"{"jobs":7}"#, "integer `7`, expected one job, or a list of one"),
            (r#"{"jobs":{"id":"1","status":"A"},"jobs":{"id":"1","status":"A"}}"#, "duplicate field `jobs`"),
            (r#"{"id":"1","status":"A","x":"\ud800"}"#, "a text has half a surrogate pair"),
            (r#"{"jobs":[]}"#, "invalid length 0, expected one job, or a list of one"),
            (
                r#"{"jobs":[{"id":"1","status":"A"},{"id":"2","status":"A"}]}"#,
                "invalid length 2, expected one job",
            ),
            (r#"{"id":"1","_id":"2","status":"A"}"#, "`_id` differs from `id`"),
            (r#"{"id":"..","status":"A"}"#, "job id is `..`"),
            (r#"{"id":"1","status":"A","end":"tomorrow"}"#, "not an RFC 3339"),
            (r#"{"id":1,"status":"A"}"#, "integer `1`"),
        ] {
            let error = call().parse(Response::new(answer)).unwrap_err();
            assert!(error.to_string().contains(told), "{answer}: {error}");
            assert_eq!(error.kind(), crate::error::ErrorKind::UnexpectedBody);
        }
    }
}
