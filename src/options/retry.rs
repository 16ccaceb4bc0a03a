//! How often a call is tried.

use std::time::Duration;

/// How often and for how long a call is tried.
///
/// A request that was not sent at all is sent again. An idempotent request (RFC 9110, section 9.2.2) is also sent again
/// - after an interruption or a time-out,
/// - after a 429 or 503 from the service or from anything in front of it,
/// - after an answer from something in front of the service: 408, 499, 502, 504, 520–530, or any other 5xx whose body is
///   not the service's JSON.
///
/// A POST is never sent again once any of it may have left this machine. Its outcome is then
/// [unknown](crate::ErrorKind::OutcomeUnknown).
///
/// The wait before an attempt is what the service asks for by `Retry-After`. Otherwise it is random, between zero and a
/// bound that doubles with each attempt (full jitter). A wait that would pass the deadline is not begun.
///
/// ```
/// use std::time::Duration;
/// use useartisan::Retry;
///
/// let [second, minute] = [1, 60].map(Duration::from_secs);
/// let patient = Retry::default()
///     .with_attempts(10)
///     .with_backoff(second, 2 * minute)
///     .with_max_retry_after(10 * minute)
///     .with_deadline(60 * minute);
/// assert_eq!((patient.backoff, patient.max_backoff), (second, 2 * minute));
/// assert_eq!(Retry::none().attempts, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Retry {
    /// The most attempts, the first one included. Zero counts as one. Default: 4.
    pub attempts: u32,
    /// The longest first wait. It doubles with each attempt. Default: half a second.
    pub backoff: Duration,
    /// The longest wait after any attempt. Default: 20 seconds.
    pub max_backoff: Duration,
    /// The longest `Retry-After` that is obeyed in full; a longer one is cut to this. Default: 60 seconds.
    pub max_retry_after: Duration,
    /// The time for all attempts and waits. An open download may run longer, but is not started again later. Default:
    /// 5 minutes.
    pub deadline: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            attempts: 4,
            backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(60),
            deadline: Duration::from_secs(5 * 60),
        }
    }
}

impl Retry {
    /// One attempt, and no retries.
    #[must_use]
    pub fn none() -> Self {
        Retry::default().with_attempts(1)
    }

    /// Sets [`attempts`](Self::attempts).
    #[must_use]
    pub fn with_attempts(self, attempts: u32) -> Self {
        Retry { attempts, ..self }
    }

    /// Sets [`backoff`](Self::backoff) and [`max_backoff`](Self::max_backoff).
    #[must_use]
    pub fn with_backoff(self, backoff: Duration, max_backoff: Duration) -> Self {
        Retry { backoff, max_backoff, ..self }
    }

    /// Sets [`max_retry_after`](Self::max_retry_after).
    #[must_use]
    pub fn with_max_retry_after(self, max_retry_after: Duration) -> Self {
        Retry { max_retry_after, ..self }
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Retry { deadline, ..self }
    }
}
