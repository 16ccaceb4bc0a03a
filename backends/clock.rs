//! The clock and the seeds that all backends here share.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The time since this was first asked for: monotonic.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn now() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    ORIGIN.elapsed()
}

/// Where std has no clock, time stands still: bring one by [`with_clock`](super::AsyncFn::with_clock).
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) fn now() -> Duration {
    Duration::ZERO
}

/// The hash of nothing, under keys that std draws from the system once for each thread and then counts up.
pub(super) fn seed() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_differ_and_time_does_not_run_back() {
        let (before, seeds) = (now(), [seed(), seed(), std::thread::spawn(seed).join().unwrap()]);
        assert!(seeds[0] != seeds[1] && seeds[1] != seeds[2] && seeds[0] != seeds[2], "{seeds:?}");
        assert!(now() >= before);
    }
}
