//! File work on the backend's threads, and the consent of the caller who waits for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::machine::Offload;
use crate::{Error, ErrorKind};

/// Runs file work by the backend's `offload`, and returns its result.
pub(super) async fn offload<T: Send + 'static>(
    files: &impl Offload,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let outcome = Arc::new(Mutex::new(None));
    let theirs = Arc::clone(&outcome);
    let work = move || {
        let done = work();
        *locked(&theirs) = Some(done);
    };
    files.offload(Box::new(work)).await;
    let done = locked(&outcome).take();
    done.unwrap_or_else(|| Err(Error::new(ErrorKind::File, "the backend did not get the file work done")))
}

/// Whether the caller still waits for the save.
#[derive(Clone, Default)]
pub(super) struct Consent {
    withdrawn: Arc<Mutex<bool>>,
}

impl Consent {
    /// Does what cannot be undone, while the caller cannot withdraw. `None` if the caller already has.
    pub(super) fn act<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let withdrawn = locked(&self.withdrawn);
        (!*withdrawn).then(act)
    }
}

/// Withdraws when its future is dropped, so that a thread that still works for it does not rename anything.
#[derive(Default)]
pub(super) struct WithdrawOnDrop(pub(super) Consent);

impl Drop for WithdrawOnDrop {
    fn drop(&mut self) {
        *locked(&self.0.withdrawn) = true;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
