//! Downloads that start again where reading them was interrupted.

use std::time::Duration;

use http::response::Parts;

use super::Client;
use super::call::Call;
use crate::backend::{AsyncBackend, BlockingBackend, Driven, drive, drive_blocking};
use crate::endpoint::OpenDownload;
use crate::machine::{Event, Exchange, Machine, Step};
use crate::{BlockingDownload, Download, DownloadJob, Error};

/// One call of a download, from its first attempt to its last: those in which the head does not come, and those in
/// which the body breaks off, count alike.
///
/// It is for who hands nothing out before the end, and so may begin anew with each download that it opens.
pub(crate) struct Reopening<'client, B> {
    client: &'client Client<B>,
    exchange: Exchange<OpenDownload>,
    job: DownloadJob,
}

impl<'client, B> Reopening<'client, B> {
    pub(super) fn new(call: Call<'client, B, DownloadJob>, seed: u64) -> Self {
        let exchange = call.exchange(OpenDownload(call.endpoint.clone()), seed);
        Reopening { client: call.client, exchange, job: call.endpoint }
    }
}

impl<B> Reopening<'_, B> {
    /// An error that ends it all at `now`, with what all attempts came to.
    pub(crate) fn ended(&mut self, now: Duration, error: Error) -> Error {
        self.exchange.ended(now, error)
    }

    fn again(&mut self, error: Error) -> Again<'_> {
        Again { exchange: &mut self.exchange, error: Some(error) }
    }
}

/// The exchange, once more: it starts with the error that reading its body came to.
struct Again<'a> {
    exchange: &'a mut Exchange<OpenDownload>,
    error: Option<Error>,
}

impl Machine for Again<'_> {
    type Output = Parts;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Parts>, Error> {
        match self.error.take() {
            Some(error) => self.exchange.again(now, error),
            None => self.exchange.step(now, event),
        }
    }
}

impl<B: AsyncBackend> Reopening<'_, B> {
    pub(crate) async fn open(&mut self) -> Result<Download<B::Body>, Error> {
        let driven = drive(&*self.client.backend, &mut self.exchange).await?;
        Ok(self.download(driven))
    }

    /// Opens the download again after this error in reading it; or ends in it, if it is not to be repeated.
    pub(crate) async fn after(&mut self, error: Error) -> Result<Download<B::Body>, Error> {
        let driven = drive(&*self.client.backend, self.again(error)).await?;
        Ok(self.download(driven))
    }

    fn download(&self, driven: Driven<Parts, B::Body>) -> Download<B::Body> {
        Download::new(self.client.api.clone(), self.job.clone(), driven.output, driven.body)
    }
}

impl<B: BlockingBackend> Reopening<'_, B> {
    pub(crate) fn open_blocking(&mut self) -> Result<BlockingDownload<B::Body>, Error> {
        let driven = drive_blocking(&*self.client.backend, &mut self.exchange)?;
        Ok(self.download_blocking(driven))
    }

    /// As `after` of an async backend.
    pub(crate) fn after_blocking(&mut self, error: Error) -> Result<BlockingDownload<B::Body>, Error> {
        let driven = drive_blocking(&*self.client.backend, self.again(error))?;
        Ok(self.download_blocking(driven))
    }

    fn download_blocking(&self, driven: Driven<Parts, B::Body>) -> BlockingDownload<B::Body> {
        BlockingDownload::new(self.client.api.clone(), self.job.clone(), driven.output, driven.body)
    }
}
