//! Saving a download to a file, so that the file is made whole or not at all.

mod target;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body::Body;

use crate::{
    AsyncBackend, BlockingBackend, BlockingDownload, Call, Download, DownloadJob, Error, ErrorKind, Failure,
};

use target::{Place, Target};

/// How much of a download an async save gathers before it goes to the disk, in bytes.
const BATCH: usize = 256 * 1024;

/// What a save came to.
///
/// ```
/// use useartisan::backends::Saved;
///
/// # use useartisan::{Client, ErasedBlocking, Error, JobId};
/// # fn demo(client: Client<ErasedBlocking>, job: JobId) -> Result<(), Error> {
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

impl<B> Call<'_, B, DownloadJob> {
    /// Downloads the result into a file, which is made whole or not at all.
    ///
    /// The bytes go to `.NAME.<random>.part` beside the file, which nobody else may read. When the document has
    /// been seen to be whole, that is synced to the disk and renamed to `path`. So a save that fails, panics or
    /// is dropped leaves at `path` what was there before, and nothing beside it; a process that is killed leaves
    /// the old or the new, both whole, and at most that one `.part`.
    ///
    /// The new file has the permissions of the one it replaces, or else those that any new file has. A symbolic
    /// link is replaced, not followed. A FIFO or a device, or a link to one, cannot be replaced in a useful way
    /// and is written to as the bytes come: what reads it may get less than the whole. That `path` is a
    /// directory, or that its directory cannot be written to, is found out before anything is requested.
    ///
    /// Where the body breaks off or stalls, what has come of it is removed and downloaded again from its start:
    /// within the attempts and the deadline of [`Retry`](crate::Retry), which count all of it. What went to a FIFO
    /// or a device is out, and so is not started again.
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
    /// Those of [`open`](Self::open) and [`Download::next_chunk`], and [`File`](ErrorKind::File), which names
    /// the path, with the system's error as its source.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<Saved, Error>
    where
        B: AsyncBackend,
    {
        let backend = self.client().backend();
        let target = open(backend, path.as_ref().to_owned()).await;
        let mut target = target.map_err(|error| error.at_endpoint("download_job"))?;
        let mut reopening = self.reopening();
        let mut download = reopening.open().await?;
        loop {
            let place = target.place();
            if matches!(place, Place::Stream) {
                download = download.handed_out();
            }
            let error = match transfer(backend, &mut download, target).await {
                Ok(saved) => return Ok(saved),
                Err(error) => error,
            };
            let Place::File(path) = place else { return Err(reopening.ended(backend.now(), error)) };
            download = reopening.after(error).await?;
            target = match open(backend, path).await {
                Ok(target) => target,
                Err(error) => return Err(reopening.ended(backend.now(), download.about(error))),
            };
        }
    }
}

impl<R: Body<Data = Bytes, Error: Into<Failure>>> Download<R> {
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
    /// Those of [`next_chunk`](Self::next_chunk), and [`File`](ErrorKind::File).
    pub async fn save(mut self, backend: &impl AsyncBackend, path: impl AsRef<Path>) -> Result<Saved, Error> {
        let target = open(backend, path.as_ref().to_owned()).await;
        let target = target.map_err(|error| self.about(error))?;
        transfer(backend, &mut self, target).await
    }
}

impl<B> Call<'_, B, DownloadJob> {
    /// Downloads the result into a file, which is made whole or not at all: as `save` of an async backend.
    ///
    /// The bytes go to `.NAME.<random>.part` beside the file, which nobody else may read. When the document has
    /// been seen to be whole, that is synced to the disk and renamed to `path`. So a save that fails or panics
    /// leaves at `path` what was there before, and nothing beside it; a process that is killed leaves the old or
    /// the new, both whole, and at most that one `.part`.
    ///
    /// The new file has the permissions of the one it replaces, or else those that any new file has. A symbolic
    /// link is replaced, not followed. A FIFO or a device, or a link to one, is written to as the bytes come.
    ///
    /// Where the body breaks off or stalls, what has come of it is removed and downloaded again from its start:
    /// within the attempts and the deadline of [`Retry`](crate::Retry), which count all of it. What went to a FIFO
    /// or a device is out, and so is not started again.
    ///
    /// ```
    /// # use useartisan::{Client, ErasedBlocking, Error, JobId};
    /// # fn demo(client: Client<ErasedBlocking>, job: JobId) -> Result<(), Error> {
    /// let saved = client.download_job(&job).save_blocking("profiles.json")?;
    /// println!("{} bytes", saved.bytes);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`open_blocking`](Self::open_blocking) and [`BlockingDownload::next_chunk`], and
    /// [`File`](ErrorKind::File), which names the path, with the system's error as its source.
    pub fn save_blocking(self, path: impl AsRef<Path>) -> Result<Saved, Error>
    where
        B: BlockingBackend,
    {
        let backend = self.client().backend();
        let target = Target::open(path.as_ref());
        let mut target = target.map_err(|error| error.at_endpoint("download_job"))?;
        let mut reopening = self.reopening_blocking();
        let mut download = reopening.open_blocking()?;
        loop {
            let place = target.place();
            if matches!(place, Place::Stream) {
                download = download.handed_out();
            }
            let error = match transfer_blocking(&mut download, target) {
                Ok(saved) => return Ok(saved),
                Err(error) => error,
            };
            let Place::File(path) = place else { return Err(reopening.ended(backend.now(), error)) };
            download = reopening.after_blocking(error)?;
            target = match Target::open(&path) {
                Ok(target) => target,
                Err(error) => return Err(reopening.ended(backend.now(), download.about(error))),
            };
        }
    }
}

impl<R: Read> BlockingDownload<R> {
    /// Downloads the rest into a file, as [`Call::save_blocking`] does.
    ///
    /// ```
    /// # use useartisan::{Client, ErasedBlocking, Error, JobId};
    /// # fn demo(client: Client<ErasedBlocking>, job: JobId) -> Result<(), Error> {
    /// let download = client.download_job(&job).open_blocking()?;
    /// println!("{:?} bytes to come", download.content_length());
    /// download.save("profiles.json")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`next_chunk`](Self::next_chunk), and [`File`](ErrorKind::File).
    pub fn save(mut self, path: impl AsRef<Path>) -> Result<Saved, Error> {
        let target = Target::open(path.as_ref()).map_err(|error| self.about(error))?;
        transfer_blocking(&mut self, target)
    }
}

fn transfer_blocking<R: Read>(
    download: &mut BlockingDownload<R>,
    mut target: Target,
) -> Result<Saved, Error> {
    let mut bytes = 0;
    while let Some(chunk) = download.next_chunk()? {
        bytes += chunk.len() as u64;
        let written = target.write(chunk);
        written.map_err(|error| download.about(error))?;
    }
    target.finish(&Consent::default()).map_err(|error| download.about(error))?;
    Ok(Saved { bytes })
}

async fn transfer<R: Body<Data = Bytes, Error: Into<Failure>>>(
    backend: &impl AsyncBackend,
    download: &mut Download<R>,
    mut target: Target,
) -> Result<Saved, Error> {
    let withdrawal = WithdrawOnDrop(Consent::default());
    let consent = withdrawal.0.clone();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(chunk) = download.next_chunk().await? {
        bytes += chunk.len() as u64;
        batch.extend_from_slice(&chunk);
        if batch.len() >= BATCH {
            let write = move || {
                target.write(&batch)?;
                batch.clear();
                Ok((target, batch))
            };
            (target, batch) = offload(backend, write).await.map_err(|error| download.about(error))?;
        }
    }
    let finish = move || {
        target.write(&batch)?;
        target.finish(&consent)
    };
    offload(backend, finish).await.map_err(|error| download.about(error))?;
    Ok(Saved { bytes })
}

/// Opens the target where the backend does its file work.
async fn open(backend: &impl AsyncBackend, path: PathBuf) -> Result<Target, Error> {
    offload(backend, move || Target::open(&path)).await
}

/// Has the backend do file work, and brings back what came of it.
async fn offload<T: Send + 'static>(
    backend: &impl AsyncBackend,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let outcome = Arc::new(Mutex::new(None));
    let theirs = Arc::clone(&outcome);
    let work = move || {
        let done = work();
        *locked(&theirs) = Some(done);
    };
    backend.offload(Box::new(work)).await;
    let done = locked(&outcome).take();
    done.unwrap_or_else(|| Err(Error::new(ErrorKind::File, "the backend did not get the file work done")))
}

/// Whether somebody still waits for the save.
#[derive(Clone, Default)]
struct Consent {
    withdrawn: Arc<Mutex<bool>>,
}

impl Consent {
    /// Does what cannot be undone, while nobody can withdraw; or does not, if somebody has.
    fn act(&self, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match *locked(&self.withdrawn) {
            true => Err(io::Error::other("the save was given up")),
            false => act(),
        }
    }
}

/// Withdraws when the future that holds it is dropped, so that a thread which still works for it renames nothing
/// afterwards.
struct WithdrawOnDrop(Consent);

impl Drop for WithdrawOnDrop {
    fn drop(&mut self) {
        *locked(&self.0.withdrawn) = true;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
