//! Checks that a download is whole which is kept as it is.

use std::fmt;

use super::outline::Outline;
use crate::error::{Error, Position};
use crate::json::document_error::DocumentError;

/// Checks that bytes are one whole JSON document, in pieces of any size. It is for a download that is kept as it is. One byte
/// order mark may precede the document.
///
/// All three HTTP clients may take a body that was cut short for a complete one, so only the document's own end proves
/// that it is whole. A result has a list of objects, which may be empty: it is a member of the document or of its
/// `response`, or is either of them. A document without one, one whose `success` is false or unclear, and one with an
/// `error` in place of the list are failures. A check takes at most 128 bytes for the levels of nesting, and the memory of a
/// short text.
///
/// ```
/// use useartisan::decode::Check;
///
/// let mut check = Check::new();
/// check.push(br#"{"artisanUserIds":[{"#)?;
/// assert!(check.finish().is_err());
/// check.push(b"}]}\n")?;
/// check.finish()?;
/// # Ok::<(), useartisan::Error>(())
/// ```
pub struct Check {
    outline: Outline,
    failed: Option<Position>,
}

/// As in the default options of a decoder.
const NESTING: usize = 128;

impl Check {
    /// Makes a check, at the start of a document.
    ///
    /// ```
    /// let check = useartisan::decode::Check::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { outline: Outline::new(NESTING, None), failed: None }
    }

    /// Checks the next piece, of any size.
    ///
    /// # Errors
    ///
    /// With the position: what is not JSON by RFC 8259, deeper than 128 levels, or has more than 1 MiB of white space in a
    /// row, be it after the document; a document without a list of objects, or whose `success` is neither true nor false. A document that says that the call failed, with its `error`. After
    /// an error, every further call returns one that says where it was.
    ///
    /// ```
    /// let mut check = useartisan::decode::Check::new();
    /// assert!(check.push(br#"{"success":"False","error":"no such job"}"#).is_err());
    /// ```
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        if let Some(at) = self.failed {
            return Err(DocumentError::again(at).into());
        }
        let mut input = piece;
        match self.outline.advance(&mut input) {
            Ok(_) => Ok(()),
            Err(fault) => {
                self.failed = Some(fault.position());
                Err(fault.into())
            }
        }
    }

    /// Ends the check: the document must be whole.
    ///
    /// # Errors
    ///
    /// Where it ends too early, says that the service failed, or was refused before.
    ///
    /// ```
    /// let mut check = useartisan::decode::Check::new();
    /// check.push(br#"{"profiles":[]}"#)?;
    /// check.finish()?;
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn finish(&self) -> Result<(), Error> {
        match self.failed {
            Some(at) => Err(DocumentError::again(at).into()),
            None => Ok(self.outline.finish()?),
        }
    }
}

impl Default for Check {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("failed", &self.failed).finish_non_exhaustive()
    }
}
