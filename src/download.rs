//! An open download: its head is there, its body is read piece by piece.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http_body::{Body, Frame};

use crate::export::{Check, Settings};
use crate::{Api, DownloadJob, Error, ErrorKind, Failure};

/// How much a blocking download reads at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A download over an async backend.
///
/// Its bytes are handed out as they come. The end, `None`, comes only after the JSON document has been seen to
/// be whole: a connection that was cut may look like an ordinary end, a document that was cut does not.
pub struct Download<B> {
    pub(crate) progress: Progress,
    body: Option<Pin<Box<B>>>,
}

/// A download over a blocking backend; see [`Download`].
pub struct BlockingDownload<R> {
    pub(crate) progress: Progress,
    body: Option<R>,
    buffer: Box<[u8]>,
    /// Which part of the buffer was not handed out.
    unread: Range<usize>,
}

/// What is known of a download, whichever way it is read.
pub(crate) struct Progress {
    api: Api,
    head: Parts,
    job: DownloadJob,
    check: Option<Check>,
    received: u64,
    ended: bool,
    /// Whether what has come was handed out, so that it cannot start again.
    handed_out: bool,
}

impl<B: Body<Data = Bytes, Error: Into<Failure>>> Download<B> {
    pub(crate) fn new(api: Api, job: DownloadJob, head: Parts, body: Option<B>) -> Self {
        Download { progress: Progress::new(api, job, head), body: body.map(Box::pin) }
    }

    /// The next bytes, as the backend has them; `None` at the end of a whole document.
    ///
    /// # Errors
    /// [`Transport`](ErrorKind::Transport) and [`TimedOut`](ErrorKind::TimedOut);
    /// [`UnexpectedBody`](ErrorKind::UnexpectedBody) where the document is malformed or ends early, and
    /// [`Rejected`](ErrorKind::Rejected) where it is a failure that the service reports: both only unless
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
    /// As [`next_chunk`](Self::next_chunk), and [`Limit`](ErrorKind::Limit).
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
/// [`next_chunk`](Download::next_chunk).
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
    /// As [`next_chunk`](Self::next_chunk), and [`Limit`](ErrorKind::Limit).
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

impl Progress {
    fn new(api: Api, job: DownloadJob, head: Parts) -> Self {
        let check = job.checks_json().then(Check::new);
        Progress { api, head, job, check, received: 0, ended: false, handed_out: false }
    }

    /// Leaves the check of the document to a decoder with these settings.
    pub(crate) fn for_decoder(&mut self) -> Settings {
        self.check = None;
        self.job.settings().clone()
    }

    /// Takes what the backend had to say: a piece, the end, or a failure.
    fn tell<P: AsRef<[u8]>>(&mut self, piece: Result<Option<P>, Failure>) -> Result<Option<P>, Error> {
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
    fn after_the_end<T>(&self) -> Result<Option<T>, Error> {
        match self.ended {
            true => Ok(None),
            false => Err(self.about(Error::new(ErrorKind::Misuse, "the download has failed before"))),
        }
    }

    fn within(&self, limit: usize, length: usize) -> Result<(), Error> {
        match length > limit {
            true => {
                Err(self.about(Error::limit(format!("the result is over the limit of {limit} bytes"), None)))
            }
            false => Ok(()),
        }
    }

    pub(crate) fn about(&self, error: Error) -> Error {
        let error = error.at_endpoint("download_job").with_answer(self.head.status, &self.head.headers, &[]);
        error.scrubbed(&self.api.scrubber(), &[], 0)
    }
}

/// Digits alone (RFC 9110, section 8.6): `parse` would take a sign as well.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
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
