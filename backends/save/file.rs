//! Saving a download to a file, which is made whole or not at all.

use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http_body::Body;

use crate::machine::{Async, Blocking, Offload, Runtime};
use crate::ready::ready;
use crate::{
    AsyncBackend, BlockingBackend, BlockingDownload, Call, Download, DownloadJob, Error, TransportError,
};

use super::offload::{Consent, offload};
use super::target::Target;
use super::transfer::{self, Sink};

/// What a save came to.
///
/// ```
/// use useartisan::backends::Saved;
///
/// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
/// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> Result<(), Error> {
/// let Saved { bytes, .. } = client.download_job(&job).save_blocking("profiles.json")?;
/// println!("{bytes} bytes");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Saved {
    /// How many bytes the file has.
    pub bytes: u64,
}

/// Checks whether a download can be saved to `path`, before the job that makes the download is started.
///
/// [`Call::save`] does the same before its request, but then the job has run already. This makes the private file
/// that a save would write, and removes it. What is at `path` is neither opened nor changed.
///
/// It blocks for as long as the file system takes for that.
///
/// ```no_run
/// use useartisan::backends::can_save;
///
/// # use useartisan::{AppId, Client, BoxedBlockingBackend, Error, SegmentId};
/// # fn demo(client: Client<BoxedBlockingBackend>, app: AppId, segment: SegmentId) -> Result<(), Error> {
/// can_save("profiles.json")?;
/// let completed = client.export_segment(app, segment).send_and_wait_blocking()?;
/// completed.download().save_blocking("profiles.json")?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`File`](crate::ErrorKind::File), as [`Call::save`] has it before its request.
pub fn can_save(path: impl AsRef<Path>) -> Result<(), Error> {
    Target::open(path.as_ref()).map(drop)
}

impl<B> Call<B, DownloadJob> {
    /// Downloads the result into a file, which is made whole or not at all.
    ///
    /// The bytes go to `.NAME.<random>.part` beside the file. On Unix nobody else may read it; elsewhere the directory
    /// decides that. When the document is whole, the part is synced to the disk and renamed to `path`. So a save that
    /// fails, panics or is dropped leaves at `path` what was there before, and nothing beside it. A process that is killed
    /// leaves the old or the new file, both whole, and at most one `.part`.
    ///
    /// What is at `path` is never opened. A regular file is replaced, and so is a symbolic link to one or to nothing:
    /// the link itself, not what it points to. A save refuses the rest before it requests anything, and says why:
    ///
    /// - a directory, FIFO, device or socket; a link to one; and a link in or into `/proc` or `/dev`, as `/dev/stdout`
    ///   is. Write to these by [`write_to`](Self::write_to)
    /// - a directory that cannot be written to, or a name that is too long
    /// - a mount point (on Linux), a read-only file (on Windows), and another user's file in a sticky directory (on Unix)
    ///
    /// [`can_save`](crate::backends::can_save) tells all that before a job is started. If the rename fails nevertheless,
    /// the download is kept: [`Error::kept_part`] has its path.
    ///
    /// On Unix the new file keeps the old one's permission bits if the old file is the caller's own, but never setuid,
    /// setgid or sticky. Else it has the permissions of any new file. On other systems it always has those.
    ///
    /// If the body breaks off or stalls, it is downloaded again from its start, within the attempts and the deadline
    /// of [`Retry`](crate::Retry), which count all of it.
    ///
    /// The file work is done by [`AsyncBackend::offload`].
    ///
    /// ```
    /// # async fn demo(client: useartisan::Client, job: useartisan::JobId) -> Result<(), useartisan::Error> {
    /// let saved = client.download_job(&job).save("profiles.json").await?;
    /// println!("{} bytes", saved.bytes);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`Download::next_chunk`], and [`File`](crate::ErrorKind::File), which names
    /// the path, with the system's error as its source.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<Saved, Error>
    where
        B: AsyncBackend,
    {
        self.save_over(&Async(self.client().backend()), path.as_ref()).await
    }

    /// Downloads the result into a file, over a blocking backend.
    ///
    /// ```
    /// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
    /// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> Result<(), Error> {
    /// let saved = client.download_job(&job).save_blocking("profiles.json")?;
    /// println!("{} bytes", saved.bytes);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_blocking(self, path: impl AsRef<Path>) -> Result<Saved, Error>
    where
        B: BlockingBackend,
    {
        ready(self.save_over(&Blocking(self.client().backend()), path.as_ref()))
    }

    async fn save_over<R: Runtime>(&self, runtime: &R, path: &Path) -> Result<Saved, Error> {
        let target = open(runtime, path.to_owned()).await;
        let target = target.map_err(|error| error.at_endpoint("download_job"))?;
        transfer::call(runtime, self, target).await
    }
}

impl<R: Body<Data = Bytes, Error: Into<TransportError>>> Download<R> {
    /// Downloads the rest into a file, as [`Call::save`] does; `backend` does the file work.
    ///
    /// ```
    /// # async fn demo(client: useartisan::Client, job: useartisan::JobId) -> Result<(), useartisan::Error> {
    /// let download = client.download_job(&job).open().await?;
    /// println!("{:?} bytes to come", download.content_length());
    /// download.save(client.backend(), "profiles.json").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`next_chunk`](Self::next_chunk), and [`File`](crate::ErrorKind::File).
    pub async fn save(self, backend: &impl AsyncBackend, path: impl AsRef<Path>) -> Result<Saved, Error> {
        self.save_by(&Async(backend), path.as_ref()).await
    }

    async fn save_by(self, files: &impl Offload, path: &Path) -> Result<Saved, Error> {
        let target = open(files, path.to_owned()).await.map_err(|error| self.progress.about(error))?;
        transfer::rest(files, self, target).await
    }
}

impl<R: Read> BlockingDownload<R> {
    /// Downloads the rest into a file, as [`Call::save_blocking`] does.
    ///
    /// ```
    /// # use useartisan::{Client, BoxedBlockingBackend, Error, JobId};
    /// # fn demo(client: Client<BoxedBlockingBackend>, job: JobId) -> Result<(), Error> {
    /// let download = client.download_job(&job).open_blocking()?;
    /// println!("{:?} bytes to come", download.content_length());
    /// download.save_blocking("profiles.json")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_blocking(self, path: impl AsRef<Path>) -> Result<Saved, Error> {
        ready(self.save_by(&Blocking(&()), path.as_ref()))
    }
}

/// Opens the target where the backend does its file work.
async fn open(files: &impl Offload, path: PathBuf) -> Result<Saving, Error> {
    offload(files, move || Target::open(&path).map(Saving::Open)).await
}

/// A file that is being made. Between two attempts there is nothing of it.
enum Saving {
    Open(Target),
    /// An absolute path, so that another attempt goes to the same place even if the process changes directory.
    Again(PathBuf),
}

impl Saving {
    fn opened(self) -> Result<Target, Error> {
        match self {
            Saving::Open(target) => Ok(target),
            Saving::Again(path) => Target::open(&path),
        }
    }
}

impl Sink for Saving {
    type Output = Saved;

    fn write(self, bytes: &[u8]) -> Result<Self, Error> {
        let mut target = self.opened()?;
        target.write(bytes)?;
        Ok(Saving::Open(target))
    }

    fn finish(self, bytes: u64, consent: &Consent) -> Result<Saved, Error> {
        self.opened()?.finish(consent)?;
        Ok(Saved { bytes })
    }

    fn restarted(self) -> Option<Self> {
        Some(match self {
            Saving::Open(target) => Saving::Again(target.path().to_owned()),
            again @ Saving::Again(_) => again,
        })
    }
}
