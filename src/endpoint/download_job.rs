//! `GET /public/api/jobs/{job_id}/download`

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::Endpoint;
use super::answer::{about, success};
use crate::api::Api;
use crate::decode::{DecodeOptions, Decoder, Records};
use crate::error::Error;
use crate::id::JobId;
use crate::model::Profile;

/// Downloads the result of a job, once its status is `COMPLETE`.
///
/// As an [`Endpoint`], it reads a whole answer into profiles. That suits a small result, and
/// [`Limits::body`](crate::Limits::body) bounds it. For a large result use [`Client::download_job`], which saves it to a file
/// or reads it as it arrives.
///
/// [`Client::download_job`]: crate::Client::download_job
///
/// ```
/// use useartisan::{DownloadJob, Endpoint, JobId, decode::DecodeOptions};
///
/// let call = DownloadJob::new(JobId::new("5584566b")?).decoding(DecodeOptions::default().with_list("profiles"));
/// let answer = http::Response::new(r#"{"profiles":[{"age":"29"}]}"#);
/// assert_eq!(call.parse(answer)?[0].age()?, Some(29));
///
/// // To save a result that is not JSON. Nothing then checks that it is whole.
/// let csv = DownloadJob::new(JobId::new("5584566b")?).any_format();
/// # let _ = csv;
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct DownloadJob {
    job: JobId,
    json: bool,
    options: DecodeOptions,
}

impl DownloadJob {
    /// Downloads the result of this job.
    pub fn new(job: impl Into<JobId>) -> Self {
        DownloadJob { job: job.into(), json: true, options: DecodeOptions::default() }
    }

    /// Accepts any result, and not only one whole JSON document.
    ///
    /// A cut connection may look like the end of a body. Only the document's own end shows that a download is whole, so this
    /// gives that check up.
    pub fn any_format(self) -> Self {
        DownloadJob { json: false, ..self }
    }

    /// Sets the options of the record decoder, such as its limits or another name for the list.
    pub fn decoding(self, options: DecodeOptions) -> Self {
        DownloadJob { options, ..self }
    }

    /// Checks a head like [`parse`](Endpoint::parse), and returns a decoder for its body.
    ///
    /// ```
    /// use useartisan::{DownloadJob, JobId};
    ///
    /// let call = DownloadJob::new(JobId::new("5584566b")?);
    /// let response = http::Response::new(()); // the head is there, the body is on its way
    /// let mut decoder = call.decoder(&response)?;
    /// let mut piece: &[u8] = br#"{"artisanUserIds":[{"age":"29"}"#;
    /// assert!(decoder.advance(&mut piece)?);
    /// assert_eq!(decoder.record().age()?, Some(29));
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`parse`](Endpoint::parse) that concern the head.
    pub fn decoder<B>(&self, head: &Response<B>) -> Result<Decoder, Error> {
        match has_result(head) {
            Ok(()) => Ok(Decoder::with(self.options.clone())),
            Err(error) => Err(error.at_endpoint(self.name()).with_answer(head.status(), head.headers(), &[])),
        }
    }

    fn records<'r, B: AsRef<[u8]>>(&self, response: &'r Response<B>) -> Records<&'r [u8]> {
        Records::new(response.body().as_ref()).options(self.options.clone())
    }

    fn about<B: AsRef<[u8]>>(&self, error: Error, response: &Response<B>) -> Error {
        about(error, self.name(), response, || self.records(response).all(|record| record.is_ok()))
    }

    /// Whether the result must be one whole JSON document.
    pub(crate) fn checks_json(&self) -> bool {
        self.json
    }

    pub(crate) fn options(&self) -> &DecodeOptions {
        &self.options
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
        has_result(&response)
            .and_then(|()| self.records(&response).collect())
            .map_err(|error| self.about(error, &response))
    }

    fn follows_redirects(&self) -> bool {
        true
    }
}

/// Refuses a head without a result: only 200 has one. Any other 2xx has a part of it, or something else.
fn has_result<B>(head: &Response<B>) -> Result<(), Error> {
    success(head)?;
    match head.status() {
        StatusCode::OK => Ok(()),
        status => Err(Error::decode(format!("a result has the status 200, not {}", status.as_u16()), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_request, fixture};
    use super::*;
    use crate::id::ProfileId;

    fn call() -> DownloadJob {
        DownloadJob::new(JobId::from_static("5584566b"))
    }

    #[test]
    fn asks_and_reads() {
        assert_request(&call(), "GET", "/public/api/jobs/5584566b/download", "");
        let profiles = call().parse(fixture!("download_job")).unwrap();
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
        assert_eq!(
            error.to_string(),
            "download_job: the document has no list `artisanUserIds` at line 1 column 2 (byte 1) (status 200 OK)"
        );
    }
}
