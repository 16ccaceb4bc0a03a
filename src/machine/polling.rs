//! How a wait polls its job.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::JobNotifier;
use crate::backend::MaybeSend;
use crate::error::Error;
use crate::id::JobId;
use crate::model::JobStatus;

/// How often a wait polls its job, and when it gives up.
///
/// Each pause between two polls is a random part of an interval, between half of it and all of it, so that many waits that
/// began together don't poll together.
///
/// Once a wait knows its job, an answer such as a 404 or a firewall's page doesn't end it at once. Only several such refusals
/// [in a row](Self::refusals) do. While the service is out of reach, or answers 429 or a 5xx without `success`, the wait goes on.
///
/// ```
/// use std::time::Duration;
/// use useartisan::Polling;
///
/// let [second, minute] = [1, 60].map(Duration::from_secs);
/// let polling = Polling::default()
///     .with_interval(5 * second, 5 * minute)
///     .with_deadline(24 * 60 * minute)
///     .with_refusals(5, 10 * minute);
/// assert_eq!((polling.first, polling.max), (5 * second, 5 * minute));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Polling {
    /// The first interval; each is half as long again as the one before. Notifications are ignored for this long
    /// after an answer, so that a flood of them cannot flood the service. Less than 100 milliseconds count as that.
    /// Default: 1 second.
    pub first: Duration,
    /// The longest interval. Default: 30 seconds.
    pub max: Duration,
    /// How long the wait may take. After this time there is one last poll. Default: 6 hours.
    pub deadline: Duration,
    /// How many polls in a row must be refused to end the wait. Zero counts as one. Default: 3.
    pub refusals: u32,
    /// The least time from the first of these refusals to the last. Default: 60 seconds.
    pub refusal_span: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Polling {
            first: Duration::from_secs(1),
            max: Duration::from_secs(30),
            deadline: Duration::from_secs(6 * 60 * 60),
            refusals: 3,
            refusal_span: Duration::from_secs(60),
        }
    }
}

impl Polling {
    /// Sets [`first`](Self::first) and [`max`](Self::max).
    #[must_use]
    pub fn with_interval(self, first: Duration, max: Duration) -> Self {
        Polling { first, max, ..self }
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Polling { deadline, ..self }
    }

    /// Sets [`refusals`](Self::refusals) and [`refusal_span`](Self::refusal_span).
    #[must_use]
    pub fn with_refusals(self, refusals: u32, span: Duration) -> Self {
        Polling { refusals, refusal_span: span, ..self }
    }
}

/// What a wait reports after each poll, and before the first one if its job was just started.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::sync::mpsc::channel;
/// use useartisan::JobStatus;
/// use useartisan::fake::FakeArtisan;
///
/// let client = FakeArtisan::with_sample_data().complete_jobs_after(2).client();
/// let job = client.list_jobs().send_blocking()?.remove(0);
/// let (sender, receiver) = channel();
/// let wait = client
///     .wait_for_job(&job)
///     .on_progress(move |progress| sender.send((progress.status.cloned(), progress.polls)).unwrap());
/// wait.send_blocking()?;
/// assert_eq!(receiver.iter().last(), Some((Some(JobStatus::Complete), 2)));
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct JobProgress<'a> {
    /// The id of the job.
    pub job: &'a JobId,
    /// Its status by the last good answer, if there was one.
    pub status: Option<&'a JobStatus>,
    /// How many polls there have been.
    pub polls: u32,
    /// How long the wait has lasted.
    pub elapsed: Duration,
    /// Why this poll brought no status, if it did not. The wait may still go on.
    pub error: Option<&'a Error>,
}

/// The policy, the observer and the notifier of a wait.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) polling: Polling,
    /// Whether the job was seen or started, so that a single refusal doesn't end the wait.
    pub(crate) known: bool,
    /// The lock is never contended. It makes a wait `Sync` although an observer need not be.
    observer: Option<Mutex<Box<dyn Observe>>>,
    pub(crate) notifier: Option<JobNotifier>,
}

/// Two bounds as one, so that it can be behind a pointer.
trait Observe: FnMut(&JobProgress<'_>) + MaybeSend {}
impl<F: FnMut(&JobProgress<'_>) + MaybeSend> Observe for F {}

impl Watch {
    pub(crate) fn observe(&mut self, observer: impl FnMut(&JobProgress<'_>) + MaybeSend + 'static) {
        self.observer = Some(Mutex::new(Box::new(observer)));
    }

    pub(super) fn tell(&mut self, progress: &JobProgress<'_>) {
        if let Some(observer) = &mut self.observer {
            observer.get_mut().unwrap_or_else(PoisonError::into_inner)(progress);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("polling", &self.polling)
            .field("is_observed", &self.observer.is_some())
            .field("notifier", &self.notifier)
            .finish()
    }
}

/// The methods of a type that waits for a job and has a [`Watch`] in its field `watch`.
macro_rules! watched {
    ($($head:tt)*) => {
        $($head)* {
            /// Sets how often the job is polled, and when the wait gives up.
            pub fn polling(mut self, polling: $crate::machine::polling::Polling) -> Self {
                self.watch.polling = polling;
                self
            }

            /// Calls `observer` after each poll, and before the first one if the job was just started.
            pub fn on_progress(
                mut self,
                observer: impl FnMut(&$crate::machine::JobProgress<'_>) + $crate::backend::MaybeSend + 'static,
            ) -> Self {
                self.watch.observe(observer);
                self
            }

            /// Ends each pause early when `notifier` is notified.
            pub fn notified_by(mut self, notifier: &$crate::machine::JobNotifier) -> Self {
                self.watch.notifier = Some(notifier.clone());
                self
            }
        }
    };
}
pub(crate) use watched;
