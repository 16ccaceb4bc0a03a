//! Saving a download to a file, so that the file is made whole or not at all.

mod target;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body::Body;

use crate::client::Broken;
use crate::machine::{Async, Blocking, Event, Offload, Runtime};
use crate::ready::ready;
use crate::{
    AsyncBackend, BlockingBackend, BlockingDownload, Call, Download, DownloadJob, Error, ErrorKind,
    TransportError,
};

use target::Target;

/// How much of a download a save gathers before it goes to the disk, in bytes.
const BATCH: usize = 256 * 1024;

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

impl<B> Call<B, DownloadJob> {
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
        // Absolute, so that another attempt goes to the same place even if the process changes directory.
        let path = target.path().to_owned();
        let mut target = Some(target);
        let (mut exchange, mut event) = (self.opening(runtime), Event::Start);
        loop {
            let mut download = self.open_from(runtime, &mut exchange, event).await?;
            let opened = match target.take() {
                Some(target) => Ok(target),
                None => open(runtime, path.clone()).await,
            };
            let opened = match opened {
                Ok(opened) => opened,
                Err(error) => return Err(exchange.ended(runtime.now(), download.progress.about(error))),
            };
            let can_start_again = opened.can_start_again();
            event = match transfer(runtime, &mut download, opened).await {
                Ok(saved) => return Ok(saved),
                Err(Broken::Off(failure)) if can_start_again => Event::Failed(failure),
                Err(broken) => {
                    return Err(exchange.ended(runtime.now(), download.progress.handed_out(broken)));
                }
            };
        }
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
    /// Those of [`next_chunk`](Self::next_chunk), and [`File`](ErrorKind::File).
    pub async fn save(self, backend: &impl AsyncBackend, path: impl AsRef<Path>) -> Result<Saved, Error> {
        self.save_by(&Async(backend), path.as_ref()).await
    }

    async fn save_by(mut self, files: &impl Offload, path: &Path) -> Result<Saved, Error> {
        let target = open(files, path.to_owned()).await.map_err(|error| self.progress.about(error))?;
        let saved = transfer(files, &mut self, target).await;
        saved.map_err(|broken| self.progress.handed_out(broken))
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

async fn transfer<R: Body<Data = Bytes, Error: Into<TransportError>>>(
    files: &impl Offload,
    download: &mut Download<R>,
    mut target: Target,
) -> Result<Saved, Broken> {
    let withdrawal = WithdrawOnDrop(Consent::default());
    let consent = withdrawal.0.clone();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(piece) = download.next_piece().await? {
        bytes += piece.len() as u64;
        batch.extend_from_slice(&piece);
        if batch.len() >= BATCH {
            let write = move || {
                target.write(&batch)?;
                batch.clear();
                Ok((target, batch))
            };
            (target, batch) = offload(files, write).await.map_err(|error| download.progress.about(error))?;
        }
    }
    let finish = move || {
        target.write(&batch)?;
        target.finish(&consent)
    };
    offload(files, finish).await.map_err(|error| download.progress.about(error))?;
    Ok(Saved { bytes })
}

/// Opens the target where the backend does its file work.
async fn open(files: &impl Offload, path: PathBuf) -> Result<Target, Error> {
    offload(files, move || Target::open(&path)).await
}

/// Runs file work where the backend does it, and returns its result.
async fn offload<T: Send + 'static>(
    files: &impl Offload,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let outcome = Arc::new(Mutex::new(None));
    let theirs = Arc::clone(&outcome);
    let work = move || {
        let done = work();
        *locked(&theirs) = Some(done);
    };
    files.offload(Box::new(work)).await;
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
