//! The body of the fake's answers, for both kinds of backend.

use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

use super::artisan::FakeArtisan;
use super::reply::BodyEnd;
use crate::transport_error::TransportError;

/// The body of an answer of the fake. It returns pieces of a [settable size](FakeArtisan::pieces_of), and ends as a scripted
/// fault says.
///
/// ```
/// use useartisan::fake::{FakeArtisan, FakeBody};
/// use useartisan::{BlockingDownload, JobStatus};
///
/// let client = FakeArtisan::with_sample_data().pieces_of(10).client();
/// let job = client.list_jobs().status(JobStatus::Complete).send_blocking()?.remove(0);
/// let mut download: BlockingDownload<FakeBody> = client.download_job(&job).open_blocking()?;
/// assert_eq!(download.next_chunk_blocking()?.unwrap().len(), 10);
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct FakeBody {
    fake: FakeArtisan,
    rest: Bytes,
    given: usize,
    piece: usize,
    end: BodyEnd,
    patience: Duration,
}

impl FakeBody {
    /// `patience` is the time-out of a stall.
    pub(super) fn new(fake: FakeArtisan, bytes: Bytes, end: BodyEnd, patience: Duration) -> Self {
        let piece = fake.state().piece;
        FakeBody { fake, rest: bytes, given: 0, piece, end, patience }
    }

    /// The next piece, of at most `most` bytes; `None` at the end.
    fn next(&mut self, most: usize) -> Result<Option<Bytes>, TransportError> {
        if self.rest.has_remaining() {
            let piece = self.rest.split_to(self.rest.len().min(self.piece).min(most));
            self.given += piece.len();
            return Ok(Some(piece));
        }
        match self.end {
            BodyEnd::Whole | BodyEnd::CutSilently => Ok(None),
            BodyEnd::Cut => Err(TransportError::interrupted(format!(
                "the connection ended after {} bytes of the body",
                self.given
            ))),
            BodyEnd::Stalled => {
                self.fake.advance_time(self.patience);
                Err(TransportError::timed_out(format!("the body stalled after {} bytes", self.given)))
            }
        }
    }
}

impl Body for FakeBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(self.next(usize::MAX).transpose().map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.end == BodyEnd::Whole
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            BodyEnd::Whole => SizeHint::with_exact(self.rest.len() as u64),
            _ => SizeHint::default(),
        }
    }
}

impl Read for FakeBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.next(buffer.len())?.unwrap_or_default();
        // `next` returns at most as much as fits.
        if let Some(room) = buffer.get_mut(..piece.len()) {
            room.copy_from_slice(&piece);
        }
        Ok(piece.len())
    }
}

impl fmt::Debug for FakeBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeBody")
            .field("given", &self.given)
            .field("rest", &self.rest.len())
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}
