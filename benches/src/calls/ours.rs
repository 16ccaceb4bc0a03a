//! The same calls by this crate, over any backend.

use std::hint::black_box;

use useartisan::backends::{Timed, hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Api, AsyncBackend, BlockingBackend, Client, Credentials, JobId};

use super::load::{AsyncClient, BlockingClient, Call};
use super::server::JOB;

pub(super) fn reqwest(base: &str) -> Client<Timed<Reqwest>> {
    Client::new(api(base), Reqwest::new().unwrap())
}

pub(super) fn hyper(base: &str) -> Client<Timed<Hyper>> {
    Client::new(api(base), Hyper::new().unwrap())
}

pub(super) fn ureq(base: &str) -> Client<Ureq> {
    // As many connections as the bare one.
    let configured =
        Ureq::configure(|config| config.max_idle_connections(64).max_idle_connections_per_host(64));
    Client::new(api(base), configured.unwrap())
}

fn api(base: &str) -> Api {
    Api::builder(base).credentials(Credentials::new("public", "secret").unwrap()).build().unwrap()
}

/// By an id made beforehand, like the `&str` in the calls by hand.
const ID: JobId = JobId::from_static(JOB);

impl<B: AsyncBackend<Body: Send> + Send + 'static> AsyncClient for Client<B> {
    async fn call(&self, call: Call) {
        match call {
            Call::GetJob => drop(black_box(self.get_job(ID).send().await.unwrap())),
            Call::ListJobs => drop(black_box(self.list_jobs().send().await.unwrap())),
            Call::RawJobs => drop(black_box(self.list_jobs().send_raw().await.unwrap())),
        }
    }

    async fn download(&self) {
        let mut profiles = self.download_job(ID).profiles().await.unwrap();
        while let Some(record) = profiles.next_record().await.unwrap() {
            black_box(record);
        }
    }
}

impl<B: BlockingBackend + Send + Sync + 'static> BlockingClient for Client<B> {
    fn call(&self, call: Call) {
        match call {
            Call::GetJob => drop(black_box(self.get_job(ID).send_blocking().unwrap())),
            Call::ListJobs => drop(black_box(self.list_jobs().send_blocking().unwrap())),
            Call::RawJobs => drop(black_box(self.list_jobs().send_raw_blocking().unwrap())),
        }
    }

    fn download(&self) {
        let mut profiles = self.download_job(ID).profiles_blocking().unwrap();
        while let Some(record) = profiles.next_record_blocking().unwrap() {
            black_box(record);
        }
    }
}
