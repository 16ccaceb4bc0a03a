//! `GET /public/api/jobs/{job_id}/download`

use bytes::Bytes;
use http::response::Parts;
use http::{Request, Response, StatusCode};

use super::answer::{about, success};
use super::{BodyUse, Endpoint, Items, answer};
use crate::{Api, Attributes, Error, JobId, Profile, Timeouts};

/// Downloads the result of a job, once its status is `COMPLETE`.
///
/// As an [`Endpoint`] it reads a whole answer into profiles, which suits a small result and is bounded by
/// [`Limits::body`](crate::Limits::body). A result may be gigabytes: [`Client::download_job`] opens it without
/// reading it, saves it to a file, or hands it out as it comes.
///
/// [`Client::download_job`]: crate::Client::download_job
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct DownloadJob {
    job: JobId,
    json: bool,
}

impl DownloadJob {
    /// Of this job.
    pub fn new(job: impl Into<JobId>) -> Self {
        DownloadJob { job: job.into(), json: true }
    }

    /// Takes the result as it comes, without insisting that it is one whole JSON document.
    ///
    /// A connection that is cut may look like the end of a body. The document's own end is what tells a whole
    /// download from a cut one; without it that is lost.
    pub fn any_format(self) -> Self {
        DownloadJob { json: false, ..self }
    }

    /// Whether the result is to be one whole JSON document.
    pub(crate) fn checks_json(&self) -> bool {
        self.json
    }
}

impl Endpoint for DownloadJob {
    type Output = Vec<Profile>;

    fn name(&self) -> &'static str {
        "download_job"
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        api.path("/public/api/jobs/").id(&self.job).literal("/download").get()
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Vec<Profile>, Error> {
        let records: Vec<Attributes> = answer(self.name(), &response, Items::new("artisanUserIds"))?;
        Ok(records.into_iter().map(Profile::from).collect())
    }
}

/// A download that is done when its head is right; the body is the caller's to read.
#[derive(Clone, Debug)]
pub(crate) struct OpenDownload(pub(crate) DownloadJob);

impl Endpoint for OpenDownload {
    type Output = Parts;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn request(&self, api: &Api) -> Request<Bytes> {
        self.0.request(api)
    }

    fn parse<B: AsRef<[u8]>>(&self, response: Response<B>) -> Result<Parts, Error> {
        match success(&response) {
            Ok(()) => Ok(response.into_parts().0),
            Err(error) => Err(about(error, self.name(), &response)),
        }
    }

    fn body_use(&self, status: StatusCode) -> BodyUse {
        if status.is_success() { BodyUse::Unread } else { BodyUse::Start }
    }

    fn timeouts(&self) -> Timeouts {
        Timeouts::for_download()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;
    use crate::ProfileId;

    fn call() -> DownloadJob {
        DownloadJob::new(JobId::from_static("5584566b"))
    }

    #[test]
    fn asks_and_reads() {
        assert_request(&call(), "GET", "/public/api/jobs/5584566b/download", "");
        let profiles = call().parse(fixture("download_job")).unwrap();
        assert_eq!(profiles.len(), 2);
        assert_eq!(
            profiles[1].id(),
            Some(ProfileId::artisan("037a17ab-e989-4a08-8841-0a5edb9b6a02").unwrap())
        );
        assert_eq!(profiles[1].last_session_date().unwrap().unwrap().to_string(), "2015-06-24T06:54:36Z");
    }

    /// Promise 17: a document without the list is an error, never an empty result.
    #[test]
    fn a_result_without_the_list_is_an_error() {
        let error = call().parse(Response::new("{}")).unwrap_err();
        assert_eq!(error.to_string(), "download_job: the answer has no `artisanUserIds` (status 200 OK)");
    }
}
