//! An open download, whose body is read piece by piece.

mod progress;

use std::fmt;
use std::future::poll_fn;
use std::io::{self, BufRead, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::response::Parts;
use http_body::{Body, Frame};

use crate::api::Api;
use crate::endpoint::DownloadJob;
use crate::error::Error;
use crate::headers::content_length;
use crate::machine::{Driven, ReadBody};
use crate::options::IN_MEMORY;
use crate::ready::ready as at_once;
use crate::transport_error::TransportError;

pub(crate) use progress::{Broken, Progress};

/// An open download. Its bytes are returned as they arrive.
///
/// It ends with `None` only if the JSON document is whole. A connection that was cut can look like an ordinary end, but a document
/// that was cut can't.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::JobStatus;
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(JobStatus::Complete).send().await?.remove(0);
/// let mut download = client.download_job(&job).open().await?;
/// println!("{}, {:?} bytes to come", download.head().status, download.content_length());
/// while let Some(chunk) = download.next_chunk().await? {
///     println!("{} bytes, {} so far", chunk.len(), download.received());
/// }
///
/// // Or read it whole, or record by record.
/// let whole = client.download_job(&job).open().await?.bytes(1 << 20).await?;
/// let mut profiles = client.download_job(&job).open().await?.profiles();
/// assert!(profiles.next_record().await?.is_some());
/// # assert!(whole.starts_with(b"{"));
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
///
/// Over a blocking backend it is a [`BlockingDownload`], with the methods that end in `_blocking`, and a reader:
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::JobStatus;
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(JobStatus::Complete).send_blocking()?.remove(0);
/// let mut download = client.download_job(&job).open_blocking()?;
/// while let Some(chunk) = download.next_chunk_blocking()? {
///     println!("{} bytes", chunk.len());
/// }
///
/// let whole = client.download_job(&job).open_blocking()?.bytes_blocking(1 << 20)?;
/// let profiles = client.download_job(&job).open_blocking()?.profiles();
/// assert_eq!(profiles.count(), 2);
/// let mut download = client.download_job(&job).open_blocking()?;
/// assert_eq!(std::io::copy(&mut download, &mut std::io::sink()).unwrap(), whole.len() as u64);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Download<B> {
    pub(crate) progress: Progress,
    body: Option<Pin<Box<B>>>,
    /// The rest of the last piece, which a reader has not taken yet.
    unread: Bytes,
}

/// A download over a blocking backend whose body is the reader `R`. Its methods end in `_blocking`.
pub type BlockingDownload<R> = Download<ReadBody<R>>;

impl<B> Download<B> {
    /// The head of the response.
    #[must_use]
    pub fn head(&self) -> &Parts {
        &self.progress.head
    }

    /// The length of the body in bytes, if the server says it.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        content_length(&self.progress.head.headers)
    }

    /// The number of bytes received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.progress.received
    }
}

impl<B: Body<Data = Bytes, Error: Into<TransportError>>> Download<B> {
    pub(crate) fn new(api: Api, job: DownloadJob, opened: Driven<Parts, B>) -> Self {
        let Driven { output: head, body } = opened;
        Download { progress: Progress::new(api, job, head), body: body.map(Box::pin), unread: Bytes::new() }
    }

    /// Returns the next bytes, in pieces as the backend receives them, and `None` at the end of a whole document.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport) and [`TimedOut`](crate::ErrorKind::TimedOut). Without
    /// [`any_format`](crate::DownloadJob::any_format) also [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) if the document is
    /// malformed or ends early, and [`Rejected`](crate::ErrorKind::Rejected) if it is a failure that the service reports. Nothing
    /// follows an error.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.next_piece().await.map_err(|broken| self.progress.handed_out(broken))
    }

    pub(crate) async fn next_piece(&mut self) -> Result<Option<Bytes>, Broken> {
        poll_fn(|cx| self.poll_piece(cx)).await
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Broken>> {
        if !self.unread.is_empty() {
            return Poll::Ready(Ok(Some(std::mem::take(&mut self.unread))));
        }
        let Some(body) = &mut self.body else { return Poll::Ready(self.progress.after_the_end()) };
        let piece = loop {
            match ready!(body.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => break Ok(Some(data)),
                    _nothing_or_trailers => {}
                },
                Some(Err(error)) => break Err(error.into()),
                None => break Ok(None),
            }
        };
        let told = self.progress.tell(piece);
        if !matches!(told, Ok(Some(_))) {
            self.body = None;
        }
        Poll::Ready(told)
    }

    /// Reads the rest of the result, of at most `limit` bytes; on 32 bits, of 1 GiB at most.
    ///
    /// # Errors
    /// As [`next_chunk`](Self::next_chunk), and [`Limit`](crate::ErrorKind::Limit).
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        self.read_whole(limit).await.map_err(|broken| self.progress.handed_out(broken))
    }

    pub(crate) async fn read_whole(&mut self, limit: usize) -> Result<Bytes, Broken> {
        let (limit, mut whole) = (limit.min(IN_MEMORY), BytesMut::new());
        while let Some(piece) = self.next_piece().await? {
            self.progress.within(limit, whole.len() + piece.len())?;
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

/// Can be forwarded as the body of a server's response. It reports no length, so a server can't take it for complete before
/// the document was checked.
impl<B: Body<Data = Bytes, Error: Into<TransportError>>> Body for Download<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.progress.ended {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_piece(cx)).map_err(|broken| self.progress.handed_out(broken));
        Poll::Ready(piece.transpose().map(|piece| piece.map(Frame::data)))
    }
}

impl<R: Read> BlockingDownload<R> {
    /// Returns the next bytes, at most 64 KiB, and `None` at the end of a whole document.
    ///
    /// # Errors
    /// As [`next_chunk`](Self::next_chunk).
    pub fn next_chunk_blocking(&mut self) -> Result<Option<Bytes>, Error> {
        at_once(self.next_chunk())
    }

    /// Reads the rest of the result, of at most `limit` bytes; on 32 bits, of 1 GiB at most.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn bytes_blocking(self, limit: usize) -> Result<Bytes, Error> {
        at_once(self.bytes(limit))
    }
}

/// Ends as [`next_chunk_blocking`](Download::next_chunk_blocking) does. Its errors hold an [`Error`].
impl<R: Read> BufRead for BlockingDownload<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.unread.is_empty() {
            self.unread = self.next_chunk_blocking().map_err(io::Error::other)?.unwrap_or_default();
        }
        Ok(&self.unread)
    }

    fn consume(&mut self, amount: usize) {
        self.unread.advance(amount.min(self.unread.len()));
    }
}

impl<R: Read> Read for BlockingDownload<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(target)?;
        self.consume(length);
        Ok(length)
    }
}

impl<B> fmt::Debug for Download<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("status", &self.progress.head.status)
            .field("received", &self.progress.received)
            .finish_non_exhaustive()
    }
}
