//! The fake as a backend of both kinds, in virtual time.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::artisan::FakeArtisan;
use super::body::FakeBody;
use crate::backend::{AsyncBackend, BlockingBackend};
use crate::client::Client;
use crate::options::{Retry, Timeouts};
use crate::transport_error::{TransportError, TransportErrorKind};

/// Its futures are ready at once, so they run under any executor; waiting lets virtual time pass.
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
    /// A client of this fake. It tries each call once, so that a fault shows: retries are for
    /// [`Client::options`] to turn on.
    #[must_use]
    pub fn client(&self) -> Client<FakeArtisan> {
        Client::new(self.api(), self.clone()).options(Retry::none())
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

    /// Not random, so that a test comes out the same each time: it counts.
    fn next_seed(&self) -> u64 {
        let mut state = self.state();
        state.seeds = state.seeds.wrapping_add(1);
        state.seeds
    }
}
