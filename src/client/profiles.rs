//! An open download, read record by record.

use std::fmt;
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body;

use crate::client::Download;
use crate::decode::{BodyRecords, ProfileRecord};
use crate::error::Error;
use crate::machine::ReadBody;
use crate::model::Profile;
use crate::ready::ready;
use crate::transport_error::TransportError;

/// The profiles of a download, decoded as they arrive, in constant memory.
///
/// [`next_record`](Self::next_record) lends each record, without an allocation. As a [`Stream`] it returns owned [`Profile`]s. It
/// ends with `None` only if the document is whole. An error comes after the records before it, and nothing follows it.
///
/// ```
/// # #[cfg(feature = "fake")]
/// # pollster::block_on(async {
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(useartisan::JobStatus::Complete).send().await?.remove(0);
/// let mut profiles = client.download_job(&job).profiles().await?;
/// while let Some(record) = profiles.next_record().await? {
///     println!("{:?} is {:?}", record.artisan_id(), record.age()?);
/// }
/// # Ok::<(), useartisan::Error>(())
/// # }).unwrap();
/// ```
///
/// Over a blocking backend it is a [`BlockingProfiles`], an [`Iterator`] of owned profiles:
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use useartisan::JobStatus;
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().client();
/// let job = client.list_jobs().status(JobStatus::Complete).send_blocking()?.remove(0);
/// let mut profiles = client.download_job(&job).profiles_blocking()?;
/// while let Some(record) = profiles.next_record_blocking()? {
///     println!("{:?} is {:?}", record.artisan_id(), record.age()?);
/// }
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Profiles<B>(BodyRecords<Download<B>>);

/// The profiles of a download over a blocking backend whose body is the reader `R`: an [`Iterator`], with
/// [`next_record_blocking`](Profiles::next_record_blocking).
pub type BlockingProfiles<R> = Profiles<ReadBody<R>>;

impl<B: Body<Data = Bytes, Error: Into<TransportError>>> Download<B> {
    /// Decodes the records. Call it before any chunk was taken: the decoder needs the document from its first byte.
    ///
    /// ```
    /// # #[cfg(feature = "fake")]
    /// # pollster::block_on(async {
    /// use useartisan::JobStatus;
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let client = FakeArtisan::with_sample_data().client();
    /// let job = client.list_jobs().status(JobStatus::Complete).send().await?.remove(0);
    /// let download = client.download_job(&job).open().await?;
    /// println!("{:?} bytes to come", download.content_length());
    /// assert!(download.profiles().next_record().await?.is_some());
    /// # Ok::<(), useartisan::Error>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn profiles(mut self) -> Profiles<B> {
        let options = self.progress.for_decoder();
        Profiles(BodyRecords::new(self).options(options))
    }
}

impl<B: Body<Data = Bytes, Error: Into<TransportError>>> Profiles<B> {
    /// Returns the next record, and `None` at the end of a whole document.
    ///
    /// # Errors
    /// [`UnexpectedBody`](crate::ErrorKind::UnexpectedBody) with the position and the record's index,
    /// [`Limit`](crate::ErrorKind::Limit), [`Rejected`](crate::ErrorKind::Rejected) for a failure that the service
    /// reports in place of a result, and those of the transport.
    pub async fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        match self.0.advance().await {
            Ok(found) => Ok(found.then(|| self.0.record())),
            Err(error) => Err(self.about(error)),
        }
    }

    fn about(&self, error: Error) -> Error {
        self.0.body().progress.about(error)
    }
}

impl<B: Body<Data = Bytes, Error: Into<TransportError>>> Stream for Profiles<B> {
    type Item = Result<Profile, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let profile = Pin::new(&mut self.0).poll_next(cx);
        profile.map(|profile| profile.map(|profile| profile.map_err(|error| self.about(error))))
    }
}

impl<R: Read> BlockingProfiles<R> {
    /// Returns the next record, and `None` at the end of a whole document.
    ///
    /// # Errors
    /// As [`next_record`](Self::next_record).
    pub fn next_record_blocking(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        ready(self.next_record())
    }
}

impl<R: Read> Iterator for BlockingProfiles<R> {
    type Item = Result<Profile, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.next_record_blocking();
        record.map(|record| record.map(|record| record.to_profile())).transpose()
    }
}

impl<R: Read> std::iter::FusedIterator for BlockingProfiles<R> {}

impl<B> fmt::Debug for Profiles<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Profiles").field(self.0.body()).finish()
    }
}
