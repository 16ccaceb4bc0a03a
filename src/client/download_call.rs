//! The ways to read a download: open it, read it whole, or decode it as it arrives.

use bytes::Bytes;
use http::response::Parts;

use super::Call;
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::client::download::Broken;
use crate::client::{BlockingDownload, BlockingProfiles, Download, Profiles};
use crate::endpoint::DownloadJob;
use crate::error::Error;
use crate::machine::{Async, Blocking, Event, Exchange, Runtime, drive_from};
use crate::ready::ready;

impl<B> Call<B, DownloadJob> {
    /// Opens the download. Its head has been read, and its body not yet.
    ///
    /// The body is returned as it arrives. So if it breaks off, that is an error, and it is not downloaded again.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn open(self) -> Result<Download<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        let runtime = &Async(self.client.backend());
        self.open_from(runtime, &mut self.opening(runtime), Event::Start).await
    }

    /// Opens the download over a blocking backend. Its head has been read, and its body not yet.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_blocking(self) -> Result<BlockingDownload<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        let runtime = &Blocking(self.client.backend());
        ready(self.open_from(runtime, &mut self.opening(runtime), Event::Start))
    }

    /// Opens the download and decodes its records as they arrive, in constant memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn profiles(self) -> Result<Profiles<B::Body>, Error>
    where
        B: AsyncBackend,
    {
        Ok(self.open().await?.profiles())
    }

    /// Opens the download over a blocking backend, and decodes its records as they arrive, in constant memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn profiles_blocking(self) -> Result<BlockingProfiles<B::Body>, Error>
    where
        B: BlockingBackend,
    {
        Ok(self.open_blocking()?.profiles())
    }

    /// Reads the whole result, of at most `limit` bytes.
    ///
    /// If the body breaks off or stalls, it is downloaded again from its start, within the attempts and the deadline of
    /// [`Retry`](crate::Retry).
    ///
    /// # Errors
    /// As [`open`](Self::open), and those of [`Download::bytes`].
    pub async fn bytes(self, limit: usize) -> Result<Bytes, Error>
    where
        B: AsyncBackend,
    {
        self.read_whole(&Async(self.client.backend()), limit).await
    }

    /// Reads the whole result, of at most `limit` bytes, over a blocking backend. If it breaks off, it is downloaded again.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn bytes_blocking(self, limit: usize) -> Result<Bytes, Error>
    where
        B: BlockingBackend,
    {
        ready(self.read_whole(&Blocking(self.client.backend()), limit))
    }

    async fn read_whole<R: Runtime>(&self, runtime: &R, limit: usize) -> Result<Bytes, Error> {
        let (mut exchange, mut event) = (self.opening(runtime), Event::Start);
        loop {
            let mut download = self.open_from(runtime, &mut exchange, event).await?;
            event = match download.read_whole(limit).await {
                Ok(bytes) => return Ok(bytes),
                Err(Broken::Off(failure)) => Event::Failed(failure),
                Err(Broken::Error(error)) => return Err(exchange.ended(runtime.now(), error)),
            };
        }
    }

    /// The exchange of this call. It can start again if nothing of a broken body was returned yet.
    pub(crate) fn opening<R: Runtime>(&self, runtime: &R) -> Exchange<&DownloadJob, Parts> {
        let options = self.client.options.seeded(runtime.seed());
        Exchange::open(&self.client.api, &self.endpoint).with_options(&options)
    }

    pub(crate) async fn open_from<R: Runtime>(
        &self,
        runtime: &R,
        exchange: &mut Exchange<&DownloadJob, Parts>,
        event: Event,
    ) -> Result<Download<R::Body>, Error> {
        let opened = drive_from(runtime, exchange, event).await?;
        Ok(Download::new(self.client.api.clone(), self.endpoint.clone(), opened))
    }
}
