//! Saving a download to a file, whole or not at all.

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

/// The result of a save.
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
    /// The size of the file, in bytes.
    pub bytes: u64,
}

/// Checks whether a download can be saved to `path`. Call it before you start the job.
///
/// [`Call::save`] checks the same before its request, but by then the job has already run. This creates the private file that a
/// save would write, and removes it. It neither opens nor changes what is at `path`.
///
/// It blocks on the file system.
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
/// [`File`](crate::ErrorKind::File), for the reasons that [`Call::save`] lists.
pub fn can_save(path: impl AsRef<Path>) -> Result<(), Error> {
    Target::open(path.as_ref()).map(drop)
}

impl<B> Call<B, DownloadJob> {
    /// Downloads the result into a file, whole or not at all.
    ///
    /// The bytes go to `.NAME.<random>.part` beside the file. On Unix no other user may read it; elsewhere the directory decides
    /// who may. When the document is whole, the part is synced to the disk and renamed to `path`. A save that fails, panics or is
    /// dropped leaves `path` unchanged and nothing beside it. A killed process leaves the old or the new file, both whole, and at
    /// most one `.part`.
    ///
    /// A save never opens what is at `path`. It replaces a regular file, and a symbolic link to one or to nothing: the link
    /// itself, not its target. It refuses the following before it requests anything, and says why:
    ///
    /// - a directory, FIFO, device or socket; a link to one; and a link in or into `/proc` or `/dev`, such as `/dev/stdout`.
    ///   Use [`write_to`](Self::write_to) for these
    /// - a directory that cannot be written to, or a name that is too long
    /// - a mount point (on Linux), a read-only file (on Windows), and another user's file in a sticky directory (on Unix)
    ///
    /// [`can_save`](crate::backends::can_save) checks all of this before you start a job. If the rename still fails, the download
    /// is kept: [`Error::kept_part`] has its path.
    ///
    /// On Unix the new file keeps the old file's permission bits if the caller owns the old file, but never setuid, setgid or
    /// sticky. Otherwise, and on other systems, it has the permissions of any new file.
    ///
    /// If the body breaks off or stalls, it is downloaded again from its start. [`Retry`](crate::Retry) limits the attempts and
    /// the time of all of it.
    ///
    /// [`AsyncBackend::offload`] runs the file work.
    ///
    /// ```
    /// # async fn demo(client: useartisan::Client, job: useartisan::JobId) -> Result<(), useartisan::Error> {
    /// let saved = client.download_job(&job).save("profiles.json").await?;
    /// println!("{} bytes", saved.bytes);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`Download::next_chunk`], and [`File`](crate::ErrorKind::File), which names the path. Its
    /// source is the system's error.
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
    /// Downloads the rest into a file, like [`Call::save`]. `backend` runs the file work.
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
    /// Downloads the rest into a file, like [`Call::save_blocking`].
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

/// Opens the target, as file work of the backend.
async fn open(files: &impl Offload, path: PathBuf) -> Result<Saving, Error> {
    offload(files, move || Target::open(&path).map(Saving::Open)).await
}

/// A file in progress. Between two attempts it does not exist.
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
