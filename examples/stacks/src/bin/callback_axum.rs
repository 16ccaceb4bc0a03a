//! Receives the service's callback in an axum server, and has it wake the one who waits for the job.
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
use useartisan::machine::Nudge;
use useartisan::{Api, CallbackUrl, callback};

#[path = "../../../callback_hyper/service.rs"]
mod service;

#[derive(Clone)]
struct Receiver {
    api: Api,
    nudge: Nudge,
}

/// The method and the form of a callback are undocumented, so this takes any and leaves the reading to the library.
async fn called_back(State(receiver): State<Receiver>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, callback::MAX_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    match callback::parse(&receiver.api, &Request::from_parts(head, body)) {
        // Where several jobs are waited for, `callback.job()` may say whom to nudge. It is a hint from whoever could
        // reach this server: the waiter asks the service, and believes that.
        Ok(_) => {
            receiver.nudge.nudge();
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakeArtisan::with_sample_data();
    let nudge = Nudge::new();

    let receiver = Receiver { api: fake.api(), nudge: nudge.clone() };
    let routes = Router::new().route("/artisan/done", any(called_back)).with_state(receiver);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = CallbackUrl::new(format!("http://{}/artisan/done", listener.local_addr()?))?;
    tokio::spawn(axum::serve(listener, routes).into_future());

    service::export(fake, url, &nudge).await
}
