//! A whole download that could not be put in place.

use std::path::{Path, PathBuf};

use crate::Error;

/// The file with the download.
struct KeptPart(PathBuf);

impl Error {
    /// The file that a save left because it could not rename it. The download in it is whole.
    ///
    /// It is beside the path of the save, and synced to the disk. Rename it or remove it.
    ///
    /// ```
    /// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
    /// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> std::io::Result<()> {
    /// if let Err(error) = client.download_job(&job).save_blocking("profiles.json") {
    ///     if let Some(part) = error.kept_part() {
    ///         std::fs::rename(part, "profiles-2.json")?;
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn kept_part(&self) -> Option<&Path> {
        self.subject::<KeptPart>().map(|KeptPart(path)| path.as_path())
    }

    pub(super) fn with_kept_part(self, part: PathBuf) -> Self {
        self.about(KeptPart(part))
    }
}
