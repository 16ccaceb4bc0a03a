//! Time-outs for a blocking client that has none: how long it may still wait.

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::{Timeouts, TransportError};

/// Counts down the [`Timeouts`] of one exchange, for a blocking client that has none.
///
/// Ask [`left`](Self::left) before each wait on a socket. `total` counts from beginning to end. `head` counts until there
/// is a [`body`](Self::body), and `stall` within each read of that body. `connect` is not counted: pass it to the function
/// that connects.
///
/// Clones share one deadline, so the code that waits (a socket, a modem) can hold one.
///
/// ```
/// use std::io::{self, ErrorKind, Read, Write};
/// use std::net::TcpStream;
/// use std::time::Duration;
///
/// use useartisan::TransportError;
/// use useartisan::backends::{self, Deadline};
///
/// // A socket may wake a little early; the deadline decides.
/// fn in_time<T>(deadline: &Deadline, mut wait: impl FnMut(Duration) -> io::Result<T>) -> io::Result<T> {
///     loop {
///         match wait(deadline.left()?) {
///             Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
///             outcome => return outcome,
///         }
///     }
/// }
///
/// let backend = backends::from_fn(|request, timeouts| {
///     let deadline = Deadline::begin(&timeouts);
///     let within = timeouts.connect.min(deadline.left().map_err(TransportError::not_sent)?);
///     let mut modem =
///         TcpStream::connect_timeout(&([192, 0, 2, 1], 80).into(), within).map_err(TransportError::not_sent)?;
///     // A real backend writes the request's head first, and reads the response's head after the body.
///     let mut unsent = &request.body()[..];
///     while !unsent.is_empty() {
///         unsent = &unsent[in_time(&deadline, |left| {
///             modem.set_write_timeout(Some(left))?;
///             modem.write(unsent)
///         })?..];
///     }
///     let body = deadline.clone().body(move |buffer| {
///         in_time(&deadline, |left| {
///             modem.set_read_timeout(Some(left))?;
///             modem.read(buffer)
///         })
///     });
///     Ok(http::Response::new(body))
/// });
/// # let api = useartisan::Api::new("https://artisan.example", useartisan::Credentials::new("public", "secret")?)?;
/// # let _ = || useartisan::Client::new(api, backend).list_apps().send_blocking();
/// # Ok::<(), useartisan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Deadline(Arc<Mutex<Waiting>>);

#[derive(Clone, Copy, Debug)]
struct Waiting {
    timeouts: Timeouts,
    began: Instant,
    part: Part,
}

/// What the exchange waits for.
#[derive(Clone, Copy, Debug)]
enum Part {
    Head,
    /// A piece of the body, since this time.
    Piece(Instant),
    /// Nothing: the caller is not reading the body now.
    Nothing,
}

impl Deadline {
    /// Starts to count, for an exchange that begins now.
    #[must_use]
    pub fn begin(timeouts: &Timeouts) -> Self {
        let waiting = Waiting { timeouts: *timeouts, began: Instant::now(), part: Part::Head };
        Deadline(Arc::new(Mutex::new(waiting)))
    }

    /// How long the exchange may wait from now on. It is never zero, and [`Duration::MAX`] means without limit.
    ///
    /// # Errors
    /// [`TimedOut`](crate::TransportErrorKind::TimedOut), with the name of the time-out that has passed.
    pub fn left(&self) -> Result<Duration, TransportError> {
        self.left_at(Instant::now())
    }

    fn left_at(&self, now: Instant) -> Result<Duration, TransportError> {
        let Waiting { timeouts, began, part } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = match part {
            Part::Head => Some(("head", timeouts.head, began)),
            Part::Piece(since) => Some(("stall", timeouts.stall, since)),
            Part::Nothing => None,
        };
        let mut least = Duration::MAX;
        for (name, limit, since) in [Some(("total", timeouts.total, began)), part].into_iter().flatten() {
            let left = limit.saturating_sub(now.saturating_duration_since(since));
            if left.is_zero() {
                return Err(TransportError::timed_out(format!("the time-out `{name}` of {limit:?} passed")));
            }
            least = least.min(left);
        }
        Ok(least)
    }

    /// Makes a body from a closure that reads as [`Read::read`] does.
    ///
    /// Each read starts a new `stall`, which the closure keeps by [`left`](Self::left). A read after `total` fails without
    /// calling the closure. The closure is not called again once it has returned 0, the end of the body.
    pub fn body<F>(self, read: F) -> BodyFn<F>
    where
        F: FnMut(&mut [u8]) -> io::Result<usize>,
    {
        self.now_waits_for(Part::Nothing);
        BodyFn { deadline: self, read, ended: false }
    }

    /// Reads a piece of the body while `stall` counts. It checks `total` first: a body that always has a piece ready would
    /// otherwise never end.
    fn wait_for_piece(&self, read: impl FnOnce() -> io::Result<usize>) -> io::Result<usize> {
        self.now_waits_for(Part::Piece(Instant::now()));
        let outcome = self.left().map_err(io::Error::from).and_then(|_| read());
        self.now_waits_for(Part::Nothing);
        outcome
    }

    fn now_waits_for(&self, part: Part) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).part = part;
    }
}

/// A response's body read by a closure: see [`Deadline::body`].
///
/// ```
/// use std::io::Read;
/// use useartisan::Timeouts;
/// use useartisan::backends::{BodyFn, Deadline};
///
/// fn body(deadline: Deadline) -> BodyFn<impl FnMut(&mut [u8]) -> std::io::Result<usize>> {
///     let mut modem = &b"[]"[..]; // in place of a connection
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
        let length = self.deadline.wait_for_piece(|| (self.read)(buffer))?;
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
    use crate::TransportErrorKind;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_is_left_is_the_least_of_what_counts() {
        let timeouts =
            Timeouts::default().with_head(3 * SECOND).with_stall(5 * SECOND).with_total(9 * SECOND);
        let began = Instant::now();
        let piece_from = |second: u32| Part::Piece(began + second * SECOND);
        for (second, part, expected) in [
            (1, Part::Head, Ok(2)),
            (3, Part::Head, Err("the time-out `head` of 3s passed")),
            (3, Part::Nothing, Ok(6)),
            (4, piece_from(4), Ok(5)),
            (6, piece_from(5), Ok(3)),
            (6, piece_from(1), Err("the time-out `stall` of 5s passed")),
            (9, piece_from(9), Err("the time-out `total` of 9s passed")),
            (9, Part::Nothing, Err("the time-out `total` of 9s passed")),
        ] {
            let deadline = Deadline(Arc::new(Mutex::new(Waiting { timeouts, began, part })));
            match (deadline.left_at(began + second * SECOND), expected) {
                (Ok(left), Ok(seconds)) => assert_eq!(left, seconds * SECOND),
                (Err(failure), Err(text)) => {
                    assert_eq!(failure.kind(), TransportErrorKind::TimedOut);
                    assert_eq!(std::error::Error::source(&failure).unwrap().to_string(), text);
                }
                (left, _) => panic!("{left:?} instead of {expected:?}"),
            }
        }
        let endless = Deadline::begin(&timeouts.with_head(Duration::MAX).with_total(Duration::MAX));
        assert!(endless.left().unwrap() > Duration::MAX / 2);
    }

    #[test]
    fn each_read_begins_a_new_stall_and_none_begins_after_total() {
        let timeouts = Timeouts::default().with_head(SECOND).with_stall(5 * SECOND).with_total(9 * SECOND);
        let deadline = Deadline::begin(&timeouts);
        let (within, mut reads) = (deadline.clone(), 0);
        let mut body = deadline.clone().body(|_| {
            reads += 1;
            assert!(within.left()? <= 5 * SECOND);
            Ok(1)
        });
        // A caller that reads slowly is no stall.
        assert!(deadline.left().unwrap() > 5 * SECOND);
        assert_eq!(body.read(&mut [0]).unwrap(), 1);
        assert!(deadline.left().unwrap() > 5 * SECOND);
        deadline.0.lock().unwrap().timeouts.total = Duration::ZERO;
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
        deadline.0.lock().unwrap().timeouts.total = Duration::ZERO;
        assert_eq!((ends, body.read(&mut [0]).unwrap()), ([true; 3], 0));
    }
}
