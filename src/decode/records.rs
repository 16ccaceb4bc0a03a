//! The records of a download out of anything that is read.

use std::fmt;
use std::future::poll_fn;
use std::io::{BufRead, BufReader, Read};

use super::options::DecodeOptions;
use super::pieces::{Decoding, Reader};
use super::record::ProfileRecord;
use crate::error::Error;
use crate::model::Profile;
use crate::ready::ready;

/// The records of a download, from anything that is read: a saved file, a body, bytes in memory.
///
/// As an iterator it gives owned [`Profile`]s; [`next_record`](Self::next_record) lends each record instead, which
/// costs no allocation. Either way, the end comes only after a whole document; after an error nothing more
/// comes.
///
/// ```
/// use useartisan::decode::Records;
///
/// let body = r#"{"artisanUserIds":[{"age":"29"},{"age":"38"}]}"#;
/// let mut records = Records::new(body.as_bytes());
/// while let Some(record) = records.next_record()? {
///     assert!(record.age()?.is_some());
/// }
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Records<R>(Decoding<Reader<R>>);

/// The records of a document in memory, without copying it: [`Records`] over a slice.
///
/// ```
/// let ages = useartisan::decode::decode(br#"{"artisanUserIds":[{"age":"29"},{"age":"38"}]}"#)
///     .map(|profile| profile?.age())
///     .collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(ages, [Some(29), Some(38)]);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[must_use]
pub fn decode(document: &[u8]) -> Records<&[u8]> {
    Records::new(document)
}

impl<R: Read> Records<BufReader<R>> {
    /// The records of a reader that is not buffered, read in pieces of 64 KiB.
    ///
    /// ```
    /// let file = std::io::Cursor::new(r#"{"artisanUserIds":[]}"#);
    /// assert!(useartisan::decode::Records::from_read(file).next_record()?.is_none());
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn from_read(reader: R) -> Self {
        Self::new(BufReader::with_capacity(64 << 10, reader))
    }
}

impl<R: BufRead> Records<R> {
    /// The records of a buffered reader, with the default [`DecodeOptions`]. Its buffer is the piece that is decoded at
    /// a time.
    ///
    /// ```
    /// let records = useartisan::decode::Records::new(&b"{}"[..]);
    /// assert!(records.map(|profile| profile.is_err()).eq([true]));
    /// ```
    pub fn new(reader: R) -> Self {
        Self(Decoding::new(Reader(reader)))
    }

    /// The same with options of your own, before anything is read.
    ///
    /// ```
    /// use useartisan::decode::{DecodeOptions, decode};
    ///
    /// let mut records = decode(br#"{"profiles":[{}]}"#).options(DecodeOptions::default().with_list("profiles"));
    /// assert!(records.next_record()?.is_some());
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    #[must_use]
    pub fn options(self, options: DecodeOptions) -> Self {
        Self(self.0.options(options))
    }

    /// The next record, until the document has ended as a whole.
    ///
    /// # Errors
    ///
    /// Those of [`Decoder::advance`](super::Decoder::advance) and [`Decoder::finish`](super::Decoder::finish), and those of the reader. After one, there is nothing
    /// more.
    pub fn next_record(&mut self) -> Result<Option<ProfileRecord<'_>>, Error> {
        let found = ready(poll_fn(|cx| self.0.poll_advance(cx)))?;
        Ok(found.then(|| self.0.record()))
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Profile, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.next_record() {
            Ok(record) => record.map(|record| Ok(record.to_profile())),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R: BufRead> std::iter::FusedIterator for Records<R> {}

impl<R> fmt::Debug for Records<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("decoder", &self.0.decoder).finish_non_exhaustive()
    }
}
