//! Downloads that start again where reading them was interrupted.

use std::time::Duration;

use http::response::Parts;

use super::Client;
use super::call::Call;
use crate::backend::{AsyncBackend, BlockingBackend, Driven, drive, drive_blocking, resume, resume_blocking};
use crate::endpoint::OpenDownload;
use crate::machine::Exchange;
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
}

impl<B: AsyncBackend> Reopening<'_, B> {
    pub(crate) async fn open(&mut self) -> Result<Download<B::Body>, Error> {
        let driven = drive(&*self.client.backend, &mut self.exchange).await?;
        Ok(self.download(driven))
    }

    /// Opens the download again after this error in reading it; or ends in it, if it is not to be repeated.
    pub(crate) async fn after(&mut self, error: Error) -> Result<Download<B::Body>, Error> {
        let backend = &*self.client.backend;
        let step = self.exchange.again(backend.now(), error);
        let driven = resume(backend, &mut self.exchange, step).await?;
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
        let backend = &*self.client.backend;
        let step = self.exchange.again(backend.now(), error);
        let driven = resume_blocking(backend, &mut self.exchange, step)?;
        Ok(self.download_blocking(driven))
    }

    fn download_blocking(&self, driven: Driven<Parts, B::Body>) -> BlockingDownload<B::Body> {
        BlockingDownload::new(self.client.api.clone(), self.job.clone(), driven.output, driven.body)
    }
}
