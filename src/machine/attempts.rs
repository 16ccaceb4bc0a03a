//! Whether a call is sent again, and after which wait.

use std::time::Duration;

use super::stopwatch::Stopwatch;
use crate::error::Verdict;
use crate::error::{Error, ErrorKind, Sent};
use crate::options::Retry;

impl Retry {
    /// The wait after attempt number `made`, counted from 1, for a random number that is uniform over `u64`.
    fn wait(&self, made: u32, random: u64) -> Duration {
        let doubled = 1_u32.checked_shl(made.saturating_sub(1)).unwrap_or(u32::MAX);
        drawn(self.backoff.saturating_mul(doubled).min(self.max_backoff), random)
    }
}

/// A part of this duration, uniform over it if the number is uniform over `u64`.
fn drawn(bound: Duration, random: u64) -> Duration {
    let bound = bound.as_nanos().min(u128::from(u64::MAX));
    // The high half of the product is uniform over 0..=bound.
    let drawn = ((bound + 1) * u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(drawn).unwrap_or(u64::MAX))
}

/// Random numbers from a seed, so that many clients don't act at the same moment.
#[derive(Debug, Default)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) fn new(seed: u64) -> Self {
        Jitter(seed)
    }

    /// splitmix64: one addition and a mix, uniform over `u64` from any seed (Steele, Lea and Flood, 2014).
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A random part of this duration.
    pub(super) fn part_of(&mut self, bound: Duration) -> Duration {
        drawn(bound, self.next())
    }
}

/// Counts the attempts of one call, and decides whether there is another.
#[derive(Debug)]
pub(super) struct Attempts {
    policy: Retry,
    jitter: Jitter,
    stopwatch: Stopwatch,
    made: u32,
    /// The time on the stopwatch when the attempt began.
    began: Duration,
    sent: Sent,
}

impl Default for Attempts {
    fn default() -> Self {
        Attempts::new(Retry::default(), 0)
    }
}

impl Attempts {
    pub(super) fn new(policy: Retry, seed: u64) -> Self {
        Attempts {
            policy,
            jitter: Jitter::new(seed),
            stopwatch: Stopwatch::default(),
            made: 0,
            began: Duration::ZERO,
            sent: Sent::No,
        }
    }

    /// Sets those that are given.
    pub(super) fn set(&mut self, policy: Option<Retry>, seed: Option<u64>) {
        self.policy = policy.unwrap_or(self.policy);
        if let Some(seed) = seed {
            self.jitter = Jitter::new(seed);
        }
    }

    /// Takes the time of the clock.
    pub(super) fn tell(&mut self, now: Duration) {
        self.stopwatch.tell(now);
    }

    /// Begins an attempt.
    pub(super) fn begin(&mut self) {
        self.made = self.made.saturating_add(1);
        self.began = self.stopwatch.elapsed();
    }

    /// Returns the wait until the next attempt after this `error`, or the error alone if there is no other attempt.
    pub(super) fn after(&mut self, error: Error, idempotent: bool) -> Result<(Duration, Error), Error> {
        self.sent = self.sent.max(error.sent());
        let asked = error.retry_after().map(|asked| asked.min(self.policy.max_retry_after));
        let wait = asked.unwrap_or_else(|| {
            let random = self.jitter.next();
            self.policy.wait(self.made, random)
        });
        let again = may_repeat(&error, idempotent) && self.made < self.policy.attempts && wait < self.left();
        if again { Ok((wait, error)) } else { Err(error) }
    }

    /// Adds to the last `error` how many attempts there were, how long they took, and what may have been sent.
    pub(super) fn ended(&self, error: Error) -> Error {
        let sent = self.sent.max(error.sent());
        error.after_attempts(self.made, self.stopwatch.elapsed(), sent)
    }

    /// How many attempts have begun.
    pub(super) fn made(&self) -> u32 {
        self.made
    }

    /// How long they took, the waits between them included.
    pub(super) fn elapsed(&self) -> Duration {
        self.stopwatch.elapsed()
    }

    /// How long the attempt has taken.
    pub(super) fn spent(&self) -> Duration {
        self.stopwatch.elapsed().saturating_sub(self.began)
    }

    /// How much time is left.
    pub(super) fn left(&self) -> Duration {
        self.policy.deadline.saturating_sub(self.stopwatch.elapsed())
    }
}

/// Whether a call may be retried after this error.
pub(super) fn may_repeat(error: &Error, idempotent: bool) -> bool {
    match (error.kind(), error.sent()) {
        (ErrorKind::Transport, Sent::No) => true,
        _ if !idempotent => false,
        (ErrorKind::Transport | ErrorKind::TimedOut, _) => true,
        (ErrorKind::Rejected | ErrorKind::ContentCoding, _) => {
            error.verdict().is_some_and(Verdict::is_passing)
        }
        _ => false,
    }
}

/// Whether an error says that the service is out of reach, and nothing about the job.
pub(super) fn is_outage(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::TimedOut | ErrorKind::Backend => true,
        _ => error.verdict().is_some_and(Verdict::is_outage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Says;
    use crate::transport_error::TransportError;

    /// Promise 25: a wait is bounded for every number of attempts and every policy.
    #[test]
    fn a_wait_is_bounded() {
        let policies = [
            Retry::default(),
            Retry::default().with_backoff(Duration::ZERO, Duration::ZERO),
            Retry::default().with_backoff(Duration::MAX, Duration::MAX),
            Retry::default().with_backoff(Duration::from_nanos(1), Duration::MAX),
        ];
        for policy in policies {
            for made in (0..40).chain([63, 64, 65, 1000, u32::MAX - 1, u32::MAX]) {
                for random in [0, 1, u64::MAX / 2, u64::MAX] {
                    assert!(policy.wait(made, random) <= policy.max_backoff);
                }
            }
        }
        let policy = Retry::default();
        let most = |made| policy.wait(made, u64::MAX).as_millis();
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(most), [500, 1000, 2000, 4000, 8000, 16_000, 20_000]);
    }

    /// Promise 25: the jitter is seeded and uniform: each tenth of the range gets a tenth of 100,000 draws.
    #[test]
    fn jitter_is_seeded_and_even() {
        let mut attempts = Attempts::new(Retry::default(), 7);
        let mut tenths = [0_u32; 10];
        for _ in 0..100_000 {
            let random = attempts.jitter.next();
            let wait = attempts.policy.wait(1, random);
            tenths[(wait.as_nanos() * 10 / 500_000_001) as usize] += 1;
        }
        // Five standard deviations of a binomial distribution are 474.
        assert!(tenths.iter().all(|count| count.abs_diff(10_000) < 474), "{tenths:?}");
        let first = |seed| Jitter::new(seed).next();
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
        // As splitmix64 is published, from the seed 0.
        let mut zero = Jitter::new(0);
        let drawn = [(); 3].map(|()| zero.next());
        assert_eq!(drawn, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
    }

    /// Promise 26: there is no wait that leaves no time for the attempt after it.
    #[test]
    fn a_wait_leaves_time() {
        let asks = |seconds: u64| {
            let headers = http::HeaderMap::from_iter([(http::header::RETRY_AFTER, seconds.into())]);
            Error::rejected(Says::Nothing, None).with_answer(
                http::StatusCode::SERVICE_UNAVAILABLE,
                &headers,
                b"",
            )
        };
        let deadline = Duration::from_secs(30);
        let mut attempts = Attempts::new(Retry::default().with_deadline(deadline), 7);
        attempts.begin();
        let (wait, _) = attempts.after(asks(29), true).unwrap();
        assert_eq!(wait, Duration::from_secs(29));
        assert!(attempts.after(asks(30), true).is_err());
        let mut attempts = Attempts::new(Retry::default().with_max_retry_after(Duration::from_secs(5)), 7);
        attempts.begin();
        assert_eq!(attempts.after(asks(3600), true).unwrap().0, Duration::from_secs(5));
    }

    /// Promise 23: what may be repeated, by what is known of the request.
    #[test]
    fn a_post_is_repeated_only_if_it_was_not_sent() {
        let failures: [fn(&'static str) -> TransportError; 3] =
            [TransportError::not_sent, TransportError::interrupted, TransportError::timed_out];
        for (failure, get, post) in
            [(failures[0], true, true), (failures[1], true, false), (failures[2], true, false)]
        {
            assert_eq!(may_repeat(&Error::from_failure(failure("x")), true), get);
            assert_eq!(may_repeat(&Error::from_failure(failure("x")), false), post);
        }
        let other =
            Error::from_failure(TransportError::new(crate::transport_error::TransportErrorKind::Other, "x"));
        assert!(!may_repeat(&other, true));
        for (status, own, other) in [
            (429, true, true),
            (502, true, true),
            (503, true, true),
            (504, true, true),
            (500, false, true),
            (501, false, true),
            (404, false, false),
        ] {
            let status = http::StatusCode::from_u16(status).unwrap();
            for (says, get) in [(Says::Error, own), (Says::Nothing, other)] {
                let error = || Error::rejected(says, None).with_answer(status, &http::HeaderMap::new(), b"");
                assert_eq!(may_repeat(&error(), true), get, "{status}");
                assert!(!may_repeat(&error(), false), "{status}");
            }
        }
    }
}
