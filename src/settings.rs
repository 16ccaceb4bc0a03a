//! Bounds on time and size. All are finite by default, and none cuts anything in silence.

use std::time::Duration;

use crate::machine::Retry;

/// How long to wait, for each part of a call. A backend honours all four, as far as its client lets it: reqwest's
/// has one `connect` for all calls, and ureq counts `head` from when it is connected (see their pages).
///
/// `Duration::MAX` turns one off.
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
    /// From asking for a connection until there is one, TLS included. Default: 10 seconds.
    pub connect: Duration,
    /// From sending the request until the response's head is there, connecting included. Default: 30 seconds.
    pub head: Duration,
    /// Between one piece of the body and the next. Default: 30 seconds.
    pub stall: Duration,
    /// For the whole exchange, the body included. Default: 2 minutes; for an open download, 6 hours.
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
    /// The default for a download that is read as it comes: the same, with 6 hours in total.
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
    /// The longest body that is parsed whole; a longer one is an error. Default: 10 MiB. Does not bind
    /// downloads that are read as they come.
    pub body: usize,
    /// How much of the body of a failure (any status but 2xx) is read to find the reason. Default: 64 KiB.
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
}

/// What calls are tuned by: given to a machine, and held by a [`Client`](crate::Client).
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Exchange, Settings};
/// use useartisan::{Api, Credentials, Limits, ListApps, Retry, Timeouts};
///
/// let api = Api::new(Credentials::new("public", "secret")?);
/// let settings = Settings::new()
///     .timeouts(Timeouts::default().with_total(Duration::from_secs(20)))
///     .download_timeouts(Timeouts::for_download())
///     .limits(Limits::default().with_body(64 << 20))
///     .retry(Retry::default().with_attempts(2))
///     .seed(7); // from wherever you have randomness
/// let exchange = Exchange::new(&api, ListApps::new()).settings(settings);
/// # let _ = exchange;
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Settings {
    /// `None`: the default of what is called.
    pub(crate) timeouts: Option<Timeouts>,
    /// The same for a download whose body is left to the caller.
    pub(crate) download_timeouts: Option<Timeouts>,
    pub(crate) limits: Limits,
    pub(crate) retry: Retry,
    pub(crate) seed: u64,
}

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Settings::default()
    }

    /// Sets how long each attempt of a call may take, but for open downloads.
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        Settings { timeouts: Some(timeouts), ..self }
    }

    /// Sets how long opening a download, and reading it, may take. Default: [`Timeouts::for_download`].
    pub fn download_timeouts(self, timeouts: Timeouts) -> Self {
        Settings { download_timeouts: Some(timeouts), ..self }
    }

    /// Sets how much of a body is read and kept.
    pub fn limits(self, limits: Limits) -> Self {
        Settings { limits, ..self }
    }

    /// Sets how often a call is tried.
    pub fn retry(self, retry: Retry) -> Self {
        Settings { retry, ..self }
    }

    /// Sets what the jitter of waits is drawn from. It should differ from call to call and from process to process;
    /// a client asks its backend.
    pub fn seed(self, seed: u64) -> Self {
        Settings { seed, ..self }
    }

    /// The same for another call of the same machine, whose jitter is to differ from that of the first.
    pub(crate) fn reseeded(self, call: u64) -> Self {
        Settings { seed: self.seed.wrapping_add(call), ..self }
    }
}
