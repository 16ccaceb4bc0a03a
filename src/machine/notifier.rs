//! Ends the pause of a wait early.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Tells a wait that its job may have finished, so that it polls at once: for example, when a callback has arrived.
///
/// Clones share one notification. It is kept until a wait takes it, and several before that count as one. Give each wait its own
/// notifier, because only one wait takes a notification.
///
/// ```
/// use useartisan::JobNotifier;
///
/// let notifier = JobNotifier::new();
/// let for_the_server = notifier.clone();
/// for_the_server.notify();
/// assert!(notifier.take());
/// assert!(!notifier.take());
/// ```
#[derive(Clone, Debug, Default)]
pub struct JobNotifier(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    notified: bool,
    waker: Option<Waker>,
}

impl JobNotifier {
    /// Makes a notifier without a notification.
    #[must_use]
    pub fn new() -> Self {
        JobNotifier::default()
    }

    /// Notifies the wait.
    pub fn notify(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.notified = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes the notification, if there is one. It is for a driver that looks now and then.
    #[must_use]
    pub fn take(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.notified)
    }

    /// Takes the notification as soon as there is one. It is for a driver with futures.
    ///
    /// ```
    /// use std::future::poll_fn;
    /// use useartisan::JobNotifier;
    ///
    /// let notifier = JobNotifier::new();
    /// notifier.notify();
    /// pollster::block_on(poll_fn(|cx| notifier.poll_take(cx))); // returns at once, and would wait otherwise
    /// assert!(!notifier.take());
    /// ```
    pub fn poll_take(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.notified) {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
