//! A result of any size, generated from a short one.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The least size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// A document with a repeated list: its beginning, then the same piece many times, then its end.
pub(crate) struct Repeated {
    beginning: Option<Bytes>,
    piece: Bytes,
    /// How many pieces are left.
    pieces: u64,
    end: Option<Bytes>,
}

impl Repeated {
    /// Makes a document of at least `size` bytes; `None` if the short one has no list with something in it.
    pub(crate) fn new(document: &Bytes, size: u64) -> Option<Self> {
        let text = std::str::from_utf8(document).ok()?;
        let (beginning, rest) = text.split_once('[')?;
        let (profiles, end) = rest.rsplit_once(']').filter(|(profiles, _)| !profiles.is_empty())?;
        let unit = format!("{profiles},");
        let piece = unit.repeat(PIECE.div_ceil(unit.len()));
        Some(Repeated {
            beginning: Some(format!("{beginning}[").into()),
            pieces: size.div_ceil(piece.len() as u64),
            piece: piece.into(),
            // The last profile has no comma after it.
            end: Some(format!("{profiles}]{end}").into()),
        })
    }
}

impl Body for Repeated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match self.beginning.take() {
            Some(beginning) => Some(beginning),
            None if self.pieces > 0 => {
                self.pieces -= 1;
                Some(self.piece.clone())
            }
            None => self.end.take(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        let ends = [&self.beginning, &self.end].into_iter().flatten().map(|piece| piece.len() as u64);
        SizeHint::with_exact(ends.sum::<u64>() + self.pieces * self.piece.len() as u64)
    }
}
