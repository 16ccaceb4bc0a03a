//! The bare clients, as a user would write a call by hand: a URL and four headers from texts, one time-out, the body read whole,
//! and a derive for the answer.

use std::hint::black_box;
use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::timeout;

use super::load::{AsyncClient, BlockingClient, Call};
use super::server::JOB;

/// The header with the secret key is a `format!`.
const PUBLIC: &str = "public";
const SECRET: &str = "secret";
const JSON: &str = "application/json";

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
struct Job {
    #[serde(alias = "_id")]
    id: String,
    status: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    created_at: Option<Timestamp>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    description: Option<String>,
    identifier: Option<String>,
    organization_id: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be read into")]
struct Jobs {
    jobs: Vec<Job>,
}

fn url(base: &str, call: Call) -> String {
    match call {
        Call::GetJob => format!("{base}/public/api/jobs/{JOB}"),
        Call::ListJobs | Call::RawJobs => format!("{base}/public/api/jobs"),
    }
}

fn download_url(base: &str) -> String {
    format!("{base}/public/api/jobs/{JOB}/download")
}

fn token() -> String {
    format!("Token token=\"{SECRET}\"")
}

fn read(call: Call, body: &[u8]) {
    match call {
        Call::GetJob => drop(black_box(serde_json::from_slice::<Job>(body).unwrap())),
        Call::ListJobs => drop(black_box(serde_json::from_slice::<Jobs>(body).unwrap())),
        Call::RawJobs => {
            black_box(body);
        }
    }
}

/// The time-out of a whole call. `None` means no time-out.
pub(super) type Patience = Option<Duration>;

#[derive(Clone)]
pub(super) struct BareReqwest {
    client: reqwest::Client,
    base: String,
}

impl BareReqwest {
    pub(super) fn new(base: &str, patience: Patience) -> Self {
        let builder = reqwest::Client::builder().no_proxy();
        let builder = match patience {
            Some(patience) => builder.timeout(patience),
            None => builder,
        };
        BareReqwest { client: builder.build().unwrap(), base: base.into() }
    }

    async fn get(&self, url: String) -> reqwest::Response {
        self.client
            .get(url)
            .header("authorization", token())
            .header("public-api-key", PUBLIC)
            .header("accept-encoding", JSON)
            .header("content-type", JSON)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap()
    }
}

impl AsyncClient for BareReqwest {
    async fn call(&self, call: Call) {
        let body = self.get(url(&self.base, call)).await.bytes().await.unwrap();
        read(call, &body);
    }

    async fn download(&self) {
        let mut response = self.get(download_url(&self.base)).await;
        while let Some(piece) = response.chunk().await.unwrap() {
            black_box(piece);
        }
    }
}

#[derive(Clone)]
pub(super) struct BareHyper {
    client: Client<HttpConnector, Empty<Bytes>>,
    base: String,
    patience: Patience,
}

impl BareHyper {
    pub(super) fn new(base: &str, patience: Patience) -> Self {
        BareHyper { client: Client::builder(TokioExecutor::new()).build_http(), base: base.into(), patience }
    }

    async fn patiently<T>(&self, work: impl Future<Output = T>) -> T {
        match self.patience {
            Some(patience) => timeout(patience, work).await.unwrap(),
            None => work.await,
        }
    }

    async fn get(&self, url: String) -> hyper::body::Incoming {
        let request = Request::get(url)
            .header("authorization", token())
            .header("public-api-key", PUBLIC)
            .header("accept-encoding", JSON)
            .header("content-type", JSON)
            .body(Empty::new())
            .unwrap();
        let response = self.client.request(request).await.unwrap();
        assert!(response.status().is_success());
        response.into_body()
    }
}

impl AsyncClient for BareHyper {
    async fn call(&self, call: Call) {
        let answer = async { self.get(url(&self.base, call)).await.collect().await.unwrap().to_bytes() };
        read(call, &self.patiently(answer).await);
    }

    async fn download(&self) {
        let reading = async {
            let mut body = self.get(download_url(&self.base)).await;
            while let Some(frame) = body.frame().await {
                black_box(frame.unwrap());
            }
        };
        self.patiently(reading).await;
    }
}

#[derive(Clone)]
pub(super) struct BareUreq {
    agent: ureq::Agent,
    base: String,
}

impl BareUreq {
    pub(super) fn new(base: &str, patience: Patience) -> Self {
        // It also covers the look-up of the name. ureq then makes a thread for that.
        let config = ureq::Agent::config_builder().proxy(None).timeout_global(patience);
        // By default ureq keeps three connections to a host.
        let config = config.max_idle_connections(64).max_idle_connections_per_host(64);
        BareUreq { agent: config.build().new_agent(), base: base.into() }
    }

    fn get(&self, url: String) -> ureq::Body {
        self.agent
            .get(url)
            .header("authorization", token())
            .header("public-api-key", PUBLIC)
            .header("accept-encoding", JSON)
            .header("content-type", JSON)
            .call()
            .unwrap()
            .into_body()
    }
}

impl BlockingClient for BareUreq {
    fn call(&self, call: Call) {
        read(call, &self.get(url(&self.base, call)).read_to_vec().unwrap());
    }

    fn download(&self) {
        let mut reader = self.get(download_url(&self.base)).into_reader();
        let mut piece = vec![0; 64 << 10];
        while reader.read(black_box(&mut piece)).unwrap() > 0 {}
    }
}
