//! The records of a download, from a reader.

use std::fmt;
use std::future::poll_fn;
use std::io::{BufRead, BufReader, Read};

use super::options::DecodeOptions;
use super::pieces::{Decoding, Reader};
use super::record::ProfileRecord;
use crate::error::Error;
use crate::model::Profile;
use crate::ready::ready;

/// The records of a download from a reader, such as a saved file, a body or bytes in memory.
///
/// As an iterator it returns owned [`Profile`]s. [`next_record`](Self::next_record) lends each record instead, without an
/// allocation. It ends with `None` only if the document is whole, and nothing follows an error.
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

/// Reads the records of a document in memory, without copying it.
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
    /// Reads the records of a reader that is not buffered, in pieces of 64 KiB.
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
    /// Reads the records of a buffered reader, with the default [`DecodeOptions`]. Each buffer is decoded as a piece.
    ///
    /// ```
    /// let records = useartisan::decode::Records::new(&b"{}"[..]);
    /// assert!(records.map(|profile| profile.is_err()).eq([true]));
    /// ```
    pub fn new(reader: R) -> Self {
        Self(Decoding::new(Reader(reader)))
    }

    /// Sets your own options, before anything is read.
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

    /// Returns the next record, and `None` at the end of a whole document.
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
