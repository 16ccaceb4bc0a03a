//! The records of a download out of the body of a response, while it arrives.

use std::error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;

use super::decoder::Decoder;
use super::record::ProfileRecord;
use super::settings::Settings;
use crate::{Error, Profile};

/// The records of a download, from the body of a response as it arrives.
///
/// As a stream it gives owned [`Profile`]s; [`next_record`](Self::next_record) lends each record instead, which
/// costs no allocation. Either way, the end comes only after a whole document; after an error nothing more
/// comes. It reads ahead by the one piece that the body gave, and waits for nothing but the body.
///
/// ```
/// use http_body_util::Full;
/// use useartisan::export::BodyRecords;
///
/// # pollster::block_on(async {
/// let body = Full::from(r#"{"artisanUserIds":[{"age":"29"},{"age":"38"}]}"#);
/// let mut records = BodyRecords::new(body);
/// while let Some(record) = records.next_record().await? {
///     assert!(record.age()?.is_some());
/// }
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
pub struct BodyRecords<B> {
    pub(crate) body: Pin<Box<B>>,
    piece: Bytes,
    decoder: Decoder,
    done: bool,
}

impl<B> BodyRecords<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Cause>,
{
    /// The records of `body`, with the default [`Settings`].
    ///
    /// ```
    /// let records = useartisan::export::BodyRecords::new(http_body_util::Full::from("{}"));
    /// ```
    pub fn new(body: B) -> Self {
        Self { body: Box::pin(body), piece: Bytes::new(), decoder: Decoder::new(), done: false }
    }

    /// The same with settings of your own, before anything is read.
    ///
    /// ```
    /// use useartisan::export::{BodyRecords, Settings};
    ///
    /// let body = http_body_util::Full::from(r#"{"profiles":[]}"#);
    /// let records = BodyRecords::new(body).settings(Settings::new().list("profiles"));
    /// ```
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { decoder: Decoder::with(settings), ..self }
    }

    /// The next record, until the document has ended as a whole. Nothing is lost when the future is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`Decoder::advance`] and [`Decoder::finish`], and those of the body. After one, there is nothing
    /// more.
    pub async fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        Ok(if self.advance().await? { Some(self.record()) } else { None })
    }

    pub(crate) async fn advance(&mut self) -> Result<bool, Error> {
        poll_fn(|context| self.poll_advance(context)).await
    }

    /// The record that [`advance`](Self::advance) found.
    pub(crate) fn record(&self) -> ProfileRecord<'_> {
        self.decoder.record()
    }

    fn poll_advance(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        if self.done {
            return Poll::Ready(Ok(false));
        }
        let found = ready!(self.poll_find(context));
        self.done = !matches!(found, Ok(true));
        Poll::Ready(found)
    }

    fn poll_find(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        loop {
            let mut rest: &[u8] = &self.piece;
            let found = self.decoder.advance(&mut rest)?;
            let taken = self.piece.len() - rest.len();
            self.piece.advance(taken);
            if found {
                return Poll::Ready(Ok(true));
            }
            // What is used up is given back first, for a client that reads into the same memory again.
            self.piece = Bytes::new();
            match ready!(self.body.as_mut().poll_frame(context)) {
                // What is not data is trailers, which say nothing about the document.
                Some(frame) => self.piece = frame.map_err(Error::from_cause)?.into_data().unwrap_or_default(),
                None => return Poll::Ready(self.decoder.finish().map(|()| false)),
            }
        }
    }
}

type Cause = Box<dyn error::Error + Send + Sync>;

impl<B> Stream for BodyRecords<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Cause>,
{
    type Item = Result<Profile, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let found = ready!(self.poll_advance(context));
        Poll::Ready(match found {
            Ok(true) => Some(Ok(self.decoder.record().to_profile())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

impl<B> fmt::Debug for BodyRecords<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyRecords").field("decoder", &self.decoder).finish_non_exhaustive()
    }
}
