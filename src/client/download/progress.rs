//! What is known of a download, and what is said of its end.

use bytes::Bytes;
use http::response::Parts;

use crate::api::Api;
use crate::decode::{Check, DecodeOptions};
use crate::endpoint::DownloadJob;
use crate::error::{Error, ErrorKind};
use crate::transport_error::TransportError;

/// What is known of a download, whichever way it is read.
pub(crate) struct Progress {
    api: Api,
    pub(super) head: Parts,
    job: DownloadJob,
    check: Option<Check>,
    pub(super) received: u64,
    pub(super) ended: bool,
}

/// Why there is nothing more of a download.
pub(crate) enum Broken {
    /// The body broke off: it may start again, if nothing of it was handed out.
    Off(TransportError),
    /// For good.
    Error(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Broken::Error(error)
    }
}

impl Progress {
    pub(super) fn new(api: Api, job: DownloadJob, head: Parts) -> Self {
        let check = job.checks_json().then(Check::new);
        Progress { api, head, job, check, received: 0, ended: false }
    }

    /// Leaves the check of the document to a decoder with these options.
    pub(crate) fn for_decoder(&mut self) -> DecodeOptions {
        self.check = None;
        self.job.options().clone()
    }

    /// Takes what the backend had to say: a piece, the end, or a failure.
    pub(super) fn tell(
        &mut self,
        piece: Result<Option<Bytes>, TransportError>,
    ) -> Result<Option<Bytes>, Broken> {
        let piece = piece.map_err(Broken::Off)?;
        let checked = match (&piece, &mut self.check) {
            (_, None) => Ok(()),
            (Some(piece), Some(check)) => check.push(piece),
            (None, Some(check)) => check.finish(),
        };
        self.received += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        checked.map_err(|error| self.about(error))?;
        self.ended = piece.is_none();
        Ok(piece)
    }

    /// What is said once there is no body any more.
    pub(super) fn after_the_end(&self) -> Result<Option<Bytes>, Broken> {
        match self.ended {
            true => Ok(None),
            false => Err(self.about(Error::new(ErrorKind::Misuse, "the download has failed before")).into()),
        }
    }

    /// The error for a caller that has got what came before.
    pub(crate) fn handed_out(&self, broken: Broken) -> Error {
        match broken {
            Broken::Error(error) => error,
            Broken::Off(failure) => {
                let error = self.about(Error::from_failure(failure));
                if self.received > 0 { error.not_started_again(self.received) } else { error }
            }
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
        error.while_answered().without(self.api.keys())
    }
}
