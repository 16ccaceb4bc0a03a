//! How far a wait or a download is: for people on a terminal, and for the summary at its end.
//!
//! Bytes are counted where they come in, by a backend around the backend. So a result that the library saves by
//! itself is counted as one that is read here, and a download that starts again counts from its start.

use std::borrow::Cow;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use console::Term;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use useartisan::BoxedBody;
use useartisan::decode::Decoder;
use useartisan::{AsyncBackend, BoxedBackend, JobId, JobProgress, JobStatus, Timeouts, TransportError};

use crate::args::InvalidText;
use crate::delivery::Decoding;
use crate::halves::Halves;
use crate::{log, stderr, visible};

/// What a bar shows, by the width of the terminal that it needs; with and without the length of the result.
const BARS: [(u16, &str, &str); 3] = [
    (
        90,
        "{bytes} of {total_bytes} [{bar:20}] {bytes_per_sec}, {profiles} profiles, {eta} to go",
        "{spinner} {bytes}, {bytes_per_sec}, {profiles} profiles",
    ),
    (50, "{bytes} of {total_bytes}, {profiles} profiles", "{spinner} {bytes}, {profiles} profiles"),
    (0, "{bytes}", "{bytes}"),
];
/// A message is cut to the width.
const WAITING: &str = "{spinner} {elapsed} {wide_msg}";
const TICK: Duration = Duration::from_millis(200);

/// What comes sooner than that is not worth a word.
const UNNOTICED: Duration = Duration::from_millis(500);

/// A backend that counts what its downloads bring.
pub(crate) struct Counting {
    inner: BoxedBackend,
    progress: Arc<Progress>,
}

/// What is counted, and the bar that shows it; which is not there unless stderr is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Whether a job may have been started, and no answer has told.
    is_starting: AtomicBool,
    /// Whether the bar is for a job that is waited for, and not for an answer.
    is_job: AtomicBool,
    /// Whether a result that comes is shown.
    shows_result: AtomicBool,
    /// How often a result was asked for.
    attempts: AtomicU32,
    /// How a result is read, once one is to come.
    decoding: OnceLock<Decoding>,
    /// How many halves of surrogate pairs it had so far.
    halves: AtomicU64,
    bytes: AtomicU64,
    profiles: Arc<AtomicU64>,
    /// Whether the result has come to its end with that list in it.
    is_counted: AtomicBool,
}

impl Counting {
    pub(crate) fn new(inner: BoxedBackend) -> Self {
        let target = match stderr::is_quiet() {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let progress = Progress {
            bar: ProgressBar::with_draw_target(None, target),
            is_starting: AtomicBool::new(false),
            is_job: AtomicBool::new(false),
            shows_result: AtomicBool::new(true),
            decoding: OnceLock::new(),
            halves: AtomicU64::new(0),
            attempts: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            profiles: Arc::default(),
            is_counted: AtomicBool::new(false),
        };
        stderr::share(&progress.bar);
        Counting { inner, progress: Arc::new(progress) }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }
}

impl Progress {
    /// Tells a job's id for good, also to a log, before anything else can go wrong: it is what to go on with.
    pub(crate) fn begin_wait(&self, job: &JobId) {
        stderr::note(&format!("artisan: waiting for job {job}\n"));
        self.is_job.store(true, Relaxed);
        self.show(format!("waiting for job {job}"));
    }

    /// Shows how far a job is, and whether the last poll said so.
    pub(crate) fn waiting(&self, job: &JobId, polled: &JobProgress<'_>) {
        let status = polled.status.map_or_else(|| "not known yet".to_owned(), JobStatus::to_string);
        let failed = polled.error.map(|error| format!(" (last poll: {})", error.kind()));
        self.say(format!("job {job} is {status}{}", failed.unwrap_or_default()));
    }

    /// Whether the request that starts a job is under way.
    pub(crate) fn is_starting(&self) -> bool {
        self.is_starting.load(Relaxed)
    }

    /// What became of the start is known now.
    pub(crate) fn end_start(&self) {
        self.is_starting.store(false, Relaxed);
    }

    /// The job is as it was waited for, or the wait has failed.
    pub(crate) fn end_wait(&self) {
        self.is_job.store(false, Relaxed);
        self.bar.finish_and_clear();
    }

    /// What comes from now on is a result, which is read so: before that, all answers are small.
    pub(crate) fn begin(&self, decoding: &Decoding, show: bool) {
        self.shows_result.store(show, Relaxed);
        self.decoding.get_or_init(|| decoding.clone());
    }

    /// Shows what is waited for, and for how long from now on.
    fn show(&self, what: String) {
        self.bar.set_style(style(WAITING));
        self.say(what);
        self.bar.reset();
        self.bar.enable_steady_tick(TICK);
    }

    /// Shows something else in its place.
    fn say(&self, what: String) {
        self.bar.set_message(visible::line(&what).into_owned());
    }

    /// Waits for an answer; if it takes long enough to be noticed, it is shown whose.
    async fn watch<T>(&self, host: &str, answer: impl Future<Output = T>) -> T {
        if self.is_job.load(Relaxed) {
            return answer.await;
        }
        let mut answer = pin!(answer);
        if let Ok(came) = tokio::time::timeout(UNNOTICED, &mut answer).await {
            return came;
        }
        self.show(format!("waiting for an answer from {host}"));
        let came = answer.await;
        self.bar.finish_and_clear();
        came
    }

    /// How often a result was asked for.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Relaxed)
    }

    /// How many halves of surrogate pairs there were.
    pub(crate) fn halves(&self) -> u64 {
        self.halves.load(Relaxed)
    }

    /// Whether those are to be as they came.
    pub(crate) fn keeps_halves(&self) -> bool {
        self.decoding.get().is_some_and(|decoding| decoding.invalid_text == Some(InvalidText::Keep))
    }

    /// The bar goes. How many bytes and profiles there were; `None` where the list of them was not found.
    pub(crate) fn end(&self) -> (u64, Option<u64>) {
        self.bar.finish_and_clear();
        let profiles = self.is_counted.load(Relaxed).then(|| self.profiles.load(Relaxed));
        (self.bytes.load(Relaxed), profiles)
    }

    /// A result, of so many bytes if that is known, starts: for the first time or again.
    fn restart(&self, length: Option<u64>) {
        self.bytes.store(0, Relaxed);
        self.profiles.store(0, Relaxed);
        self.halves.store(0, Relaxed);
        let profiles = Arc::clone(&self.profiles);
        let show = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A bar that cannot be drawn is no failure.
            let _ = write!(out, "{}", profiles.load(Relaxed));
        };
        if !self.shows_result.load(Relaxed) {
            return;
        }
        let width = Term::stderr().size().1;
        let fits = BARS.into_iter().find(|(needs, ..)| *needs <= width);
        let (_, with_length, without) = fits.unwrap_or(BARS[2]);
        let style = style(if length.is_some() { with_length } else { without });
        self.bar.set_style(style.with_key("profiles", show));
        if let Some(length) = length {
            self.bar.set_length(length);
        }
        self.bar.reset();
        self.bar.enable_steady_tick(TICK);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // All templates are constants that a test on a terminal has seen to be right.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl AsyncBackend for Counting {
    type Body = Counted;

    async fn send(
        &self,
        request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Counted>, TransportError> {
        let decoding = self.progress.decoding.get();
        self.progress.attempts.fetch_add(decoding.is_some().into(), Relaxed);
        let (method, place) = (request.method().clone(), log::place(request.uri()));
        let host = request.uri().host().unwrap_or_default().to_owned();
        log::tell(2, || {
            let Timeouts { connect, head, stall, total, .. } = timeouts;
            format!(
                "{method} {place} begins: connect {connect:?}, answer {head:?}, stall {stall:?}, in all {total:?}"
            )
        });
        // A POST starts a job, and nothing else does.
        self.progress.is_starting.store(method == Method::POST, Relaxed);
        let start = self.inner.now();
        let answer = self.progress.watch(&host, self.inner.send(request, timeouts)).await;
        log::tell(1, || {
            let took = self.inner.now().saturating_sub(start).as_millis();
            match &answer {
                Ok(response) => format!("{method} {place}: {} after {took} ms", response.status()),
                Err(failed) => format!("{method} {place}: {:?} after {took} ms", failed.kind()),
            }
        });
        let mut response = answer?;
        let Some(decoding) = decoding else { return Ok(response.map(Counted::not)) };
        self.progress.restart(response.body().size_hint().exact());
        let halves = decoding.invalid_text.and_then(Halves::new);
        if halves.is_some() {
            // The backend has its eye on it; what leaves here may be longer.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        let decoder = Some(Decoder::with(decoding.options.clone().with_lossy_text(true)));
        let counter = Counter { progress: self.progress(), decoder, halves };
        Ok(response.map(|body| Counted { body, counter: Some(counter) }))
    }

    async fn sleep(&self, duration: Duration) {
        // A start that may have done something is not tried again.
        self.progress.end_start();
        let is_retry = !self.progress.is_job.load(Relaxed) && duration > UNNOTICED;
        if is_retry {
            self.progress.show(format!("no answer yet; trying again in {} s", duration.as_secs().max(1)));
        }
        self.inner.sleep(duration).await;
        if is_retry {
            self.progress.bar.finish_and_clear();
        }
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn seed(&self) -> u64 {
        self.inner.seed()
    }

    fn offload(&self, work: Box<dyn FnOnce() + Send>) -> impl Future<Output = ()> + Send {
        self.inner.offload(work)
    }
}

/// A body that is counted, if it is a result.
pub(crate) struct Counted {
    body: BoxedBody,
    counter: Option<Counter>,
}

struct Counter {
    progress: Arc<Progress>,
    /// Counts the profiles, as long as the document is as expected; what is wrong with it others say.
    decoder: Option<Decoder>,
    halves: Option<Halves>,
}

impl Counted {
    fn not(body: BoxedBody) -> Self {
        Counted { body, counter: None }
    }
}

impl Counter {
    fn count(&mut self, bytes: &[u8]) {
        let progress = &self.progress;
        let total = progress.bytes.fetch_add(bytes.len() as u64, Relaxed) + bytes.len() as u64;
        progress.bar.set_position(total);
        let mut rest = bytes;
        while let Some(decoder) = &mut self.decoder {
            match decoder.advance(&mut rest) {
                Ok(true) => drop(progress.profiles.fetch_add(1, Relaxed)),
                Ok(false) => return progress.is_counted.store(decoder.finish().is_ok(), Relaxed),
                Err(_) => self.decoder = None,
            }
        }
        progress.is_counted.store(false, Relaxed);
    }

    /// The piece as it is handed on.
    fn changed(&mut self, piece: Bytes) -> Bytes {
        let Some(halves) = &mut self.halves else { return piece };
        let changed = match halves.piece(&piece) {
            Cow::Borrowed(_) => None,
            Cow::Owned(changed) => Some(changed),
        };
        self.progress.halves.store(halves.found(), Relaxed);
        changed.map_or(piece, Bytes::from)
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(counter) = &mut self.counter else { return Poll::Ready(frame) };
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(match frame.into_data() {
                Ok(piece) => {
                    counter.count(&piece);
                    Frame::data(counter.changed(piece))
                }
                Err(frame) => frame,
            })),
            None => {
                let held = counter.halves.as_mut().map(Halves::end).filter(|held| !held.is_empty());
                held.map(|held| Ok(Frame::data(held.into())))
            }
            failed => failed,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.counter.as_ref().is_none_or(|counter| counter.halves.is_none()) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.counter.as_ref().is_some_and(|counter| counter.halves.is_some()) {
            true => SizeHint::default(),
            false => self.body.size_hint(),
        }
    }
}
