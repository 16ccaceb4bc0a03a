//! Time that has passed, by a clock that is not trusted.

use std::time::Duration;

/// Adds up how far the clock has gone forward from step to step. A clock that jumps back counts as one that
/// stands, so what has passed never becomes less.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stopwatch {
    last: Option<Duration>,
    elapsed: Duration,
}

impl Stopwatch {
    /// Notes what the clock says now; the first time is the start.
    pub(super) fn tell(&mut self, now: Duration) {
        let step = now.saturating_sub(self.last.replace(now).unwrap_or(now));
        self.elapsed = self.elapsed.saturating_add(step);
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
