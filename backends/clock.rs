//! The clock and the source of seeds shared by the backends.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
static ORIGIN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);

/// Monotonic time since the first call.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn now() -> Duration {
    ORIGIN.elapsed()
}

/// The same by tokio's clock, which tests can pause.
#[cfg(all(
    any(feature = "reqwest", feature = "hyper", feature = "tower"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub(super) fn tokio_now() -> Duration {
    tokio::time::Instant::now().into_std().saturating_duration_since(*ORIGIN)
}

/// Where std has no clock, time stands still: bring one by [`with_clock`](super::AsyncFn::with_clock).
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) fn now() -> Duration {
    Duration::ZERO
}

/// A hash of nothing under random keys. std draws the keys from the system once per thread, then counts them up.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn seed() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_differ_and_time_does_not_run_back() {
        let (before, seeds) = (now(), [seed(), seed()]);
        assert_ne!(seeds[0], seeds[1]);
        assert!(now() >= before);
        // WASI has no threads.
        #[cfg(not(target_family = "wasm"))]
        assert!(!seeds.contains(&std::thread::spawn(seed).join().unwrap()));
    }
}
