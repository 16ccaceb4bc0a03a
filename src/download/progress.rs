//! What is known of a download, and what is said of its end.

use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http::response::Parts;

use crate::export::{Check, Settings};
use crate::{Api, DownloadJob, Error, ErrorKind, Failure};

/// What is known of a download, whichever way it is read.
pub(crate) struct Progress {
    api: Api,
    pub(super) head: Parts,
    pub(super) job: DownloadJob,
    pub(super) check: Option<Check>,
    pub(super) received: u64,
    pub(super) ended: bool,
    /// Whether what has come was handed out, so that it cannot start again.
    pub(super) handed_out: bool,
}

impl Progress {
    pub(super) fn new(api: Api, job: DownloadJob, head: Parts) -> Self {
        let check = job.checks_json().then(Check::new);
        Progress { api, head, job, check, received: 0, ended: false, handed_out: false }
    }

    /// Leaves the check of the document to a decoder with these settings.
    pub(crate) fn for_decoder(&mut self) -> Settings {
        self.check = None;
        self.job.settings().clone()
    }

    /// Takes what the backend had to say: a piece, the end, or a failure.
    pub(super) fn tell<P: AsRef<[u8]>>(
        &mut self,
        piece: Result<Option<P>, Failure>,
    ) -> Result<Option<P>, Error> {
        let checked = match (&piece, &mut self.check) {
            (Ok(Some(piece)), Some(check)) => check.push(piece.as_ref()),
            (Ok(None), Some(check)) => check.finish(),
            _ => Ok(()),
        };
        if let Ok(Some(piece)) = &piece {
            self.received += piece.as_ref().len() as u64;
        }
        self.ended = checked.is_ok() && matches!(piece, Ok(None));
        checked.and(piece.map_err(|failure| self.interrupted(failure))).map_err(|error| self.about(error))
    }

    fn interrupted(&self, failure: Failure) -> Error {
        let error = Error::from_failure(failure);
        if self.handed_out && self.received > 0 { error.not_started_again(self.received) } else { error }
    }

    /// What is said once there is no body any more.
    pub(super) fn after_the_end<T>(&self) -> Result<Option<T>, Error> {
        match self.ended {
            true => Ok(None),
            false => Err(self.about(Error::new(ErrorKind::Misuse, "the download has failed before"))),
        }
    }

    pub(super) fn within(&self, limit: usize, length: usize) -> Result<(), Error> {
        match length > limit {
            true => {
                Err(self.about(Error::limit(format!("the result is over the limit of {limit} bytes"), None)))
            }
            false => Ok(()),
        }
    }

    pub(crate) fn about(&self, error: Error) -> Error {
        let error = error.at_endpoint("download_job").with_answer(self.head.status, &self.head.headers, &[]);
        error.while_answered().scrubbed(self.api.scrubber(), &[], 0)
    }
}

/// Digits alone (RFC 9110, section 8.6): `parse` would take a sign as well.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
