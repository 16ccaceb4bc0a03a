//! The time-outs of an exchange, by the host's clock.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use useartisan::TransportError;

use crate::host::{self, Sleep};

/// A time-out, and when it passes.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    name: &'static str,
    after: Duration,
    at: Duration,
}

impl Deadline {
    pub(crate) fn after(name: &'static str, after: Duration) -> Self {
        Deadline { name, after, at: host::now().saturating_add(after) }
    }

    /// Whichever passes first.
    pub(crate) fn or(self, other: Self) -> Self {
        if other.at < self.at { other } else { self }
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.at <= host::now()
    }

    pub(crate) fn failure(&self) -> TransportError {
        TransportError::timed_out(format!("the time-out `{}` of {:?} passed", self.name, self.after))
    }
}

/// Waits for something until a deadline.
pub(crate) struct Patience {
    deadline: Deadline,
    sleep: Sleep,
}

impl Patience {
    pub(crate) fn until(deadline: Deadline) -> Self {
        Patience { deadline, sleep: Sleep::until(deadline.at) }
    }

    pub(crate) fn poll<F: Future + Unpin>(
        &mut self,
        future: &mut F,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, TransportError>> {
        if let Poll::Ready(output) = Pin::new(future).poll(cx) {
            return Poll::Ready(Ok(output));
        }
        ready!(Pin::new(&mut self.sleep).poll(cx));
        Poll::Ready(Err(self.deadline.failure()))
    }
}
