//! Receives the service's callback in a server on plain hyper, and notifies the wait for the job.
//!
//! ```text
//! cargo run --features fake --example callback_hyper
//! ```

use std::convert::Infallible;
use std::error::Error;

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use useartisan::fake::FakeArtisan;
use useartisan::{Api, CallbackUrl, JobNotifier, callback};

mod service;

/// The method and the form of a callback are undocumented. So this accepts any, and the library parses it.
async fn called_back(api: &Api, notifier: &JobNotifier, request: Request<Incoming>) -> StatusCode {
    if request.uri().path() != "/artisan/done" {
        return StatusCode::NOT_FOUND;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, callback::MAX_BODY).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    match callback::parse(api, &Request::from_parts(head, body.to_bytes())) {
        // If several jobs are waited for, `callback.job()` may tell which wait to notify. Anyone who reaches this server
        // can send a callback. So it is only a hint, and the wait asks the service.
        Ok(_) => {
            notifier.notify();
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

async fn serve(listener: TcpListener, api: Api, notifier: JobNotifier) {
    while let Ok((socket, _)) = listener.accept().await {
        let (api, notifier) = (api.clone(), notifier.clone());
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let (api, notifier) = (&api, &notifier);
                async move {
                    let mut response = Response::new(Empty::<Bytes>::new());
                    *response.status_mut() = called_back(api, notifier, request).await;
                    Ok::<_, Infallible>(response)
                }
            });
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await {
                eprintln!("a connection has ended in an error: {error}");
            }
        });
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakeArtisan::with_sample_data();
    let notifier = JobNotifier::new();

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = CallbackUrl::new(format!("http://{}/artisan/done", listener.local_addr()?))?;
    tokio::spawn(serve(listener, fake.api(), notifier.clone()));

    service::export(fake, url, &notifier).await
}
