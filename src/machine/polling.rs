//! How a job is waited for.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Nudge;
use crate::backend::MaybeSend;
use crate::{JobId, JobStatus};

/// How often a job is asked for while it is waited for.
///
/// ```
/// use std::time::Duration;
/// use useartisan::Polling;
///
/// let [second, minute] = [1, 60].map(Duration::from_secs);
/// let polling = Polling::default().with_interval(5 * second, 5 * minute).with_deadline(24 * 60 * minute);
/// assert_eq!((polling.first, polling.max), (5 * second, 5 * minute));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Polling {
    /// The first interval; each is half as long again as the one before. A nudge is not heeded sooner than this
    /// after the last answer, so that a flood of them is none of requests. Less than 100 milliseconds count as that.
    /// Default: 1 second.
    pub first: Duration,
    /// What the interval grows to at most. Default: 30 seconds.
    pub max: Duration,
    /// For all of it: when it passes, the job is asked for one last time. Default: 6 hours.
    pub deadline: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Polling {
            first: Duration::from_secs(1),
            max: Duration::from_secs(30),
            deadline: Duration::from_secs(6 * 60 * 60),
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
}

/// What an observer of a wait is told after each answer.
///
/// ```
/// # #[cfg(feature = "fake")] {
/// use std::sync::mpsc::channel;
/// use useartisan::fake::FakeArtisan;
/// use useartisan::{JobStatus, Wait};
///
/// let client = FakeArtisan::with_sample_data().complete_jobs_after(2).client();
/// let job = client.list_jobs().send_blocking()?.remove(0);
/// let (tell, told) = channel();
/// let wait = Wait::new().observe(move |waiting| tell.send(waiting.clone()).unwrap());
/// client.wait_for_job(&job).waiting(wait).send_blocking()?;
/// let last = told.iter().last().unwrap();
/// assert_eq!((&last.job, last.status, last.polls), (job.id(), JobStatus::Complete, 2));
/// # }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Waiting {
    /// The job that is waited for.
    pub job: JobId,
    /// How far it is.
    pub status: JobStatus,
    /// How often it was asked for and told.
    pub polls: u32,
    /// How long the wait has been.
    pub elapsed: Duration,
}

/// How a job is waited for: how often it is asked for, who is told, and what ends a pause early.
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::Nudge;
/// use useartisan::{Polling, Wait};
///
/// let nudge = Nudge::new(); // to be given by the server that receives callbacks
/// let wait = Wait::new()
///     .polling(Polling::default().with_deadline(Duration::from_secs(3600)))
///     .observe(|waiting| println!("{} is {}", waiting.job, waiting.status))
///     .nudged_by(&nudge);
/// # let _ = wait;
/// ```
#[derive(Default)]
pub struct Wait {
    pub(super) polling: Polling,
    /// Behind a lock that nobody takes: so a wait is `Sync`, though an observer need not be.
    observer: Option<Mutex<Box<dyn Observe>>>,
    pub(super) nudge: Option<Nudge>,
}

/// One bound of two, so that it can be behind a pointer.
trait Observe: FnMut(&Waiting) + MaybeSend {}
impl<F: FnMut(&Waiting) + MaybeSend> Observe for F {}

impl Wait {
    /// With the default intervals and deadline, and without an observer.
    #[must_use]
    pub fn new() -> Self {
        Wait::default()
    }

    /// Sets how often the job is asked for, and for how long in all.
    #[must_use]
    pub fn polling(self, polling: Polling) -> Self {
        Wait { polling, ..self }
    }

    /// Has `observer` told what each answer says.
    #[must_use]
    pub fn observe(self, observer: impl FnMut(&Waiting) + MaybeSend + 'static) -> Self {
        Wait { observer: Some(Mutex::new(Box::new(observer))), ..self }
    }

    /// Has `nudge` end each pause early.
    #[must_use]
    pub fn nudged_by(self, nudge: &Nudge) -> Self {
        Wait { nudge: Some(nudge.clone()), ..self }
    }

    pub(super) fn tell(&mut self, told: &Waiting) {
        if let Some(observer) = &mut self.observer {
            observer.get_mut().unwrap_or_else(PoisonError::into_inner)(told);
        }
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("polling", &self.polling)
            .field("is_observed", &self.observer.is_some())
            .field("nudge", &self.nudge)
            .finish()
    }
}
