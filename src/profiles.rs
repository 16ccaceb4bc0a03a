//! An open download, read record by record.

use std::fmt;
use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;

use crate::export::{Decoder, ProfileRecord};
use crate::{BlockingDownload, Download, Error, Failure, Profile};

/// The profiles of a download over an async backend, decoded as they come, in constant memory.
///
/// [`next_record`](Self::next_record) lends each record, which costs no allocation; as a [`Stream`] it gives owned
/// [`Profile`]s. The end comes only after a whole document. After an error, the records before it have been given
/// out, and there is nothing more.
pub struct Profiles<B> {
    download: Download<B>,
    decoder: Decoder,
    chunk: Bytes,
    ended: bool,
}

/// The profiles of a download over a blocking backend; see [`Profiles`]. It is an [`Iterator`] of owned profiles.
pub struct BlockingProfiles<R> {
    download: BlockingDownload<R>,
    decoder: Decoder,
    /// Which part of the download's buffer is not decoded yet.
    unread: std::ops::Range<usize>,
    ended: bool,
}

impl<B: Body<Data = Bytes, Error: Into<Failure>>> Download<B> {
    /// Decodes the records, from the document's first byte: before any chunk was taken.
    #[must_use]
    pub fn profiles(mut self) -> Profiles<B> {
        let decoder = self.progress.decoder();
        Profiles { download: self, decoder, chunk: Bytes::new(), ended: false }
    }
}

impl<B: Body<Data = Bytes, Error: Into<Failure>>> Profiles<B> {
    /// The next record; `None` at the end of a whole document.
    ///
    /// # Errors
    /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) with the position and the record's index,
    /// [`Limit`](crate::ErrorKind::Limit), [`Rejected`](crate::ErrorKind::Rejected) for a failure that the service
    /// reports in place of a result, and those of the transport.
    pub async fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        let found = poll_fn(|cx| self.poll_advance(cx)).await?;
        Ok(found.then(|| self.decoder.record()))
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        while !self.ended {
            let mut input: &[u8] = &self.chunk;
            let found = self.decoder.advance(&mut input);
            let used = self.chunk.len() - input.len();
            self.chunk.advance(used);
            let found = match found {
                Ok(false) => match ready!(self.download.poll_chunk(cx)) {
                    Ok(Some(chunk)) => {
                        self.chunk = chunk;
                        continue;
                    }
                    Ok(None) => self.decoder.finish().map(|()| false),
                    Err(error) => {
                        self.ended = true;
                        return Poll::Ready(Err(error));
                    }
                },
                found => found,
            };
            self.ended = !matches!(found, Ok(true));
            return Poll::Ready(found.map_err(|error| self.download.progress.about(error)));
        }
        Poll::Ready(Ok(false))
    }
}

impl<B: Body<Data = Bytes, Error: Into<Failure>>> Stream for Profiles<B> {
    type Item = Result<Profile, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.poll_advance(cx)) {
            Ok(true) => Some(Ok(Profile::from(self.decoder.record().to_attributes()))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

impl<R: Read> BlockingDownload<R> {
    /// Decodes the records, from the document's first byte: before any chunk was taken.
    #[must_use]
    pub fn profiles(mut self) -> BlockingProfiles<R> {
        let decoder = self.progress.decoder();
        BlockingProfiles { download: self, decoder, unread: 0..0, ended: false }
    }
}

impl<R: Read> BlockingProfiles<R> {
    /// The next record; `None` at the end of a whole document.
    ///
    /// # Errors
    /// As [`Profiles::next_record`].
    pub fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        let found = self.advance()?;
        Ok(found.then(|| self.decoder.record()))
    }

    fn advance(&mut self) -> Result<bool, Error> {
        while !self.ended {
            let mut input = self.download.buffer.get(self.unread.clone()).unwrap_or_default();
            let found = self.decoder.advance(&mut input);
            self.unread.start = self.unread.end - input.len();
            let found = match found {
                Ok(false) => match self.download.fill() {
                    Ok(Some(length)) => {
                        self.unread = 0..length;
                        continue;
                    }
                    Ok(None) => self.decoder.finish().map(|()| false),
                    Err(error) => {
                        self.ended = true;
                        return Err(error);
                    }
                },
                found => found,
            };
            self.ended = !matches!(found, Ok(true));
            return found.map_err(|error| self.download.progress.about(error));
        }
        Ok(false)
    }
}

impl<R: Read> Iterator for BlockingProfiles<R> {
    type Item = Result<Profile, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(true) => Some(Ok(Profile::from(self.decoder.record().to_attributes()))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R: Read> std::iter::FusedIterator for BlockingProfiles<R> {}

impl<B> fmt::Debug for Profiles<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiles")
            .field("download", &self.download)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for BlockingProfiles<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingProfiles")
            .field("download", &self.download)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
