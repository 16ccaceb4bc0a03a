//! The time-outs of an exchange over an async client, kept by tokio's timer.

use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
pub(super) use tokio::time::sleep;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::backend::Work;
use crate::{Failure, Timeouts};

/// The deadlines of one exchange, counted from when it was begun.
pub(super) struct Deadlines {
    timeouts: Timeouts,
    begun: Instant,
}

/// What a longer time-out is taken for, as the clock does not reach as far as a `Duration` does: thirty years.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

impl Deadlines {
    pub(super) fn begin(timeouts: &Timeouts) -> Self {
        Deadlines { timeouts: *timeouts, begun: Instant::now() }
    }

    /// When a time-out passes that runs from the beginning.
    fn at(&self, timeout: Duration) -> Instant {
        self.begun + timeout.min(FOREVER)
    }

    /// Waits for the response's head for at most `head`, and at most `total`; and gives up after `connect`, if it is
    /// not `connected` by then. A timer costs as much as a small answer, so there is one at a time.
    pub(super) async fn head<T>(
        &self,
        response: impl Future<Output = Result<T, Failure>>,
        connected: impl Fn() -> bool,
    ) -> Result<T, Failure> {
        let Timeouts { connect, head, total, .. } = self.timeouts;
        let (name, limit) = if total < head { ("total", total) } else { ("head", head) };
        let mut response = pin!(response);
        if let Ok(outcome) = timeout_at(self.at(connect.min(limit)), response.as_mut()).await {
            return outcome;
        }
        if connect < limit {
            if !connected() {
                return Err(Failure::not_sent(message("connect", connect)));
            }
            if let Ok(outcome) = timeout_at(self.at(limit), response).await {
                return outcome;
            }
        }
        Err(over(name, limit))
    }

    /// Keeps `stall` and what is left of `total` over a body, whose errors become failures by `failure`.
    pub(super) fn body<B: Body>(self, body: B, failure: fn(B::Error) -> Failure) -> TimedBody<B> {
        TimedBody { body, failure, deadlines: self, timer: None, waiting: false }
    }
}

/// Does work that blocks on the threads that tokio keeps for it. Work that panics ends there: whoever waits for
/// its result learns that there is none.
pub(super) async fn offload(work: Work) {
    let _ = tokio::task::spawn_blocking(work).await;
}

fn over(name: &str, after: Duration) -> Failure {
    Failure::timed_out(message(name, after))
}

fn message(name: &str, after: Duration) -> String {
    format!("the time-out `{name}` of {after:?} passed")
}

/// A response's body that keeps the time-outs of its request.
///
/// `stall` counts only while somebody waits for the next piece: a reader that takes its time is not the
/// server's fault. `total` counts always.
///
/// ```
/// # #[cfg(feature = "hyper")] {
/// use useartisan::backends::{TimedBody, hyper::Hyper};
/// use useartisan::{Client, Download, Error, JobId};
///
/// /// The type of what is read, where it must be named.
/// type Opened = Download<TimedBody<hyper::body::Incoming>>;
///
/// async fn open(client: &Client<Hyper>, job: &JobId) -> Result<Opened, Error> {
///     client.download_job(job).open().await
/// }
/// # let _ = open;
/// # }
/// ```
pub struct TimedBody<B: Body> {
    body: B,
    failure: fn(B::Error) -> Failure,
    deadlines: Deadlines,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the timer runs for the piece that is waited for now.
    waiting: bool,
}

impl<B: Body> TimedBody<B> {
    /// Sets the timer for a piece that is waited for from now on.
    fn start_waiting(&mut self, now: Instant) {
        self.waiting = true;
        let Timeouts { stall, total, .. } = self.deadlines.timeouts;
        let until = self.deadlines.at(total).min(now + stall.min(FOREVER));
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(until),
            None => self.timer = Some(Box::pin(sleep_until(until))),
        }
    }

    /// hyper takes a stream of HTTP/2 that was reset without an error for one that has ended: what its length says is
    /// still to come then is missing.
    fn ended_early(&self) -> bool {
        !self.body.is_end_stream() && self.body.size_hint().lower() > 0
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.timer.as_mut().map_or(Poll::Pending, |timer| timer.as_mut().poll(cx))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for TimedBody<B> {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let this = self.get_mut();
        let Timeouts { stall, total, .. } = this.deadlines.timeouts;
        let (end, now) = (this.deadlines.at(total), Instant::now());
        // Checked before anything else, so that a body that always has a piece ready ends as well.
        if end <= now {
            return Poll::Ready(Some(Err(over("total", total))));
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.waiting = false;
            if frame.is_none() && this.ended_early() {
                return Poll::Ready(Some(Err(Failure::interrupted("the body ended before its length"))));
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(this.failure)));
        }
        if !this.waiting {
            this.start_waiting(now);
        }
        ready!(this.poll_timer(cx));
        Poll::Ready(Some(Err(if end <= Instant::now() {
            over("total", total)
        } else {
            over("stall", stall)
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Body> fmt::Debug for TimedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedBody").field("timeouts", &self.deadlines.timeouts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::FailureKind;

    /// Gives a byte at a time: each after so long.
    struct Slow(Pin<Box<Sleep>>, Duration);

    impl Slow {
        fn new(each: Duration) -> Self {
            Slow(Box::pin(sleep(each)), each)
        }
    }

    impl Body for Slow {
        type Data = Bytes;
        type Error = Failure;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
            ready!(self.0.as_mut().poll(cx));
            let next = Instant::now() + self.1;
            self.0.as_mut().reset(next);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
        }
    }

    /// Reads until the end, each piece after a `pause`: how many pieces, how long it took, and what ended it.
    async fn read(timeouts: Timeouts, each: Duration, pause: Duration) -> (u32, Duration, String) {
        let start = Instant::now();
        let mut body = Deadlines::begin(&timeouts).body(Slow::new(each), |failure| failure);
        let mut pieces = 0;
        loop {
            match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap() {
                Ok(_) => pieces += 1,
                Err(failure) => {
                    assert_eq!(failure.kind(), FailureKind::TimedOut);
                    let cause = std::error::Error::source(&failure).unwrap().to_string();
                    return (pieces, start.elapsed(), cause);
                }
            }
            sleep(pause).await;
        }
    }

    /// Promise 28, in virtual time: `stall` is the reader's waiting for one piece, `total` all of it.
    #[tokio::test(start_paused = true)]
    async fn a_body_keeps_stall_and_total() {
        let second = Duration::from_secs(1);
        let timeouts = Timeouts::default().with_stall(10 * second).with_total(60 * second);

        let (pieces, took, cause) = read(timeouts, 11 * second, Duration::ZERO).await;
        assert_eq!((pieces, &*cause), (0, "the time-out `stall` of 10s passed"));
        assert!(took >= 10 * second && took < 11 * second, "{took:?}");

        let (pieces, took, cause) = read(timeouts, 9 * second, Duration::ZERO).await;
        assert_eq!((pieces, &*cause), (6, "the time-out `total` of 60s passed"));
        assert!(took >= 60 * second && took < 61 * second, "{took:?}");

        let (pieces, _, cause) = read(timeouts, second, 20 * second).await;
        assert_eq!((pieces, &*cause), (3, "the time-out `total` of 60s passed"), "a slow reader is no stall");

        let (pieces, took, _) = read(timeouts.with_stall(Duration::MAX), 61 * second, second).await;
        assert!(pieces == 0 && took >= 60 * second && took < 61 * second, "{took:?}");
    }

    /// Promise 28: the head has the shorter of its own time-out and the total, and before it is connected, that of
    /// connecting.
    #[tokio::test(start_paused = true)]
    async fn a_head_keeps_connect_head_and_total() {
        let [one, two, three] = [1, 2, 3].map(Duration::from_secs);
        for (connect, head, total, connected, told, took) in [
            (three, one, two, false, "head", one),
            (three, two, one, true, "total", one),
            (three, one, Duration::MAX, true, "head", one),
            (one, two, three, false, "connect", one),
            (one, two, three, true, "head", two),
            (one, three, two, true, "total", two),
            (one, one, two, false, "head", one),
        ] {
            let timeouts = Timeouts::default().with_connect(connect).with_head(head).with_total(total);
            let never = std::future::pending::<Result<(), Failure>>();
            let start = Instant::now();
            let failure = Deadlines::begin(&timeouts).head(never, || connected).await.unwrap_err();
            let cause = std::error::Error::source(&failure).unwrap().to_string();
            assert_eq!(cause, format!("the time-out `{told}` of {took:?} passed"));
            assert_eq!(failure.kind() == FailureKind::NotSent, told == "connect");
            let late = start.elapsed() - took;
            assert!(late <= Duration::from_millis(2), "{told} is late by {late:?}");
        }
    }
}
