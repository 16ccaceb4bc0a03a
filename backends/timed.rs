//! The time-outs of an exchange, kept over any async backend.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};

use crate::{AsyncBackend, MaybeSend, Timeouts, TransportError};

/// Keeps the [`Timeouts`] over an async backend that keeps none, by that backend's own clock and
/// [`sleep`](AsyncBackend::sleep). Cheap to clone.
///
/// It keeps `head` until the response's head is there, then `stall` while somebody waits for a piece of the body, and
/// `total` from first to last. It keeps `connect` only after [`keep_connect`](Self::keep_connect), for a backend that says
/// when it has connected; any other backend keeps `connect` itself, or `head` bounds connecting as well.
///
/// The backend's bodies must be `Unpin`: box one that is not, as by `response.map(Box::pin)`. A clock that stands still
/// makes the time-outs as exact as `sleep` is.
///
/// ```
/// use std::time::Duration;
/// use useartisan::backends::{self, Timed};
/// use useartisan::{Api, Client, Credentials, ErrorKind, Retry, Timeouts, TransportError};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), useartisan::Error> {
/// // A stack of your own, whose server never answers.
/// let mute = |_, _| std::future::pending::<Result<http::Response<String>, TransportError>>();
/// let backend = Timed::new(backends::from_async_fn(mute).with_sleep(tokio::time::sleep));
///
/// let api = Api::new("https://artisan.example", Credentials::new("public", "secret")?)?;
/// let timeouts = Timeouts::default().with_head(Duration::from_secs(5));
/// let call = Client::new(api, backend).list_apps().options(timeouts).options(Retry::none());
/// assert_eq!(call.send().await.unwrap_err().kind(), ErrorKind::TimedOut);
/// # Ok(()) }
/// ```
pub struct Timed<B> {
    backend: Arc<B>,
    keeps_connect: bool,
}

/// How a backend tells the [`Timed`] around it that a request has its connection.
///
/// Set it in the poll of `send`'s future that hands the request to the connection, and not from another task: no request
/// may leave while `Timed` reports that none was sent.
///
/// ```
/// use useartisan::backends::ConnectedFlag;
///
/// let mut request = http::Request::new(bytes::Bytes::new());
/// request.extensions_mut().insert(ConnectedFlag::default()); // as `Timed` does
///
/// // In the `send` of the backend, once there is a connection:
/// if let Some(flag) = request.extensions().get::<ConnectedFlag>() {
///     flag.set();
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ConnectedFlag(Arc<AtomicBool>);

/// The body of a response over a [`Timed`] backend.
///
/// `stall` counts only while somebody waits for the next piece: a reader that takes its time is not the server's fault.
/// `total` counts all the time, and is checked where the body is polled: a body that nobody polls keeps its connection until
/// it is dropped. A body that ends before its announced length is an error.
///
/// ```
/// # #[cfg(feature = "hyper")] {
/// use useartisan::backends::{Timed, TimedBody, hyper::Hyper};
/// use useartisan::{Client, Download, Error, JobId};
///
/// /// The types where they must be named.
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
    /// When somebody began to wait for the piece that is waited for now.
    waiting: Option<Duration>,
    /// Runs out at the deadline of a wait, or of an earlier one.
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
    /// Keeps `head`, `stall` and `total`.
    #[must_use]
    pub fn new(backend: B) -> Self {
        Timed { backend: Arc::new(backend), keeps_connect: false }
    }

    /// Keeps `connect` as well: for a backend that sets the [`ConnectedFlag`] which it finds among the extensions of each
    /// request. If it never sets it, each call fails after `connect`.
    ///
    /// ```
    /// use useartisan::backends::{self, ConnectedFlag, Timed};
    ///
    /// let backend = backends::from_async_fn(async |request: http::Request<bytes::Bytes>, _| {
    ///     if let Some(flag) = request.extensions().get::<ConnectedFlag>() {
    ///         flag.set(); // as it would once it has connected
    ///     }
    ///     Ok(http::Response::new(r#"{"apps":[]}"#.to_owned()))
    /// });
    /// let backend = Timed::new(backend).keep_connect();
    /// # let _ = backend;
    /// ```
    #[must_use]
    pub fn keep_connect(self) -> Self {
        Timed { keeps_connect: true, ..self }
    }

    /// The backend inside.
    ///
    /// ```
    /// use useartisan::backends::Timed;
    ///
    /// let timed = Timed::new("a backend");
    /// assert_eq!(*timed.backend(), "a backend");
    /// ```
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.backend
    }
}

impl<B: AsyncBackend> Timed<B> {
    /// Waits for `outcome`, from `now` until `end` by the backend's clock.
    async fn until<T>(
        &self,
        mut now: Duration,
        end: Duration,
        mut outcome: Pin<&mut impl Future<Output = T>>,
    ) -> Option<T> {
        while now < end {
            let slept = end - now;
            let mut over = pin!(self.backend.sleep(slept));
            let outcome = poll_fn(|cx| match outcome.as_mut().poll(cx) {
                Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                Poll::Pending => over.as_mut().poll(cx).map(|()| None),
            });
            if let Some(outcome) = outcome.await {
                return Some(outcome);
            }
            now = after(now, slept, self.backend.now());
        }
        None
    }
}

/// What time it is after a sleep: what the clock says, since a sleep may end early; or if the clock stands still, what was
/// slept.
fn after(began: Duration, slept: Duration, now: Duration) -> Duration {
    if now > began { now } else { began.saturating_add(slept) }
}

impl ConnectedFlag {
    /// Says that the request has its connection, TLS included.
    pub fn set(&self) {
        self.0.store(true, Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl<B> AsyncBackend for Timed<B>
where
    B: AsyncBackend<Body: Unpin> + 'static,
{
    type Body = TimedBody<B>;

    async fn send(
        &self,
        mut request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<TimedBody<B>>, TransportError> {
        let Timeouts { connect, head, total, .. } = *timeouts;
        let began = self.now();
        let deadlines = Deadlines { timeouts: *timeouts, end: began.saturating_add(total) };
        let (name, limit) = if total < head { ("total", total) } else { ("head", head) };
        let flag = self.keeps_connect.then(ConnectedFlag::default);
        if let Some(flag) = &flag {
            request.extensions_mut().insert(flag.clone());
        }
        let mut sending = pin!(self.backend.send(request, timeouts));

        // A timer costs as much as a small answer, so there is one at a time.
        let first = if flag.is_some() { connect.min(limit) } else { limit };
        let mut outcome = self.until(began, began.saturating_add(first), sending.as_mut()).await;
        if let (None, Some(flag)) = (&outcome, &flag) {
            if !flag.is_set() {
                let name = if connect < limit { "connect" } else { name };
                return Err(TransportError::not_sent(message(name, first)));
            }
            outcome = self.until(began.saturating_add(first), began.saturating_add(limit), sending).await;
        }
        let response = outcome.ok_or_else(|| over(name, limit))??;
        Ok(response.map(|body| TimedBody {
            body,
            backend: Arc::clone(&self.backend),
            deadlines,
            waiting: None,
            timer: None,
        }))
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend {
        self.backend.sleep(duration)
    }

    fn now(&self) -> Duration {
        self.backend.now()
    }

    fn seed(&self) -> u64 {
        self.backend.seed()
    }

    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + MaybeSend {
        self.backend.offload(work)
    }
}

fn over(name: &str, after: Duration) -> TransportError {
    TransportError::timed_out(message(name, after))
}

fn message(name: &str, after: Duration) -> String {
    format!("the time-out `{name}` of {after:?} passed")
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
            // A timer that runs was begun for this wait or an earlier one, so it is never late.
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
        // Checked before anything else, so that a body that always has a piece ready ends as well.
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
        Timed { backend: Arc::clone(&self.backend), keeps_connect: self.keeps_connect }
    }
}

impl<B: fmt::Debug> fmt::Debug for Timed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timed").field(&self.backend).finish()
    }
}

impl<B: AsyncBackend> fmt::Debug for TimedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedBody").field("timeouts", &self.deadlines.timeouts).finish_non_exhaustive()
    }
}
