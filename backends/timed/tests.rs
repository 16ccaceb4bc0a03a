//! The time-outs in virtual time.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use tokio::time::{Instant, Sleep, sleep};

use super::*;
use crate::TransportErrorKind;

const SECOND: Duration = Duration::from_secs(1);

/// A stack that answers, or never does, and whose body gives a piece after each `pause`.
struct Stack {
    start: Instant,
    answers: bool,
    pause: Duration,
    sleeps: AtomicU32,
}

impl Stack {
    fn new(pause: Duration) -> Self {
        let (start, sleeps) = (Instant::now(), AtomicU32::new(0));
        Stack { start, answers: true, pause, sleeps }
    }
}

impl AsyncBackend for Stack {
    type Body = Slow;

    async fn send(&self, _: Request<Bytes>, _: &Timeouts) -> Result<Response<Slow>, TransportError> {
        match self.answers {
            true => Ok(Response::new(Slow(Box::pin(sleep(self.pause)), self.pause))),
            false => std::future::pending().await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        self.sleeps.fetch_add(1, Relaxed);
        sleep(duration).await;
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn seed(&self) -> u64 {
        0
    }
}

struct Slow(Pin<Box<Sleep>>, Duration);

impl Body for Slow {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        ready!(self.0.as_mut().poll(cx));
        let next = Instant::now() + self.1;
        self.0.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

/// Reads until the end, each piece after a `pause`: how many pieces, how long it took, and what ended it.
async fn read(timeouts: Timeouts, each: Duration, pause: Duration) -> (u32, Duration, String) {
    let timed = Timed::new(Stack::new(each));
    let mut body = timed.send(Request::default(), &timeouts).await.unwrap().into_body();
    let mut pieces = 0;
    loop {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap() {
            Ok(_) => pieces += 1,
            Err(error) => {
                assert_eq!(error.kind(), TransportErrorKind::TimedOut);
                let cause = std::error::Error::source(&error).unwrap().to_string();
                return (pieces, timed.now(), cause);
            }
        }
        sleep(pause).await;
    }
}

/// Promise 28, in virtual time: `stall` is the reader's waiting for one piece, `total` all of it.
#[tokio::test(start_paused = true)]
async fn a_body_keeps_stall_and_total() {
    let timeouts = Timeouts::default().with_stall(10 * SECOND).with_total(60 * SECOND);

    let (pieces, took, cause) = read(timeouts, 11 * SECOND, Duration::ZERO).await;
    assert_eq!((pieces, &*cause), (0, "the time-out `stall` of 10s passed"));
    assert!(took >= 10 * SECOND && took < 11 * SECOND, "{took:?}");

    let (pieces, took, cause) = read(timeouts, 9 * SECOND, Duration::ZERO).await;
    assert_eq!((pieces, &*cause), (6, "the time-out `total` of 60s passed"));
    assert!(took >= 60 * SECOND && took < 61 * SECOND, "{took:?}");

    let (pieces, _, cause) = read(timeouts, SECOND, 20 * SECOND).await;
    assert_eq!((pieces, &*cause), (3, "the time-out `total` of 60s passed"), "a slow reader is no stall");

    let (pieces, took, _) = read(timeouts.with_stall(Duration::MAX), 61 * SECOND, SECOND).await;
    assert!(pieces == 0 && took >= 60 * SECOND && took < 61 * SECOND, "{took:?}");
}

/// A timer is for a stall's length, however many pieces come within it.
#[tokio::test(start_paused = true)]
async fn a_piece_costs_no_timer() {
    let timed = Timed::new(Stack::new(Duration::from_millis(10)));
    let timeouts = Timeouts::default().with_stall(10 * SECOND);
    let mut body = timed.send(Request::default(), &timeouts).await.unwrap().into_body();
    let before = timed.backend().sleeps.load(Relaxed);
    for _ in 0..2500 {
        poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap().unwrap();
    }
    assert_eq!(timed.backend().sleeps.load(Relaxed) - before, 3, "in 25 seconds");
}

/// Promise 28: the head has the shorter of its own time-out and the total.
#[tokio::test(start_paused = true)]
async fn a_head_keeps_head_and_total() {
    let [one, two] = [1, 2].map(Duration::from_secs);
    for (head, total, told) in [(one, two, "head"), (two, one, "total"), (one, Duration::MAX, "head")] {
        let timeouts = Timeouts::default().with_head(head).with_total(total);
        let timed = Timed::new(Stack { answers: false, ..Stack::new(SECOND) });
        let error = timed.send(Request::default(), &timeouts).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, format!("the time-out `{told}` of 1s passed"));
        assert_eq!(error.kind(), TransportErrorKind::TimedOut);
        let late = timed.now() - SECOND;
        assert!(late <= Duration::from_millis(2), "{told} is late by {late:?}");
    }
}

/// A body that ends at once, whatever its length.
struct Ended {
    length: u64,
    knows: bool,
}

impl Body for Ended {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.knows
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// Promise 12: a body that ends before its length is cut.
#[tokio::test]
async fn an_early_end_is_an_interruption() {
    for (length, knows, is_cut) in [(0, false, false), (0, true, false), (9, true, false), (9, false, true)] {
        let send = move |_, _| async move { Ok(Response::new(Ended { length, knows })) };
        let timed = Timed::new(crate::backends::from_async_fn(send).with_seed(|| 7));
        assert_eq!(timed.seed(), 7);
        let mut body = timed.send(Request::default(), &Timeouts::default()).await.unwrap().into_body();
        assert_eq!((body.is_end_stream(), body.size_hint().exact()), (knows, Some(length)));
        let end = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let kind = end.map(|frame| frame.unwrap_err().kind());
        assert_eq!(kind, is_cut.then_some(TransportErrorKind::Interrupted), "{length} {knows}");
    }
}

/// A stack whose clock stands still, or whose sleeps end early.
struct Odd {
    stands_still: bool,
    start: Instant,
}

impl AsyncBackend for Odd {
    type Body = Slow;

    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Timeouts,
    ) -> Result<Response<Self::Body>, TransportError> {
        match request.method() == http::Method::GET {
            true => Ok(Response::new(Slow(Box::pin(sleep(1000 * SECOND)), SECOND))),
            false => std::future::pending().await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        sleep(if self.stands_still { duration } else { duration / 3 + Duration::from_millis(1) }).await;
    }

    fn now(&self) -> Duration {
        if self.stands_still { Duration::ZERO } else { self.start.elapsed() }
    }

    fn seed(&self) -> u64 {
        0
    }
}

/// Promise 28: neither a clock that stands still nor a sleep that ends early changes when a time-out passes.
#[tokio::test(start_paused = true)]
async fn an_odd_clock_keeps_the_time() {
    let timeouts = Timeouts::default().with_head(6 * SECOND).with_stall(9 * SECOND);
    for stands_still in [true, false] {
        let timed = Timed::new(Odd { stands_still, start: Instant::now() });
        let start = Instant::now();
        let post = Request::post("/").body(Bytes::new()).unwrap();
        assert_eq!(timed.send(post, &timeouts).await.unwrap_err().kind(), TransportErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 6, "{stands_still}");

        let start = Instant::now();
        let mut body = timed.send(Request::default(), &timeouts).await.unwrap().into_body();
        assert!(poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap().is_err());
        assert_eq!(start.elapsed().as_secs(), 9, "{stands_still}");
    }
}
