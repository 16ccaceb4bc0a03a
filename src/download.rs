//! An open download: its head is there, its body is read piece by piece.

mod progress;

use std::fmt;
use std::future::poll_fn;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http_body::{Body, Frame};

use crate::export::Settings;
use crate::{Api, DownloadJob, Error, Failure};

pub(crate) use progress::{Progress, content_length};

/// How much a blocking download reads at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A download over an async backend.
///
/// Its bytes are handed out as they come. The end, `None`, comes only after the JSON document has been seen to
/// be whole: a connection that was cut may look like an ordinary end, a document that was cut does not.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::fake::FakeArtisan;
/// use useartisan::JobStatus;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(JobStatus::Complete).send().await?.remove(0);
/// let mut download = client.download_job(&job).open().await?;
/// println!("{}, {:?} bytes to come", download.head().status, download.content_length());
/// while let Some(chunk) = download.next_chunk().await? {
///     println!("{} bytes, {} so far", chunk.len(), download.received());
/// }
///
/// // Or whole, if it is not too long; or record by record.
/// let download = client.download_job(&job).open().await?;
/// let whole = download.any_format().bytes(1 << 20).await?;
/// let download = client.download_job(&job).open().await?;
/// let mut profiles = download.decoding(useartisan::export::Settings::new().attributes(100)).profiles();
/// assert!(profiles.next_record().await?.is_some());
/// # assert!(whole.starts_with(b"{"));
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
pub struct Download<B> {
    pub(crate) progress: Progress,
    body: Option<Pin<Box<B>>>,
}

/// A download over a blocking backend; see [`Download`].
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::fake::FakeArtisan;
/// use useartisan::JobStatus;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(JobStatus::Complete).send_blocking()?.remove(0);
/// let mut download = client.download_job(&job).open_blocking()?;
/// while let Some(chunk) = download.next_chunk()? {
///     println!("{} bytes", chunk.len());
/// }
///
/// // Or whole, if it is not too long; or record by record; or by whatever reads a `Read`.
/// let download = client.download_job(&job).open_blocking()?;
/// let whole = download.any_format().bytes(1 << 20)?;
/// let download = client.download_job(&job).open_blocking()?;
/// let profiles = download.decoding(useartisan::export::Settings::new().attributes(100)).profiles();
/// assert_eq!(profiles.count(), 2);
/// let mut download = client.download_job(&job).open_blocking()?;
/// assert_eq!(std::io::copy(&mut download, &mut std::io::sink()).unwrap(), whole.len() as u64);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct BlockingDownload<R> {
    pub(crate) progress: Progress,
    body: Option<R>,
    buffer: Box<[u8]>,
    /// Which part of the buffer was not handed out.
    unread: Range<usize>,
}

impl<B: Body<Data = Bytes, Error: Into<Failure>>> Download<B> {
    pub(crate) fn new(api: Api, job: DownloadJob, head: Parts, body: Option<B>) -> Self {
        Download { progress: Progress::new(api, job, head), body: body.map(Box::pin) }
    }

    /// The next bytes, as the backend has them; `None` at the end of a whole document.
    ///
    /// # Errors
    /// [`Transport`](crate::ErrorKind::Transport) and [`TimedOut`](crate::ErrorKind::TimedOut);
    /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) where the document is malformed or ends early, and
    /// [`Rejected`](crate::ErrorKind::Rejected) where it is a failure that the service reports: both only unless
    /// [`any_format`](crate::DownloadJob::any_format) was said. After an error there is nothing more.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
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

    /// The rest of the result, of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`next_chunk`](Self::next_chunk), and [`Limit`](crate::ErrorKind::Limit).
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next_chunk().await? {
            whole.extend_from_slice(&chunk);
            self.progress.within(limit, whole.len())?;
        }
        Ok(whole.freeze())
    }
}

/// As a body it can be handed on, to a server's response for one. Its end is as that of
/// [`next_chunk`](Download::next_chunk), and has to be asked for: it claims no length, by which a server would take the
/// body for whole before the document was seen to be.
impl<B: Body<Data = Bytes, Error: Into<Failure>>> Body for Download<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.progress.ended {
            return Poll::Ready(None);
        }
        self.poll_chunk(cx).map(|chunk| chunk.transpose().map(|chunk| chunk.map(Frame::data)))
    }
}

impl<R: Read> BlockingDownload<R> {
    pub(crate) fn new(api: Api, job: DownloadJob, head: Parts, body: Option<R>) -> Self {
        BlockingDownload {
            progress: Progress::new(api, job, head),
            body,
            buffer: vec![0; PIECE].into_boxed_slice(),
            unread: 0..0,
        }
    }

    /// The next bytes, at most 64 KiB; `None` at the end of a whole document.
    ///
    /// # Errors
    /// As [`Download::next_chunk`].
    pub fn next_chunk(&mut self) -> Result<Option<&[u8]>, Error> {
        self.fill()?;
        let unread = std::mem::take(&mut self.unread);
        Ok(self.buffer.get(unread).filter(|chunk| !chunk.is_empty()))
    }

    /// The rest of the result, of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`next_chunk`](Self::next_chunk), and [`Limit`](crate::ErrorKind::Limit).
    pub fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next_chunk()? {
            whole.extend_from_slice(chunk);
            self.progress.within(limit, whole.len())?;
        }
        Ok(whole.freeze())
    }

    /// Reads on if nothing is unread. What is unread then is nothing only at the end.
    fn fill(&mut self) -> Result<(), Error> {
        if !self.unread.is_empty() {
            return Ok(());
        }
        let Some(body) = &mut self.body else { return self.progress.after_the_end().map(|_: Option<()>| ()) };
        let piece = loop {
            match body.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error.into()),
                Ok(0) => break Ok(None),
                Ok(length) => break Ok(self.buffer.get(..length)),
            }
        };
        let told = self.progress.tell(piece).map(|piece| piece.map(<[u8]>::len));
        if !matches!(told, Ok(Some(_))) {
            self.body = None;
        }
        self.unread = 0..told?.unwrap_or(0);
        Ok(())
    }
}

/// As a reader it can be handed on. Its end is as that of [`next_chunk`](BlockingDownload::next_chunk); its errors
/// hold an [`Error`].
impl<R: Read> BufRead for BlockingDownload<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.fill().map_err(io::Error::other)?;
        Ok(self.buffer.get(self.unread.clone()).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.unread.start = self.unread.end.min(self.unread.start.saturating_add(amount));
    }
}

impl<R: Read> Read for BlockingDownload<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(target)?;
        self.consume(length);
        Ok(length)
    }
}

macro_rules! about {
    ($($type:ident, $parameter:ident;)*) => {$(
        impl<$parameter> $type<$parameter> {
            /// Takes the result as it comes, see [`DownloadJob::any_format`].
            #[must_use]
            pub fn any_format(mut self) -> Self {
                self.progress.check = None;
                self
            }

            /// Sets what the decoder of the records expects, see [`DownloadJob::decoding`].
            #[must_use]
            pub fn decoding(mut self, settings: Settings) -> Self {
                self.progress.job = self.progress.job.decoding(settings);
                self
            }

            /// The response's head.
            #[must_use]
            pub fn head(&self) -> &Parts {
                &self.progress.head
            }

            /// How long the server says the body is, in bytes.
            #[must_use]
            pub fn content_length(&self) -> Option<u64> {
                content_length(&self.progress.head.headers)
            }

            /// How many bytes have come so far.
            #[must_use]
            pub fn received(&self) -> u64 {
                self.progress.received
            }

            /// The same for a caller that gets the bytes as they come.
            pub(crate) fn handed_out(mut self) -> Self {
                self.progress.handed_out = true;
                self
            }

            /// Tells which call and which response an error is about.
            pub(crate) fn about(&self, error: Error) -> Error {
                self.progress.about(error)
            }
        }

        impl<$parameter> fmt::Debug for $type<$parameter> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))
                    .field("status", &self.progress.head.status)
                    .field("received", &self.progress.received)
                    .finish_non_exhaustive()
            }
        }
    )*};
}

about! {
    Download, B;
    BlockingDownload, R;
}
