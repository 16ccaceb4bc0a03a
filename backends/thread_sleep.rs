//! A sleep that needs no timer of the executor: a thread wakes the task.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// A sleep that works under any executor. It starts a thread when it is first polled.
///
/// Dropping it early ends the thread at once. `Duration::MAX` sleeps for ever. Where no thread can be started, as on WASI, it
/// blocks the thread that polls it.
///
/// ```
/// use std::time::Duration;
/// use useartisan::backends;
/// use useartisan::{AsyncBackend, TransportError};
///
/// let no_route = |_, _| async { Err::<http::Response<String>, _>(TransportError::not_sent("no route")) };
/// let backend = backends::from_async_fn(no_route);
/// let wait = backend.sleep(Duration::from_millis(1)); // a `ThreadSleep`, unless `with_sleep` replaced it
/// pollster::block_on(wait);
/// ```
#[derive(Debug)]
#[must_use = "a future does nothing until it is polled"]
pub struct ThreadSleep {
    duration: Duration,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    wait: Arc<Mutex<Wait>>,
    /// Nothing is ever sent. Dropping the sender ends the thread.
    _guard: Sender<Infallible>,
}

#[derive(Debug)]
struct Wait {
    over: bool,
    waker: Waker,
}

impl ThreadSleep {
    pub(super) fn new(duration: Duration) -> Self {
        ThreadSleep { duration, running: None }
    }
}

impl Future for ThreadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(running) = &self.running else {
            let Ok(running) = start(self.duration, cx.waker().clone()) else {
                thread::sleep(self.duration);
                return Poll::Ready(());
            };
            self.running = Some(running);
            return Poll::Pending;
        };
        let mut wait = running.wait.lock().unwrap_or_else(PoisonError::into_inner);
        if wait.over {
            return Poll::Ready(());
        }
        wait.waker.clone_from(cx.waker());
        Poll::Pending
    }
}

fn start(duration: Duration, waker: Waker) -> io::Result<Running> {
    let wait = Arc::new(Mutex::new(Wait { over: false, waker }));
    let (guard, dropped) = channel::<Infallible>();
    let ours = Arc::clone(&wait);
    thread::Builder::new().spawn(move || {
        if let Err(RecvTimeoutError::Timeout) = dropped.recv_timeout(duration) {
            let mut wait = ours.lock().unwrap_or_else(PoisonError::into_inner);
            wait.over = true;
            wait.waker.wake_by_ref();
        }
    })?;
    Ok(Running { wait, _guard: guard })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case P2: on WASI too, where no thread can be started.
    #[test]
    fn a_wait_ends() {
        pollster::block_on(ThreadSleep::new(Duration::from_millis(1)));
    }

    #[cfg(not(target_family = "wasm"))]
    #[test]
    fn a_wait_without_end_can_be_dropped() {
        let mut endless = Box::pin(ThreadSleep::new(Duration::MAX));
        assert!(endless.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let wait = Arc::clone(&endless.running.as_ref().unwrap().wait);
        drop(endless);
        while Arc::strong_count(&wait) > 1 {
            thread::yield_now(); // until the thread has given up its half
        }
    }
}
