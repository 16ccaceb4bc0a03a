//! Futures that are ready at once: how a blocking method shares its implementation with an async one.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::error::{Error, ErrorKind};

/// The outcome of a future that only ever waits for what blocks.
pub(crate) fn ready<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(Error::new(ErrorKind::Backend, "a blocking call returned before it was done")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocking_future_that_is_not_ready_is_an_error() {
        let error = ready(std::future::pending::<Result<(), Error>>()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Backend);
        assert_eq!(ready(async { Ok(7) }).unwrap(), 7);
    }
}
