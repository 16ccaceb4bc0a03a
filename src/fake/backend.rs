//! The fake as a backend of both kinds, in virtual time.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::artisan::FakeArtisan;
use super::body::FakeBody;
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::client::Client;
use crate::options::Timeouts;
use crate::transport_error::{TransportError, TransportErrorKind};

/// The futures are ready at once, so they run under any executor. A wait lets virtual time pass.
impl AsyncBackend for FakeArtisan {
    type Body = FakeBody;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FakeBody>, TransportError> {
        self.carry(request, timeouts)
    }

    async fn sleep(&self, duration: Duration) {
        self.sleep_now(duration);
    }

    fn now(&self) -> Duration {
        FakeArtisan::now(self)
    }

    fn seed(&self) -> u64 {
        self.next_seed()
    }
}

impl BlockingBackend for FakeArtisan {
    type Body = FakeBody;

    fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FakeBody>, TransportError> {
        self.carry(request, timeouts)
    }

    fn sleep(&self, duration: Duration) {
        self.sleep_now(duration);
    }

    fn now(&self) -> Duration {
        FakeArtisan::now(self)
    }

    fn seed(&self) -> u64 {
        self.next_seed()
    }
}

impl FakeArtisan {
    /// Makes a client of this fake, with the defaults of any client.
    ///
    /// It retries as a real client does, and the waits in between take no time. To see a fault that is retried, fail all four
    /// attempts by [`times(4)`](super::Fault::times), or turn the retries off:
    ///
    /// ```
    /// use useartisan::fake::{FakeArtisan, Fault};
    /// use useartisan::{ErrorKind, Retry};
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.fail_next(Fault::interrupted().times(4));
    /// let error = fake.client().list_apps().send_blocking().unwrap_err();
    /// assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    ///
    /// fake.fail_next(Fault::interrupted());
    /// let error = fake.client().options(Retry::none()).list_apps().send_blocking().unwrap_err();
    /// assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    /// ```
    #[must_use]
    pub fn client(&self) -> Client<FakeArtisan> {
        Client::new(self.api(), self.clone())
    }

    fn carry(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<FakeBody>, TransportError> {
        let patience = timeouts.head.min(timeouts.total);
        let reply = self.exchange(request);
        if reply.delay > patience || matches!(reply.answer, Err(TransportErrorKind::TimedOut)) {
            self.advance_time(patience);
            return Err(TransportError::timed_out(format!("no answer came within {patience:?}")));
        }
        self.advance_time(reply.delay);
        let answer =
            reply.answer.map_err(|kind| TransportError::new(kind, "a scripted fault of the fake"))?;
        let patience = timeouts.stall.min(timeouts.total.saturating_sub(reply.delay));
        Ok(answer.map(|bytes| FakeBody::new(self.clone(), bytes, reply.end, patience)))
    }

    fn sleep_now(&self, duration: Duration) {
        self.set(|state| {
            state.slept.push(duration);
            state.pass(duration);
        });
    }

    /// Counts up, so that a test has the same outcome each time.
    fn next_seed(&self) -> u64 {
        let mut state = self.state();
        state.seeds = state.seeds.wrapping_add(1);
        state.seeds
    }
}
