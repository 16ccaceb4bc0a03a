//! A reader as the body of a response.

use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use crate::transport_error::TransportError;

/// A reader as the body of a response over a blocking backend. It is read in pieces of at most 64 KiB.
///
/// Once a piece is dropped, a later one reuses its memory.
///
/// ```
/// use useartisan::Download;
/// use useartisan::machine::ReadBody;
///
/// /// A download over a blocking backend, by its full name; [`BlockingDownload`](useartisan::BlockingDownload) is short.
/// type Opened = Download<ReadBody<std::net::TcpStream>>;
/// # let _: Option<Opened> = None;
/// ```
pub struct ReadBody<R> {
    reader: R,
    /// Memory for what is read next.
    room: BytesMut,
    /// How much the server says is still to come.
    length: Option<u64>,
}

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

impl<R> ReadBody<R> {
    pub(crate) fn new(reader: R, length: Option<u64>) -> Self {
        ReadBody { reader, room: BytesMut::new(), length }
    }

    /// Returns the reader, at its present position.
    pub(crate) fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: Read> ReadBody<R> {
    /// The next piece; `None` at the end.
    fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        if self.room.is_empty() {
            // One byte more than a short body has, to find its end in the same read.
            let expected = self.length.and_then(|length| usize::try_from(length).ok()).unwrap_or(PIECE);
            let size = expected.saturating_add(1).min(PIECE);
            self.room.reserve(size);
            self.room.resize(size, 0);
        }
        let read = loop {
            match self.reader.read(&mut self.room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        if read > self.room.len() {
            return Err(TransportError::interrupted("the reader told of more bytes than fit"));
        }
        self.length = self.length.map(|length| length.saturating_sub(read as u64));
        Ok((read > 0).then(|| self.room.split_to(read).freeze()))
    }
}

// The reader is never pinned.
impl<R> Unpin for ReadBody<R> {}

impl<R: Read> Body for ReadBody<R> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(self.next().transpose().map(|piece| piece.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.length.unwrap_or(0));
        hint
    }
}

impl<R> fmt::Debug for ReadBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBody").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what it is asked for, and claims to have given more.
    struct Boasting;

    impl Read for Boasting {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(buffer.len() + 1)
        }
    }

    #[test]
    fn a_reader_that_claims_too_much_is_a_failure() {
        assert!(ReadBody::new(Boasting, None).next().is_err());
    }

    #[test]
    fn pieces_that_are_dropped_share_their_memory() {
        let document = vec![b'x'; 3 * PIECE + 7];
        let mut body = ReadBody::new(&document[..], None);
        let mut places = std::collections::HashSet::new();
        let mut whole = Vec::new();
        while let Some(piece) = body.next().unwrap() {
            places.insert(piece.as_ptr());
            whole.extend_from_slice(&piece);
        }
        assert_eq!((whole, places.len()), (document, 1));
    }
}
