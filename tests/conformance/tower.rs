//! Promise 34, on tower: the suite passes over hyper-util's client, bare and under layers.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, pending, ready};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Error as HyperError};
use hyper_util::rt::TokioExecutor;
use tower::{Service, ServiceBuilder, service_fn};
use tower_http::trace::TraceLayer;
use useartisan::backends::conformance;
use useartisan::backends::tower::Tower;
use useartisan::fake::FakeArtisan;
use useartisan::{AsyncBackend, Client, ErrorKind, Retry, Sent, Timeouts, TransportErrorKind};

fn hyper() -> legacy::Client<HttpConnector, Full<Bytes>> {
    legacy::Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http()
}

fn kind(error: &(dyn Error + 'static)) -> TransportErrorKind {
    match error.downcast_ref::<HyperError>() {
        Some(error) if error.is_connect() => TransportErrorKind::NotSent,
        _ => TransportErrorKind::Interrupted,
    }
}

#[tokio::test]
async fn hyper_utils_client_conforms() {
    conformance::check(|| Tower::with_kinds(hyper(), kind)).await;
}

/// Harmless layers do not break conformance.
#[tokio::test]
async fn a_client_under_layers_conforms() {
    let layered = || {
        let layers = ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .timeout(Duration::from_secs(60))
            .concurrency_limit(16);
        Tower::with_kinds(layers.service(hyper()), kind)
    };
    conformance::check(layered).await;
}

/// Ready once, and only for the instance that was asked, as tower's contract says.
struct Permit(Poll<Result<(), &'static str>>, bool);

impl Clone for Permit {
    fn clone(&self) -> Self {
        Permit(self.0, false)
    }
}

impl Service<Request<Full<Bytes>>> for Permit {
    type Response = Response<Full<Bytes>>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.1 = self.0.is_ready();
        self.0.map_err(Into::into)
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.1), "called without being ready");
        ready(Ok(Response::new(Full::from(r#"{"apps":[]}"#))))
    }
}

async fn sent_by<B: AsyncBackend>(backend: B) -> Result<usize, (ErrorKind, Sent)> {
    let client = Client::new(FakeArtisan::new().api(), backend).options(Retry::none());
    let timeouts = Timeouts::default().with_connect(Duration::from_secs(1)).with_head(Duration::from_secs(5));
    let outcome = client.list_apps().options(timeouts).send().await;
    outcome.map(|apps| apps.len()).map_err(|error| (error.kind(), error.sent()))
}

/// Before it was ready, no request was sent. After that nothing is known, unless the user's function says so.
#[tokio::test(start_paused = true)]
async fn a_failure_says_whether_the_request_may_have_been_sent() {
    assert_eq!(sent_by(Tower::new(Permit(Poll::Ready(Ok(())), false))).await, Ok(0));
    for unready in [Poll::Ready(Err("closed")), Poll::Pending] {
        let outcome = sent_by(Tower::new(Permit(unready, false))).await;
        assert_eq!(outcome, Err((ErrorKind::Transport, Sent::No)), "{unready:?}");
    }
    let broken = service_fn(async |_: Request<Full<Bytes>>| Err::<Response<Full<Bytes>>, _>("broken"));
    assert_eq!(sent_by(Tower::new(broken)).await, Err((ErrorKind::Transport, Sent::Maybe)));
    let refused = Tower::with_kinds(broken, |_| TransportErrorKind::NotSent);
    assert_eq!(sent_by(refused).await, Err((ErrorKind::Transport, Sent::No)));
    let silent = service_fn(async |_: Request<Full<Bytes>>| {
        pending::<Result<Response<Full<Bytes>>, Infallible>>().await
    });
    assert_eq!(sent_by(Tower::new(silent)).await, Err((ErrorKind::TimedOut, Sent::Maybe)));
}
