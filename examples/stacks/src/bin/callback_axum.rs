//! Receives the service's callback in an axum server, and notifies the wait for the job.
//!
//! ```text
//! cargo run -p useartisan-stacks --bin callback_axum
//! ```

use std::error::Error;
use std::future::IntoFuture;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::any;
use tokio::net::TcpListener;
use useartisan::fake::FakeArtisan;
use useartisan::{Api, CallbackUrl, JobNotifier, callback};

#[path = "../../../callback_hyper/service.rs"]
mod service;

#[derive(Clone)]
struct Receiver {
    api: Api,
    notifier: JobNotifier,
}

/// The method and the form of a callback are undocumented. So this accepts any, and the library parses it.
async fn called_back(State(receiver): State<Receiver>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, callback::MAX_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    match callback::parse(&receiver.api, &Request::from_parts(head, body)) {
        // If several jobs are waited for, `callback.job()` may tell which wait to notify. Anyone who reaches this server
        // can send a callback. So it is only a hint, and the wait asks the service.
        Ok(_) => {
            receiver.notifier.notify();
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakeArtisan::with_sample_data();
    let notifier = JobNotifier::new();

    let receiver = Receiver { api: fake.api(), notifier: notifier.clone() };
    let routes = Router::new().route("/artisan/done", any(called_back)).with_state(receiver);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = CallbackUrl::new(format!("http://{}/artisan/done", listener.local_addr()?))?;
    tokio::spawn(axum::serve(listener, routes).into_future());

    service::export(fake, url, &notifier).await
}
