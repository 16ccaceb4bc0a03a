//! Writing a download to the caller's writer.

use std::io::{Read, Write};

use bytes::Bytes;
use http_body::Body;

use super::offload::Consent;
use super::transfer::{self, Sink};
use crate::machine::{Async, Blocking};
use crate::ready::ready;
use crate::{
    AsyncBackend, BlockingBackend, BlockingDownload, Call, Download, DownloadJob, Error, ErrorKind,
    TransportError,
};

impl<B> Call<B, DownloadJob> {
    /// Downloads the result into a writer, and returns the writer, flushed.
    ///
    /// Use it where [`save`](Self::save) refuses: for stdout, a pipe, a FIFO, a device, a socket, or a file whose inode must stay.
    /// The bytes are written in batches as they arrive, each of at least 256 KiB but the last. After an error, the writer may have received part of
    /// the document. Only `Ok` means that it received all of it, by the same check as in a save.
    ///
    /// If the body breaks off or stalls before the first byte is written, the download starts again, as in a save. After that it
    /// does not.
    ///
    /// [`AsyncBackend::offload`] runs the writes. They may block as long as the writer does; no time-out ends that. If the
    /// future is dropped, the current batch may still be written.
    ///
    /// ```
    /// # async fn demo(client: useartisan::Client, job: useartisan::JobId) -> Result<(), useartisan::Error> {
    /// client.download_job(&job).write_to(std::io::stdout()).await?;
    ///
    /// let whole: Vec<u8> = client.download_job(&job).write_to(Vec::new()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`Download::next_chunk`], and [`File`](ErrorKind::File), whose source is the writer's
    /// error. An error drops the writer: pass an `Arc<File>` to keep a file.
    pub async fn write_to<W: Write + Send + 'static>(self, writer: W) -> Result<W, Error>
    where
        B: AsyncBackend,
    {
        transfer::call(&Async(self.client().backend()), &self, Writer::new(writer)).await
    }

    /// Downloads the result into a writer, over a blocking backend.
    ///
    /// ```
    /// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
    /// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> Result<(), Error> {
    /// client.download_job(&job).write_to_blocking(std::io::stdout())?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`write_to`](Self::write_to).
    pub fn write_to_blocking<W: Write + Send + 'static>(self, writer: W) -> Result<W, Error>
    where
        B: BlockingBackend,
    {
        ready(transfer::call(&Blocking(self.client().backend()), &self, Writer::new(writer)))
    }
}

impl<R: Body<Data = Bytes, Error: Into<TransportError>>> Download<R> {
    /// Downloads the rest into a writer, like [`Call::write_to`]. `backend` runs the writes.
    ///
    /// ```
    /// # async fn demo(client: useartisan::Client, job: useartisan::JobId) -> Result<(), useartisan::Error> {
    /// let download = client.download_job(&job).open().await?;
    /// println!("{:?} bytes to come", download.content_length());
    /// download.write_to(client.backend(), std::io::stdout()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`next_chunk`](Self::next_chunk), and [`File`](ErrorKind::File).
    pub async fn write_to<W>(self, backend: &impl AsyncBackend, writer: W) -> Result<W, Error>
    where
        W: Write + Send + 'static,
    {
        transfer::rest(&Async(backend), self, Writer::new(writer)).await
    }
}

impl<R: Read> BlockingDownload<R> {
    /// Downloads the rest into a writer, like [`Call::write_to_blocking`].
    ///
    /// ```
    /// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
    /// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> Result<(), Error> {
    /// let download = client.download_job(&job).open_blocking()?;
    /// println!("{:?} bytes to come", download.content_length());
    /// download.write_to_blocking(std::io::stdout())?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`write_to`](Self::write_to).
    pub fn write_to_blocking<W: Write + Send + 'static>(self, writer: W) -> Result<W, Error> {
        ready(transfer::rest(&Blocking(&()), self, Writer::new(writer)))
    }
}

struct Writer<W> {
    writer: W,
    is_written_to: bool,
}

impl<W> Writer<W> {
    fn new(writer: W) -> Self {
        Writer { writer, is_written_to: false }
    }
}

impl<W: Write + Send + 'static> Sink for Writer<W> {
    type Output = W;

    fn write(mut self, bytes: &[u8]) -> Result<Self, Error> {
        self.writer.write_all(bytes).map_err(cannot_write)?;
        Ok(Writer { is_written_to: true, ..self })
    }

    fn finish(mut self, _: u64, _: &Consent) -> Result<W, Error> {
        self.writer.flush().map_err(cannot_write)?;
        Ok(self.writer)
    }

    fn restarted(self) -> Option<Self> {
        (!self.is_written_to).then_some(self)
    }
}

fn cannot_write(error: std::io::Error) -> Error {
    Error::new(ErrorKind::File, "cannot write to the writer").with_source(error)
}
