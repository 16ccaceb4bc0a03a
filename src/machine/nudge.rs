//! A way to end a machine's wait early.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Tells one waiter that it may be worth asking at once: a callback came in, a user pressed a key.
///
/// Cheap to clone; all clones are the same nudge. A nudge before the wait begins is kept for it, and several
/// before the waiter looks count as one.
///
/// ```
/// use useartisan::machine::Nudge;
///
/// let nudge = Nudge::new();
/// let for_the_server = nudge.clone();
/// for_the_server.nudge();
/// assert!(nudge.take());
/// assert!(!nudge.take());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    nudged: bool,
    waker: Option<Waker>,
}

impl Nudge {
    /// A nudge that was not given yet.
    #[must_use]
    pub fn new() -> Self {
        Nudge::default()
    }

    /// Ends the wait.
    pub fn nudge(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.nudged = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether it was given since this was last asked: for a driver that looks now and then.
    #[must_use]
    pub fn take(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.nudged)
    }

    /// Is ready once it was given: for a driver with futures.
    ///
    /// ```
    /// use std::future::poll_fn;
    /// use useartisan::machine::Nudge;
    ///
    /// let nudge = Nudge::new();
    /// nudge.nudge();
    /// pollster::block_on(poll_fn(|cx| nudge.poll_take(cx))); // returns at once, and would wait otherwise
    /// assert!(!nudge.take());
    /// ```
    pub fn poll_take(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.nudged) {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
