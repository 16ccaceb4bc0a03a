//! tower's layers around a client: a time-out, a limit on concurrent calls, and a trace of each.
//!
//! ```text
//! cargo run --all-features --example tower_layers
//! ```
//!
//! The service in memory answers behind a socket. `examples/stacks/tests/router.rs` shows the other way round: an axum
//! `Router` in its place, without a socket.

#[path = "../tests/support/loopback.rs"]
pub mod loopback;
#[path = "../tests/support/server.rs"]
pub mod server;

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::{self, Error as HyperError};
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Builder;
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;
use useartisan::backends::tower::Tower;
use useartisan::fake::FakeArtisan;
use useartisan::{Api, Client, JobStatus, TransportErrorKind};

use loopback::Loopback;

fn main() -> Result<(), Box<dyn Error>> {
    let server = Loopback::serve(&FakeArtisan::with_sample_data())?;
    Builder::new_current_thread().enable_all().build()?.block_on(show(server.api()?))
}

async fn show(api: Api) -> Result<(), Box<dyn Error>> {
    let hyper = legacy::Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
    let trace = TraceLayer::new_for_http()
        .on_request(|request: &Request<Full<Bytes>>, _: &_| {
            println!("→ {} {}", request.method(), request.uri().path());
        })
        .on_response(|response: &Response<_>, took: Duration, _: &_| {
            println!("← {} after {took:?}", response.status());
        });
    let layered = ServiceBuilder::new()
        .layer(trace)
        .timeout(Duration::from_secs(40))
        .concurrency_limit(4)
        .service(hyper);
    // Lets the core send a request again: nothing of it was sent.
    let backend = Tower::with_kinds(layered, |error| match error.downcast_ref::<HyperError>() {
        Some(error) if error.is_connect() => TransportErrorKind::NotSent,
        _ => TransportErrorKind::Interrupted,
    });

    let client = Client::new(api, backend);
    for app in client.list_apps().send().await? {
        println!("app {}: {}", app.id(), app.name());
    }
    let jobs = client.list_jobs().status(JobStatus::Complete).send().await?;
    let mut profiles = client.download_job(jobs.first().ok_or("no job is complete")?).profiles().await?;
    while let Some(profile) = profiles.next_record().await? {
        println!("  {:?} is {:?}", profile.artisan_id(), profile.age()?);
    }
    Ok(())
}
