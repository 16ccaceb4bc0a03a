//! The two ways to send a call: by `.await` on an async backend, and directly on a blocking one.
//!
//! Your program uses one of them and needs no trait. The tour has one list of steps for both.

use std::io;
use std::path::Path;

use tokio::runtime::{Builder, Runtime};
use useartisan::backends::Saved;
use useartisan::decode::ProfileRecord;
use useartisan::{
    AsyncBackend, BlockingBackend, Call, Client, CompletedJob, DownloadJob, Endpoint, Error, QueuedJob,
};

/// A client, and the way to send its calls.
pub(crate) trait Stack: Sized {
    /// The backend.
    type Backend;

    fn new(client: Client<Self::Backend>) -> io::Result<Self>;

    fn client(&self) -> &Client<Self::Backend>;

    /// Sends a call and reads its answer.
    fn send<E: Endpoint>(&self, call: Call<Self::Backend, E>) -> Result<E::Output, Error>;

    /// Starts an export and waits until it is complete.
    fn export<E: Endpoint<Output = QueuedJob>>(
        &self,
        call: Call<Self::Backend, E>,
    ) -> Result<CompletedJob<Self::Backend>, Error>;

    /// Passes the records of a download to `each`, one by one as they arrive.
    fn records(
        &self,
        call: Call<Self::Backend, DownloadJob>,
        each: impl FnMut(ProfileRecord<'_>) -> Result<(), Error>,
    ) -> Result<(), Error>;

    /// Saves a download to a file.
    fn save(&self, call: Call<Self::Backend, DownloadJob>, path: &Path) -> Result<Saved, Error>;
}

/// An async backend with a tokio runtime of its own.
pub(crate) struct Async<B> {
    client: Client<B>,
    runtime: Runtime,
}

impl<B: AsyncBackend> Stack for Async<B> {
    type Backend = B;

    fn new(client: Client<B>) -> io::Result<Self> {
        Ok(Async { client, runtime: Builder::new_current_thread().enable_all().build()? })
    }

    fn client(&self) -> &Client<B> {
        &self.client
    }

    fn send<E: Endpoint>(&self, call: Call<B, E>) -> Result<E::Output, Error> {
        self.runtime.block_on(async { call.send().await })
    }

    fn export<E: Endpoint<Output = QueuedJob>>(&self, call: Call<B, E>) -> Result<CompletedJob<B>, Error> {
        self.runtime.block_on(async { call.send_and_wait().await })
    }

    fn records(
        &self,
        call: Call<B, DownloadJob>,
        mut each: impl FnMut(ProfileRecord<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut profiles = call.profiles().await?;
            while let Some(record) = profiles.next_record().await? {
                each(record)?;
            }
            Ok(())
        })
    }

    fn save(&self, call: Call<B, DownloadJob>, path: &Path) -> Result<Saved, Error> {
        self.runtime.block_on(async { call.save(path).await })
    }
}

/// A blocking backend, without a runtime.
pub(crate) struct Blocking<B> {
    client: Client<B>,
}

impl<B: BlockingBackend> Stack for Blocking<B> {
    type Backend = B;

    fn new(client: Client<B>) -> io::Result<Self> {
        Ok(Blocking { client })
    }

    fn client(&self) -> &Client<B> {
        &self.client
    }

    fn send<E: Endpoint>(&self, call: Call<B, E>) -> Result<E::Output, Error> {
        call.send_blocking()
    }

    fn export<E: Endpoint<Output = QueuedJob>>(&self, call: Call<B, E>) -> Result<CompletedJob<B>, Error> {
        call.send_and_wait_blocking()
    }

    fn records(
        &self,
        call: Call<B, DownloadJob>,
        mut each: impl FnMut(ProfileRecord<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut profiles = call.profiles_blocking()?;
        while let Some(record) = profiles.next_record_blocking()? {
            each(record)?;
        }
        Ok(())
    }

    fn save(&self, call: Call<B, DownloadJob>, path: &Path) -> Result<Saved, Error> {
        call.save_blocking(path)
    }
}
