//! The time-outs of an exchange, kept over any async backend.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};

use crate::{AsyncBackend, MaybeSend, Timeouts, TransportError};

/// Adds [`Timeouts`] to an async backend that has none, by that backend's own clock and [`sleep`](AsyncBackend::sleep).
/// Cheap to clone.
///
/// `head` counts until the response's head is there, `stall` while the caller waits for a piece of the body, and `total` from
/// beginning to end. `connect` is left to the backend, which alone knows when it has connected; the time it takes counts as
/// `head`.
///
/// The backend's bodies must be `Unpin`. Box one that is not: `response.map(Box::pin)`. If the backend's clock stands still,
/// as one may in wasm, the time-outs are as exact as its `sleep`.
///
/// ```
/// use std::time::Duration;
/// use useartisan::backends::{self, Timed};
/// use useartisan::{Api, Client, Credentials, ErrorKind, Retry, Timeouts, TransportError};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), useartisan::Error> {
/// // Your own client, whose server never answers.
/// let mute = |_, _| std::future::pending::<Result<http::Response<String>, TransportError>>();
/// let backend = Timed::new(backends::from_async_fn(mute).with_sleep(tokio::time::sleep));
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let timeouts = Timeouts::default().with_head(Duration::from_secs(5));
/// let call = Client::new(api, backend).list_apps().options(timeouts).options(Retry::none());
/// assert_eq!(call.send().await.unwrap_err().kind(), ErrorKind::TimedOut);
/// # Ok(()) }
/// ```
pub struct Timed<B>(Arc<B>);

/// The body of a response over a [`Timed`] backend.
///
/// `stall` counts only while the caller waits for the next piece: a slow reader is not the server's fault. `total` counts all
/// the time, and is checked when the body is polled. A body that is not polled keeps its connection until it is dropped. A
/// body that ends before its declared length is an error.
///
/// ```
/// # #[cfg(feature = "hyper")] {
/// use useartisan::backends::{Timed, TimedBody, hyper::Hyper};
/// use useartisan::{Client, Download, Error, JobId};
///
/// /// How to name the types.
/// async fn open(client: &Client<Timed<Hyper>>, job: &JobId) -> Result<Download<TimedBody<Hyper>>, Error> {
///     client.download_job(job).open().await
/// }
/// # let _ = open;
/// # }
/// ```
pub struct TimedBody<B: AsyncBackend> {
    body: B::Body,
    backend: Arc<B>,
    deadlines: Deadlines,
    /// When the caller began to wait for the next piece.
    waiting: Option<Duration>,
    /// Ends at the deadline of this wait or of an earlier one.
    timer: Option<Timer>,
}

struct Timer {
    began: Duration,
    duration: Duration,
    over: Over,
}

#[cfg(not(target_family = "wasm"))]
type Over = Pin<Box<dyn Future<Output = ()> + Send>>;
#[cfg(target_family = "wasm")]
type Over = Pin<Box<dyn Future<Output = ()>>>;

/// The deadlines of one exchange, by its backend's clock.
#[derive(Clone, Copy)]
struct Deadlines {
    timeouts: Timeouts,
    /// When `total` is over.
    end: Duration,
}

impl<B> Timed<B> {
    /// Adds `head`, `stall` and `total` to this backend.
    #[must_use]
    pub fn new(backend: B) -> Self
    where
        B: AsyncBackend<Body: Unpin> + 'static,
    {
        Timed(Arc::new(backend))
    }

    /// The backend inside.
    ///
    /// ```
    /// # #[cfg(feature = "fake")] {
    /// use useartisan::AsyncBackend;
    /// use useartisan::{backends::Timed, fake::FakeArtisan};
    ///
    /// let timed = Timed::new(FakeArtisan::with_sample_data());
    /// pollster::block_on(timed.sleep(std::time::Duration::from_secs(60)));
    /// assert!(timed.backend().requests().is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.0
    }
}

impl<B: AsyncBackend> Timed<B> {
    /// Waits for `outcome`, from `now` until `end` by the backend's clock.
    async fn until<T>(
        &self,
        mut now: Duration,
        end: Duration,
        outcome: impl Future<Output = T>,
    ) -> Option<T> {
        let mut outcome = pin!(outcome);
        while now < end {
            let slept = end - now;
            let mut over = pin!(self.0.sleep(slept));
            let outcome = poll_fn(|cx| match outcome.as_mut().poll(cx) {
                Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                Poll::Pending => over.as_mut().poll(cx).map(|()| None),
            });
            if let Some(outcome) = outcome.await {
                return Some(outcome);
            }
            now = after(now, slept, self.0.now());
        }
        None
    }
}

/// The time after a sleep, by the clock, as a sleep may end early. If the clock stands still, the sleep counts in full.
fn after(began: Duration, slept: Duration, now: Duration) -> Duration {
    if now > began { now } else { began.saturating_add(slept) }
}

impl<B> AsyncBackend for Timed<B>
where
    B: AsyncBackend<Body: Unpin> + 'static,
{
    type Body = TimedBody<B>;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<TimedBody<B>>, TransportError> {
        let Timeouts { head, total, .. } = *timeouts;
        let began = self.now();
        let deadlines = Deadlines { timeouts: *timeouts, end: began.saturating_add(total) };
        let (name, limit) = if total < head { ("total", total) } else { ("head", head) };
        let response = self.until(began, began.saturating_add(limit), self.0.send(request, timeouts)).await;
        let response = response.ok_or_else(|| over(name, limit))??;
        Ok(response.map(|body| TimedBody {
            body,
            backend: Arc::clone(&self.0),
            deadlines,
            waiting: None,
            timer: None,
        }))
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.0.sleep(duration)
    }

    fn now(&self) -> Duration {
        self.0.now()
    }

    fn seed(&self) -> u64 {
        self.0.seed()
    }

    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + MaybeSend {
        self.0.offload(work)
    }
}

fn over(name: &str, after: Duration) -> TransportError {
    TransportError::timed_out(format!("the time-out `{name}` of {after:?} passed"))
}

impl<B> TimedBody<B>
where
    B: AsyncBackend<Body: Unpin> + 'static,
{
    /// Returns an error once the awaited piece is overdue.
    fn poll_overdue(&mut self, now: Duration, cx: &mut Context<'_>) -> Poll<TransportError> {
        let Deadlines { timeouts: Timeouts { stall, total, .. }, end } = self.deadlines;
        let stalled = self.waiting.get_or_insert(now).saturating_add(stall);
        let mut now = now;
        loop {
            if now >= end {
                return Poll::Ready(over("total", total));
            }
            if now >= stalled {
                return Poll::Ready(over("stall", stall));
            }
            // A running timer was set for this wait or an earlier one, so it is never late.
            let timer = self.timer.get_or_insert_with(|| {
                let (backend, duration) = (Arc::clone(&self.backend), stalled.min(end) - now);
                Timer { began: now, duration, over: Box::pin(async move { backend.sleep(duration).await }) }
            });
            ready!(timer.over.as_mut().poll(cx));
            now = after(timer.began, timer.duration, self.backend.now());
            self.timer = None;
        }
    }

    /// hyper reports an HTTP/2 stream that was reset with NO_ERROR as ended. The declared length shows that bytes are
    /// missing.
    fn ended_early(&self) -> bool {
        !self.body.is_end_stream() && self.body.size_hint().lower() > 0
    }
}

impl<B> Body for TimedBody<B>
where
    B: AsyncBackend<Body: Unpin> + 'static,
{
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        let now = this.backend.now();
        // Checked first, because a body that always has a piece ready would otherwise never end.
        if now >= this.deadlines.end {
            return Poll::Ready(Some(Err(over("total", this.deadlines.timeouts.total))));
        }
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            return this.poll_overdue(now, cx).map(|error| Some(Err(error)));
        };
        this.waiting = None;
        if frame.is_none() && this.ended_early() {
            return Poll::Ready(Some(Err(TransportError::interrupted("the body ended before its length"))));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Written by hand: a derive would require `B: Clone`.
impl<B> Clone for Timed<B> {
    fn clone(&self) -> Self {
        Timed(Arc::clone(&self.0))
    }
}

impl<B: fmt::Debug> fmt::Debug for Timed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timed").field(&self.0).finish()
    }
}

impl<B: AsyncBackend> fmt::Debug for TimedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedBody").field("timeouts", &self.deadlines.timeouts).finish_non_exhaustive()
    }
}
