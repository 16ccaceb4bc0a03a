//! For stacks that push what they receive into callbacks, where a backend's caller reads it.

use std::io::{self, Read};
use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, ThreadId};

use bytes::{Buf, Bytes};
use http::Response;
use useartisan::backends::Deadline;
use useartisan::{Timeouts, TransportError, TransportErrorKind};

enum Event {
    Head(Response<()>),
    Piece(Bytes),
    End(Result<(), TransportError>),
}

/// Whether `start` has returned. Until then nothing is read, so `start` must not push from its own thread.
enum Start {
    Runs(ThreadId),
    /// It runs, and pushed from its own thread.
    Refused,
    Returned,
}

/// Returns the response of a stack that pushes what it receives into your callbacks, as libcurl does.
///
/// `start` begins the exchange and passes the [`Push`] to the callbacks. Each piece waits until the one before was read, so nothing
/// is buffered. `head`, `stall` and `total` are kept here; the stack keeps `connect`.
///
/// Give each exchange a thread of its own, because the pushing thread blocks while nobody reads. A stack that runs the whole
/// exchange within one call also needs a thread. Pushing from within `start` is refused.
///
/// ```
/// use std::thread;
///
/// use useartisan::{Api, Client, Credentials, backends};
/// use useartisan_stacks::push::pushed;
///
/// let backend = backends::from_fn(|_request, timeouts| {
///     pushed(&timeouts, |push| {
///         thread::spawn(move || {
///             push.head(http::Response::new(())); // send the request, and push what comes instead
///             push.piece(r#"{"apps":[]}"#);
///             push.end(Ok(()));
///         });
///         Ok(())
///     })
/// });
/// let client = Client::new(Api::new("https://artisan.example", Credentials::new("public", "secret")?)?, backend);
/// assert!(client.list_apps().send_blocking()?.is_empty());
/// # Ok::<(), useartisan::Error>(())
/// ```
///
/// # Errors
/// What `start` returns, the failure of [`end`](Push::end) before there is a head,
/// [`TimedOut`](TransportErrorKind::TimedOut), and [`Other`](TransportErrorKind::Other) if `start` pushed from its own thread.
pub fn pushed<F>(timeouts: &Timeouts, start: F) -> Result<Response<impl Read + use<F>>, TransportError>
where
    F: FnOnce(Push) -> Result<(), TransportError>,
{
    let deadline = Deadline::begin(timeouts);
    let (sender, events) = sync_channel(1);
    let wanted = Arc::new(Mutex::new(Start::Runs(thread::current().id())));
    let started = start(Push { events: sender, wanted: Arc::downgrade(&wanted) });
    let before = mem::replace(&mut *wanted.lock().unwrap_or_else(PoisonError::into_inner), Start::Returned);
    if let Start::Refused = before {
        let why = "the response was pushed on the thread that is to read it, before `start` returned";
        return Err(TransportError::new(TransportErrorKind::Other, why));
    }
    started?;
    let mut pieces = Pieces { events, _wanted: wanted, deadline: deadline.clone(), rest: Bytes::new() };
    match pieces.next()? {
        Event::Head(head) => Ok(head.map(|()| deadline.body(move |buffer| pieces.read(buffer)))),
        Event::End(Err(failure)) => Err(failure),
        Event::Piece(_) | Event::End(Ok(())) => Err(TransportError::interrupted("no head was pushed")),
    }
}

/// The receiver of a stack that pushes, see [`pushed`]. Clones push to the same response.
///
/// [`head`](Self::head), [`piece`](Self::piece) and [`end`](Self::end) block until the last push was read. If all clones are
/// dropped before the [`end`](Self::end), the exchange counts as interrupted.
#[derive(Clone, Debug)]
pub struct Push {
    events: SyncSender<Event>,
    wanted: Weak<Mutex<Start>>,
}

impl Push {
    /// Pushes the head. Returns whether more is wanted. Only the first head counts; later ones, of trailers, are ignored.
    #[must_use = "what is not wanted any more is to be given up"]
    pub fn head(&self, head: Response<()>) -> bool {
        self.send(Event::Head(head))
    }

    /// Pushes a piece of the body. Returns whether more is wanted.
    #[must_use = "what is not wanted any more is to be given up"]
    pub fn piece(&self, piece: impl Into<Bytes>) -> bool {
        self.send(Event::Piece(piece.into()))
    }

    /// Ends the exchange, in order or with a failure.
    pub fn end(self, outcome: Result<(), TransportError>) {
        // If nobody waits, there is nobody to report to.
        let _ = self.send(Event::End(outcome));
    }

    /// Whether somebody still waits for the response. If not, abandon the exchange.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.wanted.strong_count() > 0
    }

    fn send(&self, event: Event) -> bool {
        !self.is_too_early() && self.events.send(event).is_ok()
    }

    /// Whether `start` is still running on this thread.
    fn is_too_early(&self) -> bool {
        let Some(wanted) = self.wanted.upgrade() else { return false };
        let mut start = wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*start, Start::Runs(thread) if thread == thread::current().id()) {
            *start = Start::Refused;
        }
        matches!(*start, Start::Refused)
    }
}

/// The pushed body. Dropping it tells the stack to stop.
struct Pieces {
    events: Receiver<Event>,
    _wanted: Arc<Mutex<Start>>,
    deadline: Deadline,
    /// The unread part of the latest piece.
    rest: Bytes,
}

impl Pieces {
    fn next(&mut self) -> Result<Event, TransportError> {
        loop {
            match self.events.recv_timeout(self.deadline.left()?) {
                Ok(event) => return Ok(event),
                // The deadline's clock decides.
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(TransportError::interrupted("the exchange was given up without an end"));
                }
            }
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.next()? {
                Event::Piece(piece) => self.rest = piece,
                Event::Head(_) => {}
                Event::End(outcome) => return Ok(outcome.map(|()| 0)?),
            }
        }
        let length = buffer.len().min(self.rest.len());
        self.rest.split_to(length).reader().read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// The outcome of an exchange whose stack runs this on a thread: the body, or the kind of the failure.
    fn outcome(
        timeouts: Timeouts,
        act: impl FnOnce(Push) + Send + 'static,
    ) -> Result<String, TransportErrorKind> {
        let start = |push| {
            thread::spawn(|| act(push));
            Ok(())
        };
        let mut body = pushed(&timeouts, start).map_err(|failure| failure.kind())?.into_body();
        let mut text = String::new();
        body.read_to_string(&mut text).map_err(|error| TransportError::from(error).kind())?;
        body.read_to_string(&mut text).map_err(|error| TransportError::from(error).kind())?; // The end is read twice.
        Ok(text)
    }

    fn head(push: &Push) {
        assert!(push.head(Response::new(())));
    }

    #[test]
    fn what_is_pushed_comes_out() {
        let whole = outcome(Timeouts::default(), |push| {
            head(&push);
            assert!(push.piece("ab") && push.piece("") && push.piece("c"));
            head(&push.clone()); // A head of trailers.
            push.end(Ok(()));
        });
        assert_eq!(whole, Ok("abc".into()));
    }

    #[test]
    fn an_exchange_that_does_not_come_to_its_end_fails() {
        // Long, because a busy machine may delay the other thread.
        let (patient, short) = (Timeouts::default(), Duration::from_millis(50));
        let refused = || Err(TransportError::not_sent("refused"));
        let held = |push: &Push| {
            while push.is_wanted() {
                thread::yield_now();
            }
        };
        assert_eq!(outcome(patient, move |push| push.end(refused())), Err(TransportErrorKind::NotSent));
        assert_eq!(outcome(patient, |push| push.end(Ok(()))), Err(TransportErrorKind::Interrupted));
        assert_eq!(outcome(patient, drop), Err(TransportErrorKind::Interrupted));
        assert_eq!(
            outcome(patient.with_head(short), move |push| held(&push)),
            Err(TransportErrorKind::TimedOut)
        );
        for end in [Some(Err(TransportError::interrupted("cut"))), None] {
            let cut = outcome(patient, |push| {
                head(&push);
                assert!(push.piece("ab"));
                if let Some(end) = end {
                    push.end(end);
                }
            });
            assert_eq!(cut, Err(TransportErrorKind::Interrupted));
        }
        let stalled = outcome(patient.with_stall(short), move |push| {
            head(&push);
            held(&push);
        });
        assert_eq!(stalled, Err(TransportErrorKind::TimedOut));
        let failed = pushed(&Timeouts::default(), |_| refused()).map(drop).unwrap_err();
        assert_eq!(failed.kind(), TransportErrorKind::NotSent);
    }

    #[test]
    fn what_start_pushes_by_itself_is_refused_and_holds_nothing_up() {
        let perform = |push: Push| {
            let taken = push.head(Response::new(())) || push.piece("a") || push.piece("b");
            push.end(Ok(()));
            if taken { Ok(()) } else { Err(TransportError::interrupted("it was not wanted")) }
        };
        let (tell, told) = mpsc::channel();
        thread::spawn(move || tell.send(pushed(&Timeouts::default(), perform).map(drop)).unwrap());
        let outcome = told.recv_timeout(Duration::from_secs(20)).expect("it hangs");
        assert_eq!(outcome.unwrap_err().kind(), TransportErrorKind::Other);
    }

    /// At most one piece waits, and a stack learns that its body was dropped.
    #[test]
    fn a_stack_is_held_up_until_it_is_read_and_told_when_it_is_not_wanted() {
        let (count, counted) = mpsc::channel();
        let response = pushed(&Timeouts::default(), |push| {
            thread::spawn(move || {
                head(&push);
                while push.piece("piece") {
                    count.send(()).unwrap();
                }
                assert!(!push.is_wanted());
            });
            Ok(())
        });
        let mut body = response.unwrap().into_body();
        fn taken(body: &mut impl Read) -> usize {
            body.read(&mut [0; 8]).unwrap()
        }
        assert_eq!(taken(&mut body), 5);
        assert_eq!(taken(&mut body), 5);
        counted.recv().unwrap();
        counted.recv().unwrap();
        // Two were taken, one waits. A further push only shows once that one is taken.
        counted.recv().unwrap();
        assert!(counted.try_recv().is_err(), "pieces were read ahead");
        drop(body);
        while counted.recv().is_ok() {} // Until the thread has ended.
    }
}
