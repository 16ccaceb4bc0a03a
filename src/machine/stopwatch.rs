//! Elapsed time by a clock that may jump.

use std::time::Duration;

/// Adds up how far the clock goes forward from step to step. A jump back counts as no time, so the sum never becomes less.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stopwatch {
    last: Option<Duration>,
    elapsed: Duration,
}

impl Stopwatch {
    /// Takes the time of the clock. The first call is the start.
    pub(super) fn tell(&mut self, now: Duration) {
        let step = now.saturating_sub(self.last.replace(now).unwrap_or(now));
        self.elapsed = self.elapsed.saturating_add(step);
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
