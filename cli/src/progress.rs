//! How far a wait or a download is: for people on a terminal, and for the summary at its end.
//!
//! Bytes are counted where they come in, by a backend around the backend. So a result that the library saves by
//! itself is counted as one that is read here, and a download that starts again counts from its start.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use useartisan::BoxedBody;
use useartisan::decode::{DecodeOptions, Decoder};
use useartisan::{AsyncBackend, BoxedBackend, JobId, JobProgress, JobStatus, Timeouts, TransportError};

use crate::{trouble, visible};

const WITH_LENGTH: &str =
    "{bytes} of {total_bytes} [{bar:20}] {bytes_per_sec}, {profiles} profiles, {eta} to go";
const WITHOUT_LENGTH: &str = "{spinner} {bytes}, {bytes_per_sec}, {profiles} profiles";
const WAITING: &str = "{spinner} {msg}";
const TICK: Duration = Duration::from_millis(200);

/// A backend that counts what its downloads bring.
pub(crate) struct Counting {
    inner: BoxedBackend,
    progress: Arc<Progress>,
}

/// What is counted, and the bar that shows it; which is not there unless stderr is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// How often a result was asked for.
    attempts: AtomicU32,
    /// The name of the list of profiles in a result, once one is to come.
    list: OnceLock<String>,
    bytes: AtomicU64,
    profiles: Arc<AtomicU64>,
    /// Whether the result has come to its end with that list in it.
    is_counted: AtomicBool,
}

impl Counting {
    pub(crate) fn new(inner: BoxedBackend) -> Self {
        let progress = Progress {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()),
            list: OnceLock::new(),
            attempts: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            profiles: Arc::default(),
            is_counted: AtomicBool::new(false),
        };
        Counting { inner, progress: Arc::new(progress) }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }
}

impl Progress {
    /// Tells a job's id for good, also to a log, before anything else can go wrong: it is what to go on with.
    pub(crate) fn begin_wait(&self, job: &JobId) {
        trouble::say(&format!("artisan: waiting for job {job}\n"));
        self.bar.set_style(style(WAITING));
        self.bar.enable_steady_tick(TICK);
    }

    /// Shows how far a job is, and whether the last poll said so.
    pub(crate) fn waiting(&self, polled: &JobProgress<'_>) {
        let status = polled.status.map_or_else(|| "waiting".to_owned(), JobStatus::to_string);
        let failed = polled.error.map(|error| format!(" (last poll: {})", error.kind()));
        let seconds = polled.elapsed.as_secs();
        let message = format!("{status} for {seconds} s{}", failed.unwrap_or_default());
        self.bar.set_message(visible::line(&message).into_owned());
    }

    /// What comes from now on is a result, with a list of this name: before that, all answers are small.
    pub(crate) fn begin(&self, list: &str, show: bool) {
        if !show {
            self.bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        self.list.get_or_init(|| list.to_owned());
    }

    /// How often a result was asked for.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Relaxed)
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
        let profiles = Arc::clone(&self.profiles);
        let show = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A bar that cannot be drawn is no failure.
            let _ = write!(out, "{}", profiles.load(Relaxed));
        };
        let style = style(if length.is_some() { WITH_LENGTH } else { WITHOUT_LENGTH });
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
        let list = self.progress.list.get();
        self.progress.attempts.fetch_add(list.is_some().into(), Relaxed);
        let response = self.inner.send(request, timeouts).await?;
        let counter = list.map(|list| {
            self.progress.restart(response.body().size_hint().exact());
            let decoder = Decoder::with(DecodeOptions::default().with_list(list.clone()));
            Counter { progress: self.progress(), decoder: Some(decoder) }
        });
        Ok(response.map(|body| Counted { body, counter }))
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.inner.sleep(duration)
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
}

impl Body for Counted {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            if let (Some(bytes), Some(counter)) = (frame.data_ref(), &mut self.counter) {
                counter.count(bytes);
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
