//! Futures that are ready at the first poll, so that a blocking method can share an async implementation.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::error::{Error, ErrorKind};

/// The output of a future that blocks instead of waiting.
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
