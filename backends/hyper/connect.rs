//! The time-out `connect`.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use tokio::time::timeout;
use tower_service::Service;

use super::BoxError;

tokio::task_local! {
    /// The time-out `connect` of the request that is sent.
    pub(super) static CONNECT: Duration;
}

/// A connector that keeps the time-out `connect` of the request it connects for.
///
/// hyper-util calls the connector while it polls the future of that request, so the time-out is at hand as a task-local. A
/// pooled connection does not pass through a connector.
#[derive(Clone, Debug)]
pub(super) struct InTime<C>(pub(super) C);

impl<C> Service<Uri> for InTime<C>
where
    C: Service<Uri, Future: Send + 'static, Error: Into<BoxError>>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let limit = CONNECT.try_with(|limit| *limit).unwrap_or(Duration::MAX);
        let connecting = timeout(limit, self.0.call(to));
        Box::pin(async move {
            match connecting.await {
                Ok(outcome) => outcome.map_err(Into::into),
                Err(_) => Err(format!("the time-out `connect` of {limit:?} passed").into()),
            }
        })
    }
}
