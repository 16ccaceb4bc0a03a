//! Limits on time and size. All are finite by default, and none truncates silently.

mod retry;

use std::time::Duration;

pub use retry::Retry;

/// How long each part of a call may take. `Duration::MAX` turns a time-out off.
///
/// A backend keeps all four as far as its HTTP client allows. reqwest has one `connect` for all calls, and ureq counts
/// `head` from the moment it is connected; see their pages.
///
/// ```
/// use std::time::Duration;
/// use useartisan::Timeouts;
///
/// let [five, minute] = [5, 60].map(Duration::from_secs);
/// let quick = Timeouts::default().with_connect(five).with_head(five).with_total(minute);
/// assert_eq!((quick.head, quick.stall), (five, Duration::from_secs(30)));
/// let patient = Timeouts::for_download().with_stall(minute);
/// assert_eq!(patient.total, Duration::from_secs(6 * 60 * 60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Timeouts {
    /// Opening a connection, TLS included. Default: 10 seconds.
    pub connect: Duration,
    /// From the start of the exchange until the response's head arrives, connecting included. Default: 30 seconds.
    pub head: Duration,
    /// Between two pieces of the body. Default: 30 seconds.
    pub stall: Duration,
    /// The whole exchange, the body included. Default: 2 minutes; for an open download, 6 hours.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            total: Duration::from_secs(2 * 60),
        }
    }
}

impl Timeouts {
    /// The default for a download that is read as it arrives: 6 hours in total, and otherwise the same.
    #[must_use]
    pub fn for_download() -> Self {
        Timeouts::default().with_total(Duration::from_secs(6 * 60 * 60))
    }

    /// Sets [`connect`](Self::connect).
    #[must_use]
    pub fn with_connect(self, connect: Duration) -> Self {
        Timeouts { connect, ..self }
    }

    /// Sets [`head`](Self::head).
    #[must_use]
    pub fn with_head(self, head: Duration) -> Self {
        Timeouts { head, ..self }
    }

    /// Sets [`stall`](Self::stall).
    #[must_use]
    pub fn with_stall(self, stall: Duration) -> Self {
        Timeouts { stall, ..self }
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub fn with_total(self, total: Duration) -> Self {
        Timeouts { total, ..self }
    }
}

/// How much of a body is read and kept, in bytes.
///
/// ```
/// use useartisan::Limits;
///
/// let limits = Limits::default().with_body(1 << 20).with_error_body(4096).with_kept_body(0);
/// assert_eq!((limits.body, limits.kept_body), (1_048_576, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body that is parsed whole. A longer one is an error. Default: 10 MiB; on 32 bits, 1 GiB at most. It does
    /// not bind downloads that are read as they arrive.
    pub body: usize,
    /// How much of a failure's body (any status but 2xx) is read to find the reason. Default: 64 KiB.
    pub error_body: usize,
    /// How much of a body an [`Error`](crate::Error) keeps. Default: 4 KiB.
    pub kept_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { body: 10 * 1024 * 1024, error_body: 64 * 1024, kept_body: crate::error::KEPT_BODY }
    }
}

impl Limits {
    /// Sets [`body`](Self::body).
    #[must_use]
    pub fn with_body(self, body: usize) -> Self {
        Limits { body, ..self }
    }

    /// Sets [`error_body`](Self::error_body).
    #[must_use]
    pub fn with_error_body(self, error_body: usize) -> Self {
        Limits { error_body, ..self }
    }

    /// Sets [`kept_body`](Self::kept_body).
    #[must_use]
    pub fn with_kept_body(self, kept_body: usize) -> Self {
        Limits { kept_body, ..self }
    }

    /// The same, but no more than fits in memory.
    pub(crate) fn in_memory(self) -> Self {
        Limits { body: self.body.min(IN_MEMORY), error_body: self.error_body.min(IN_MEMORY), ..self }
    }
}

/// The most bytes that are collected: 1 GiB on 32 bits. A `Vec` may hold `isize::MAX`, and doubles as it grows.
pub(crate) const IN_MEMORY: usize = isize::MAX as usize / 2;

/// The time-outs, limits and retries of a call.
///
/// A call's own options come first, then those of the [`Client`](crate::Client), then the defaults. A client, a call, a
/// wait and a [machine](crate::machine) each have a method `options`, which also accepts a single [`Timeouts`],
/// [`Limits`] or [`Retry`].
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::time::Duration;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{CallOptions, Limits, Retry, Timeouts};
///
/// let options = CallOptions::default()
///     .with_timeouts(Timeouts::default().with_total(Duration::from_secs(20)))
///     .with_download_timeouts(Timeouts::for_download().with_stall(Duration::from_secs(60)))
///     .with_limits(Limits::default().with_body(64 << 20))
///     .with_retry(Retry::default().with_attempts(10))
///     .with_seed(7); // the same jitter each time, for a test
/// let client = FakeArtisan::with_sample_data().client().options(options);
///
/// let apps = client.list_apps().options(Retry::none()).send_blocking()?; // the rest as set above
/// assert_eq!(apps.len(), 2);
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long each attempt may take, except for an open download. Default: the
    /// [endpoint's](crate::Endpoint::timeouts).
    pub timeouts: Option<Timeouts>,
    /// How long opening and reading a download may take. Default: [`Timeouts::for_download`]. A call that sets only
    /// `timeouts` uses them for its download too.
    pub download_timeouts: Option<Timeouts>,
    /// How much of a body is read and kept. Default: [`Limits::default`].
    pub limits: Option<Limits>,
    /// How often a call is tried. Default: [`Retry::default`].
    pub retry: Option<Retry>,
    /// The seed of all jitter; set it in tests. If many calls or processes share a seed, they retry at the same moments.
    /// Default: a client asks its backend for one, and a machine driven by hand has 0.
    pub seed: Option<u64>,
}

impl CallOptions {
    /// Sets [`timeouts`](Self::timeouts).
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        CallOptions { timeouts: Some(timeouts), ..self }
    }

    /// Sets [`download_timeouts`](Self::download_timeouts).
    #[must_use]
    pub fn with_download_timeouts(self, timeouts: Timeouts) -> Self {
        CallOptions { download_timeouts: Some(timeouts), ..self }
    }

    /// Sets [`limits`](Self::limits).
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        CallOptions { limits: Some(limits), ..self }
    }

    /// Sets [`retry`](Self::retry).
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        CallOptions { retry: Some(retry), ..self }
    }

    /// Sets [`seed`](Self::seed).
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        CallOptions { seed: Some(seed), ..self }
    }

    /// Returns `given`, with these options wherever it sets none.
    pub(crate) fn with_all(self, given: CallOptions) -> Self {
        CallOptions {
            timeouts: given.timeouts.or(self.timeouts),
            download_timeouts: given.download_timeouts.or(self.download_timeouts),
            limits: given.limits.or(self.limits),
            retry: given.retry.or(self.retry),
            seed: given.seed.or(self.seed),
        }
    }

    /// Does the same for one call, whose `timeouts` also hold for its download.
    pub(crate) fn with_call(self, given: CallOptions) -> Self {
        let download_timeouts = given.download_timeouts.or(given.timeouts);
        self.with_all(CallOptions { download_timeouts, ..given })
    }

    /// Sets the seed if there is none.
    pub(crate) fn seeded(self, seed: u64) -> Self {
        CallOptions { seed: self.seed.or(Some(seed)), ..self }
    }
}

impl From<Timeouts> for CallOptions {
    fn from(timeouts: Timeouts) -> Self {
        CallOptions::default().with_timeouts(timeouts)
    }
}

impl From<Limits> for CallOptions {
    fn from(limits: Limits) -> Self {
        CallOptions::default().with_limits(limits)
    }
}

impl From<Retry> for CallOptions {
    fn from(retry: Retry) -> Self {
        CallOptions::default().with_retry(retry)
    }
}
