//! What a blocking stack needs that keeps no time-outs of its own: how long it may still wait.

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::{Failure, Timeouts};

/// How long an exchange may still wait, for a blocking stack that keeps no time-outs of its own.
///
/// It counts down the [`Timeouts`]: `head` until there is a [`body`](Self::body), from then on `stall` for each read
/// of it, and `total` from first to last. `connect` is for whoever connects. Clones are one and the same deadline, so
/// that what waits (a socket, a modem) can hold one and look at it before each wait.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
///
/// use useartisan::Failure;
/// use useartisan::backends::{self, Deadline};
///
/// let backend = backends::from_fn(|request, timeouts| {
///     let deadline = Deadline::begin(&timeouts);
///     let mut modem = TcpStream::connect("192.0.2.1:80").map_err(Failure::not_sent)?;
///     modem.set_write_timeout(Some(deadline.left()?))?;
///     modem.write_all(request.body())?; // after its head; and then read that of the answer
///     let body = deadline.clone().body(move |buffer| {
///         modem.set_read_timeout(Some(deadline.left()?))?;
///         modem.read(buffer)
///     });
///     Ok(http::Response::new(body))
/// });
/// # let api = useartisan::Api::new(useartisan::Credentials::new("public", "secret")?);
/// # let _ = || useartisan::Client::new(api, backend).list_apps().send_blocking();
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Deadline(Arc<Mutex<Waiting>>);

#[derive(Clone, Copy, Debug)]
struct Waiting {
    timeouts: Timeouts,
    began: Instant,
    /// Since when a piece of the body is waited for.
    reading: Option<Instant>,
}

impl Deadline {
    /// That of an exchange which begins now.
    #[must_use]
    pub fn begin(timeouts: &Timeouts) -> Self {
        Deadline(Arc::new(Mutex::new(Waiting { timeouts: *timeouts, began: Instant::now(), reading: None })))
    }

    /// How long may still be waited for what is waited for now: never zero, and [`Duration::MAX`] at most.
    ///
    /// # Errors
    /// A [`TimedOut`](crate::FailureKind::TimedOut) that names the time-out, once one has passed.
    pub fn left(&self) -> Result<Duration, Failure> {
        let Waiting { timeouts, began, reading } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = match reading {
            Some(reading) => ("stall", timeouts.stall, reading),
            None => ("head", timeouts.head, began),
        };
        let mut least = Duration::MAX;
        for (name, limit, since) in [("total", timeouts.total, began), part] {
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return Err(Failure::timed_out(format!("the time-out `{name}` of {limit:?} passed")));
            }
            least = least.min(left);
        }
        Ok(least)
    }

    /// A body that is read by a closure, as by [`Read::read`].
    ///
    /// Each read begins a new `stall`, for the closure to keep; one that begins after `total` fails by itself. Once the
    /// closure has returned no bytes, which is the end, it is not called again.
    pub fn body<F>(self, read: F) -> BodyFn<F>
    where
        F: FnMut(&mut [u8]) -> io::Result<usize>,
    {
        BodyFn { deadline: self, read, ended: false }
    }

    /// From now on a piece of the body is waited for.
    pub(super) fn wait_for_piece(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).reading = Some(Instant::now());
    }
}

/// A response's body that a closure reads, see [`Deadline::body`].
///
/// ```
/// use std::io::Read;
/// use useartisan::Timeouts;
/// use useartisan::backends::{BodyFn, Deadline};
///
/// fn body(deadline: Deadline) -> BodyFn<impl FnMut(&mut [u8]) -> std::io::Result<usize>> {
///     let mut modem = &b"[]"[..]; // stands for what comes in
///     deadline.body(move |buffer| modem.read(buffer))
/// }
///
/// assert_eq!(std::io::read_to_string(body(Deadline::begin(&Timeouts::default())))?, "[]");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BodyFn<F> {
    deadline: Deadline,
    read: F,
    ended: bool,
}

impl<F: FnMut(&mut [u8]) -> io::Result<usize>> Read for BodyFn<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.ended {
            return Ok(0);
        }
        self.deadline.wait_for_piece();
        // A body that always has a piece ready ends as well.
        self.deadline.left()?;
        let length = (self.read)(buffer)?;
        self.ended = length == 0;
        Ok(length)
    }
}

impl<F> fmt::Debug for BodyFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyFn").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    const SECOND: Duration = Duration::from_secs(1);

    /// A deadline of an exchange that began so long ago, and waits for a piece since `reading`.
    fn after(timeouts: Timeouts, began: Duration, reading: Option<Duration>) -> Deadline {
        let now = Instant::now();
        let deadline = Deadline::begin(&timeouts);
        *deadline.0.lock().unwrap() =
            Waiting { timeouts, began: now - began, reading: reading.map(|reading| now - reading) };
        deadline
    }

    #[test]
    fn what_is_left_is_the_least_of_what_counts() {
        let timeouts =
            Timeouts::default().with_head(3 * SECOND).with_stall(5 * SECOND).with_total(9 * SECOND);
        for (began, reading, expected) in [
            (SECOND, None, Ok(2)),
            (3 * SECOND, None, Err("the time-out `head` of 3s passed")),
            (4 * SECOND, Some(0), Ok(5)),
            (6 * SECOND, Some(1), Ok(3)),
            (6 * SECOND, Some(5), Err("the time-out `stall` of 5s passed")),
            (9 * SECOND, Some(0), Err("the time-out `total` of 9s passed")),
        ] {
            let reading = reading.map(|seconds| seconds * SECOND);
            match (after(timeouts, began, reading).left(), expected) {
                (Ok(left), Ok(seconds)) => {
                    assert!(left <= seconds * SECOND && left > seconds * SECOND - SECOND / 2, "{left:?}");
                }
                (Err(failure), Err(text)) => {
                    assert_eq!(failure.kind(), FailureKind::TimedOut);
                    assert_eq!(std::error::Error::source(&failure).unwrap().to_string(), text);
                }
                (left, _) => panic!("{left:?} instead of {expected:?}"),
            }
        }
        let endless = timeouts.with_head(Duration::MAX).with_total(Duration::MAX);
        assert!(after(endless, SECOND, None).left().unwrap() > Duration::MAX / 2);
    }

    #[test]
    fn each_read_begins_a_new_stall_and_none_begins_after_total() {
        let timeouts = Timeouts::default().with_stall(5 * SECOND).with_total(9 * SECOND);
        let deadline = after(timeouts, 8 * SECOND, Some(6 * SECOND));
        let mut reads = 0;
        let mut body = deadline.clone().body(|_| {
            reads += 1;
            Ok(1)
        });
        assert_eq!(body.read(&mut [0]).unwrap(), 1);
        deadline.0.lock().unwrap().began -= SECOND;
        assert_eq!(body.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(body.read(&mut []).unwrap(), 0);
        assert_eq!(reads, 1);
    }

    #[test]
    fn an_end_lasts_whatever_the_closure_has_to_say_and_however_late_it_is() {
        let deadline = Deadline::begin(&Timeouts::default().with_total(SECOND));
        let mut left = vec![Ok(0), Ok(1)];
        let mut body = deadline.clone().body(|_| left.pop().unwrap());
        let ends = [1, 0, 0].map(|length| body.read(&mut [0]).unwrap() == length);
        deadline.0.lock().unwrap().began -= SECOND;
        assert_eq!((ends, body.read(&mut [0]).unwrap()), ([true; 3], 0));
    }
}
