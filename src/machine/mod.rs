//! Calls as state machines: no I/O, no clock, no randomness.
//!
//! **Pass a machine what happened, and do the step that it returns. Nothing else moves it.**
//!
//! 1. Begin with [`Event::Start`] and the time on your monotonic clock.
//! 2. On [`Step::Send`], send the request. Pass [`Event::Head`] when the response's head has arrived, and keep the body
//!    unread. If the request fails, pass [`Event::Failed`].
//! 3. On [`Step::Read`], read that body. Pass [`Event::Body`] with at most `limit` bytes and whether they are all of it, or
//!    [`Event::Failed`].
//! 4. On [`Step::Sleep`], drop an unread body, wait, and pass [`Event::Woke`]. You may pass it early: a
//!    [notifier](Machine::notifier) is a reason to.
//! 5. [`Step::Done`] is the end. A body that the machine did not ask for is yours to read.
//!
//! An `Err` is the end as well. The drivers [`drive`] and [`drive_blocking`] are these five steps as a loop.
//!
//! # Spans and events of the feature `tracing`
//!
//! They have the target `useartisan`. None holds a key, a URL, an id, a body or any other text of the service's.
//!
//! | what | level | fields |
//! |---|---|---|
//! | span `useartisan.call`, from the first step of an [`Exchange`] until it is dropped | info | `endpoint`: by the name of its method; at its end `attempts`, `elapsed_ms`, `status` of the last answer if any, and `error`: the [`ErrorKind`](crate::ErrorKind) if it failed |
//! | event `useartisan.retry` in that span, before the wait for another attempt | warn | `attempt`: the number of the one that failed, from 1; `wait_ms`; `error`: the kind; `status` if it was answered |
//! | event `useartisan.poll`, for each poll of a [`WaitForJob`] | debug | `polls`: how many there were; `status`: the last one known: `QUEUED`, `RUNNING`, `COMPLETE`, `FAILED` or `other`; `elapsed_ms`; `error`: the kind, if the poll brought no status |
//!
//! The parent of a span is the span that was current when the call began. It is never entered, so the spans of a backend
//! are not its children.

// Whether a call is sent again: attempts.rs, by what an answer means: error/verdict.rs. The pauses of a wait: wait.rs.

mod attempts;
mod driver;
mod exchange;
mod export;
mod form;
mod job_error;
pub(crate) mod notifier;
pub(crate) mod polling;
mod read_body;
mod redirect;
mod runtime;
mod stopwatch;
mod trace;
mod wait;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::response::Parts;

use crate::error::Error;
use crate::options::Timeouts;
use crate::transport_error::TransportError;

pub(crate) use driver::drive_from;
pub use driver::{Driven, drive, drive_blocking};
pub use exchange::Exchange;
pub use export::Export;
pub(crate) use notifier::JobNotifier;
pub(crate) use polling::{JobProgress, Watch, watched};
pub use read_body::ReadBody;
pub(crate) use runtime::{Async, Blocking, Offload, Runtime};
pub use wait::WaitForJob;

/// A state machine: it takes events and returns the next step.
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Exchange, Machine, Step};
/// use useartisan::{Api, Credentials, Error, ListApps};
///
/// /// A machine around another that counts requests.
/// struct Counted<M>(M, u32);
///
/// impl<M: Machine> Machine for Counted<M> {
///     type Output = (M::Output, u32);
///
///     fn step(&mut self, now: Duration, event: Event) -> Result<Step<Self::Output>, Error> {
///         Ok(match self.0.step(now, event)? {
///             Step::Send { request, timeouts } => {
///                 self.1 += 1;
///                 Step::Send { request, timeouts }
///             }
///             Step::Read { limit, timeouts } => Step::Read { limit, timeouts },
///             Step::Sleep(pause) => Step::Sleep(pause),
///             Step::Done(output) => Step::Done((output, self.1)),
///         })
///     }
///
///     fn notifier(&self) -> Option<&useartisan::JobNotifier> {
///         self.0.notifier()
///     }
/// }
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let mut machine = Counted(Exchange::new(&api, ListApps::new()), 0);
/// machine.step(Duration::ZERO, Event::Start)?;
/// assert_eq!(machine.1, 1);
/// # Ok::<(), useartisan::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a machine",
    note = "an endpoint becomes one by `machine::Exchange::new(&api, endpoint)`"
)]
pub trait Machine {
    /// The output of a finished machine.
    type Output;

    /// Takes an event that happened at `now`, and returns what to do next. `now` is a monotonic time from any origin.
    ///
    /// # Errors
    /// The end of the machine without an output; [`Misuse`](crate::ErrorKind::Misuse) where the event cannot
    /// have happened.
    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Self::Output>, Error>;

    /// What may end a [`Step::Sleep`] early. When it does, pass [`Event::Woke`].
    fn notifier(&self) -> Option<&JobNotifier> {
        None
    }
}

impl<M: Machine + ?Sized> Machine for Box<M> {
    type Output = M::Output;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Self::Output>, Error> {
        (**self).step(now, event)
    }

    fn notifier(&self) -> Option<&JobNotifier> {
        (**self).notifier()
    }
}

impl<M: Machine + ?Sized> Machine for &mut M {
    type Output = M::Output;

    #[inline]
    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Self::Output>, Error> {
        (**self).step(now, event)
    }

    fn notifier(&self) -> Option<&JobNotifier> {
        (**self).notifier()
    }
}

/// What happened. `Debug` shows only the sizes of a head and a body.
///
/// ```
/// use useartisan::{TransportError, machine::Event};
///
/// let (head, body) = http::Response::new("{}").into_parts();
/// let told = [
///     Event::Start,
///     Event::Head(head),
///     Event::Body { bytes: body.into(), complete: true },
///     Event::Failed(TransportError::timed_out("no answer within 30s")),
///     Event::Woke,
/// ];
/// assert_eq!(format!("{:?}", told[2]), "Body { len: 2, complete: true }");
/// ```
#[non_exhaustive]
pub enum Event {
    /// Nothing yet.
    Start,
    /// The head of the response has arrived.
    Head(Parts),
    /// The body was read.
    Body {
        /// Its first bytes, at most as many as the limit.
        bytes: Bytes,
        /// Whether they are the whole body.
        complete: bool,
    },
    /// The request failed before its response was complete, or the body of an [open](Exchange::open) download broke off before
    /// you used any of it.
    Failed(TransportError),
    /// The wait is over.
    Woke,
}

/// What to do next. `Debug` shows only the method and the host of a request, as the URL of a redirect may grant access.
///
/// ```
/// use std::time::Duration;
/// use useartisan::machine::{Event, Exchange, Machine, Step};
/// use useartisan::{Api, Credentials, ListApps};
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let mut exchange = Exchange::new(&api, ListApps::new());
/// match exchange.step(Duration::ZERO, Event::Start)? {
///     Step::Send { request, .. } => println!("send {}", request.uri()),
///     Step::Read { limit, .. } => println!("read {limit} bytes"),
///     Step::Sleep(pause) => println!("wait {pause:?}"),
///     Step::Done(apps) => println!("{} apps", apps.len()),
/// }
/// # Ok::<(), useartisan::Error>(())
/// ```
#[allow(
    clippy::large_enum_variant,
    reason = "a step is used up at once; a box would be one more allocation per call"
)]
pub enum Step<T> {
    /// Send a request.
    Send {
        /// The request.
        request: Request<Bytes>,
        /// How long it may take.
        timeouts: Timeouts,
    },
    /// Read the body of the response that began with the last head.
    Read {
        /// The most bytes to keep. Read one more to learn whether the body is longer.
        limit: usize,
        /// How long that may take: what is left of the request's time-outs.
        timeouts: Timeouts,
    },
    /// Wait.
    Sleep(Duration),
    /// The end, with the output.
    Done(T),
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Start => f.write_str("Start"),
            Event::Head(head) => f.debug_tuple("Head").field(&Head(head)).finish(),
            Event::Body { bytes, complete } => {
                f.debug_struct("Body").field("len", &bytes.len()).field("complete", complete).finish()
            }
            Event::Failed(failure) => f.debug_tuple("Failed").field(failure).finish(),
            Event::Woke => f.write_str("Woke"),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Send { request, timeouts } => f
                .debug_struct("Send")
                .field("method", request.method())
                .field("host", &request.uri().host())
                .field("timeouts", timeouts)
                .finish_non_exhaustive(),
            Step::Read { limit, timeouts } => {
                f.debug_struct("Read").field("limit", limit).field("timeouts", timeouts).finish()
            }
            Step::Sleep(pause) => f.debug_tuple("Sleep").field(pause).finish(),
            Step::Done(output) => f.debug_tuple("Done").field(output).finish(),
        }
    }
}

/// A response's head in `Debug`, without the headers: a server may echo a key in them.
pub(crate) struct Head<'a>(pub(crate) &'a Parts);

impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("status", &self.0.status)
            .field("headers", &self.0.headers.len())
            .finish_non_exhaustive()
    }
}

impl<T> Step<T> {
    /// Converts the output of the last step. Other steps stay as they are.
    #[allow(clippy::result_large_err, reason = "as for the type itself")]
    pub(crate) fn done<U>(self) -> Result<T, Step<U>> {
        match self {
            Step::Send { request, timeouts } => Err(Step::Send { request, timeouts }),
            Step::Read { limit, timeouts } => Err(Step::Read { limit, timeouts }),
            Step::Sleep(duration) => Err(Step::Sleep(duration)),
            Step::Done(output) => Ok(output),
        }
    }
}
