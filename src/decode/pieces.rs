//! Decoding piece by piece, from any source.

use std::io::{self, BufRead};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::Body;

use super::decoder::Decoder;
use super::options::DecodeOptions;
use super::record::ProfileRecord;
use crate::error::Error;

/// A source of pieces of a document.
pub(super) trait Pieces {
    /// Returns the rest of the present piece, or the next one. An empty piece is the end. On `None`, ask again.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<&[u8]>, Error>>;

    /// Marks so many bytes of the piece as used.
    fn consume(&mut self, length: usize);
}

/// A buffered reader, whose buffer is a piece.
pub(super) struct Reader<R>(pub(super) R);

impl<R: BufRead> Pieces for Reader<R> {
    fn poll_piece(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<&[u8]>, Error>> {
        Poll::Ready(match self.0.fill_buf() {
            Ok(piece) => Ok(Some(piece)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            Err(error) => Err(Error::from_io(error)),
        })
    }

    fn consume(&mut self, length: usize) {
        self.0.consume(length);
    }
}

/// The body of a response.
pub(super) struct Frames<B> {
    pub(super) body: Pin<Box<B>>,
    piece: Bytes,
}

impl<B> Frames<B> {
    pub(super) fn new(body: B) -> Self {
        Frames { body: Box::pin(body), piece: Bytes::new() }
    }
}

pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

impl<B: Body<Data = Bytes, Error: Into<Cause>>> Pieces for Frames<B> {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<&[u8]>, Error>> {
        if self.piece.is_empty() {
            // The used piece is dropped first, because a client may read into its memory again.
            self.piece = Bytes::new();
            match ready!(self.body.as_mut().poll_frame(cx)) {
                // A frame that is not data has trailers, which say nothing about the document.
                Some(frame) => self.piece = frame.map_err(Error::from_cause)?.into_data().unwrap_or_default(),
                None => return Poll::Ready(Ok(Some(&[]))),
            }
        }
        Poll::Ready(Ok(Some(&*self.piece).filter(|piece| !piece.is_empty())))
    }

    fn consume(&mut self, length: usize) {
        self.piece.advance(length);
    }
}

/// A document that is decoded piece by piece.
pub(super) struct Decoding<P> {
    pub(super) pieces: P,
    pub(super) decoder: Decoder,
    done: bool,
}

impl<P> Decoding<P> {
    pub(super) fn new(pieces: P) -> Self {
        Decoding { pieces, decoder: Decoder::new(), done: false }
    }

    pub(super) fn options(self, options: DecodeOptions) -> Self {
        Decoding { decoder: Decoder::with(options), ..self }
    }

    /// The record that [`poll_advance`](Self::poll_advance) found.
    pub(super) fn record(&self) -> ProfileRecord<'_> {
        self.decoder.record()
    }
}

impl<P: Pieces> Decoding<P> {
    /// Goes on to the next record, and returns whether there is one.
    pub(super) fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        if self.done {
            return Poll::Ready(Ok(false));
        }
        let found = ready!(self.poll_find(cx));
        self.done = !matches!(found, Ok(true));
        Poll::Ready(found)
    }

    fn poll_find(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        loop {
            let Some(piece) = ready!(self.pieces.poll_piece(cx))? else { continue };
            if piece.is_empty() {
                return Poll::Ready(self.decoder.finish().map(|()| false));
            }
            let mut rest = piece;
            let found = self.decoder.advance(&mut rest)?;
            let taken = piece.len() - rest.len();
            self.pieces.consume(taken);
            if found {
                return Poll::Ready(Ok(true));
            }
        }
    }
}
