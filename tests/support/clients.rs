//! The three backends behind one type.

use std::path::Path;

use bytes::Bytes;
use http::Response;
use tokio::runtime::Runtime;
use useartisan::backends::{Saved, Timed, hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, BoxedBlockingBackend, CallOptions, Client, Endpoint, Error, JobId, Retry, Timeouts};

use super::canary;
use super::server::Server;

pub const NAMES: [&str; 3] = ["reqwest", "ureq", "hyper"];

/// One of the three, async or blocking.
pub enum Backend {
    Async(&'static str, Runtime, Client),
    Blocking(&'static str, Client<BoxedBlockingBackend>),
}

pub fn api(base_url: &str) -> Api {
    Api::builder(base_url).credentials(canary::credentials()).build().unwrap()
}

impl Server {
    pub fn api(&self) -> Api {
        api(&format!("http://{}", self.address()))
    }

    pub fn backends(&self) -> [Backend; 3] {
        Backend::all(&self.api())
    }
}

impl Backend {
    pub fn all(api: &Api) -> [Self; 3] {
        [
            Backend::reqwest(api, Reqwest::new().unwrap()),
            Backend::ureq(api, Ureq::new().unwrap()),
            Backend::hyper(api, Hyper::new().unwrap()),
        ]
    }

    pub fn reqwest(api: &Api, reqwest: Timed<Reqwest>) -> Self {
        Backend::Async("reqwest", runtime(), Client::new(api.clone(), reqwest).options(Retry::none()).boxed())
    }

    pub fn hyper(api: &Api, hyper: Timed<Hyper>) -> Self {
        Backend::Async("hyper", runtime(), Client::new(api.clone(), hyper).options(Retry::none()).boxed())
    }

    pub fn ureq(api: &Api, ureq: Ureq) -> Self {
        Backend::Blocking("ureq", Client::new(api.clone(), ureq).options(Retry::none()).boxed_blocking())
    }

    pub fn name(&self) -> &'static str {
        match self {
            Backend::Async(name, ..) | Backend::Blocking(name, _) => name,
        }
    }

    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        let options = CallOptions::from(timeouts).with_download_timeouts(timeouts);
        match self {
            Backend::Async(name, runtime, client) => Backend::Async(name, runtime, client.options(options)),
            Backend::Blocking(name, client) => Backend::Blocking(name, client.options(options)),
        }
    }

    pub fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.call(endpoint).send()),
            Backend::Blocking(_, client) => client.call(endpoint).send_blocking(),
        }
    }

    pub fn send_raw<E: Endpoint>(&self, endpoint: E) -> Result<Response<Bytes>, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.call(endpoint).send_raw()),
            Backend::Blocking(_, client) => client.call(endpoint).send_raw_blocking(),
        }
    }

    /// A download, read whole.
    pub fn bytes(&self, limit: usize) -> Result<Bytes, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.download_job(job()).bytes(limit)),
            Backend::Blocking(_, client) => client.download_job(job()).bytes_blocking(limit),
        }
    }

    /// A download, read record by record: the users' ages.
    pub fn records(&self) -> Result<Vec<Option<u32>>, Error> {
        let mut ages = Vec::new();
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(async {
                let mut profiles = client.download_job(job()).profiles().await?;
                while let Some(record) = profiles.next_record().await? {
                    ages.push(record.age()?);
                }
                Ok::<(), Error>(())
            })?,
            Backend::Blocking(_, client) => {
                let mut profiles = client.download_job(job()).profiles_blocking()?;
                while let Some(record) = profiles.next_record_blocking()? {
                    ages.push(record.age()?);
                }
            }
        }
        Ok(ages)
    }

    /// A download, read piece by piece.
    pub fn chunks(&self) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(async {
                let mut download = client.download_job(job()).open().await?;
                while let Some(chunk) = download.next_chunk().await? {
                    whole.extend_from_slice(&chunk);
                }
                Ok::<(), Error>(())
            })?,
            Backend::Blocking(_, client) => {
                let mut download = client.download_job(job()).open_blocking()?;
                while let Some(chunk) = download.next_chunk_blocking()? {
                    whole.extend_from_slice(&chunk);
                }
            }
        }
        Ok(whole)
    }

    /// A download, saved.
    pub fn save(&self, path: &Path) -> Result<Saved, Error> {
        match self {
            Backend::Async(_, runtime, client) => runtime.block_on(client.download_job(job()).save(path)),
            Backend::Blocking(_, client) => client.download_job(job()).save_blocking(path),
        }
    }
}

pub fn job() -> JobId {
    JobId::from_static("5584")
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
