//! The records of a download, from the body of a response.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body;

use super::options::DecodeOptions;
use super::pieces::{Cause, Decoding, Frames};
use super::record::ProfileRecord;
use crate::error::Error;
use crate::model::Profile;

/// The records of a download, from the body of a response as it arrives.
///
/// As a stream it returns owned [`Profile`]s. [`next_record`](Self::next_record) lends each record instead, without an
/// allocation. It ends with `None` only if the document is whole, and nothing follows an error. It holds one piece of the body
/// at a time, and waits for nothing but the body.
///
/// ```
/// use http_body_util::Full;
/// use useartisan::decode::BodyRecords;
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
pub struct BodyRecords<B>(Decoding<Frames<B>>);

impl<B> BodyRecords<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Cause>,
{
    /// Reads the records of `body`, with the default [`DecodeOptions`].
    ///
    /// ```
    /// let records = useartisan::decode::BodyRecords::new(http_body_util::Full::from("{}"));
    /// ```
    pub fn new(body: B) -> Self {
        Self(Decoding::new(Frames::new(body)))
    }

    /// Sets your own options, before anything is read.
    ///
    /// ```
    /// use useartisan::decode::{BodyRecords, DecodeOptions};
    ///
    /// let body = http_body_util::Full::from(r#"{"profiles":[]}"#);
    /// let records = BodyRecords::new(body).options(DecodeOptions::default().with_list("profiles"));
    /// ```
    #[must_use]
    pub fn options(self, options: DecodeOptions) -> Self {
        Self(self.0.options(options))
    }

    /// Returns the next record, and `None` at the end of a whole document. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of [`Decoder::advance`](super::Decoder::advance) and [`Decoder::finish`](super::Decoder::finish), and those of the body. After one, there is nothing
    /// more.
    pub async fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        let found = self.advance().await?;
        Ok(found.then(|| self.record()))
    }

    pub(crate) async fn advance(&mut self) -> Result<bool, Error> {
        poll_fn(|cx| self.0.poll_advance(cx)).await
    }

    /// The record that [`advance`](Self::advance) found.
    pub(crate) fn record(&self) -> ProfileRecord<'_> {
        self.0.record()
    }
}

impl<B> BodyRecords<B> {
    pub(crate) fn body(&self) -> &B {
        &self.0.pieces.body
    }
}

impl<B> Stream for BodyRecords<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Cause>,
{
    type Item = Result<Profile, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let found = ready!(self.0.poll_advance(cx));
        Poll::Ready(found.map(|found| found.then(|| self.record().to_profile())).transpose())
    }
}

impl<B> fmt::Debug for BodyRecords<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyRecords").field("decoder", &self.0.decoder).finish_non_exhaustive()
    }
}
