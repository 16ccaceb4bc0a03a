//! How far a wait or a download is: for people on a terminal, and for the summary at its end.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use console::Term;
use http::Method;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use useartisan::{JobId, JobProgress, JobStatus};

use crate::args::InvalidText;
use crate::delivery::Decoding;
use crate::{stderr, visible};

/// What a bar shows, by the width of the terminal that it needs; with and without the length of the result.
const BARS: [(u16, &str, &str); 4] = [
    (
        90,
        "{bytes} of {total_bytes} [{bar:20}] {bytes_per_sec}, {profiles} profiles, {eta} to go",
        "{spinner} {bytes}, {bytes_per_sec}, {profiles} profiles",
    ),
    (
        78,
        "{bytes} of {total_bytes} [{bar:20}] {profiles} profiles, {eta} to go",
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

impl Progress {
    pub(crate) fn new() -> Self {
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
        progress
    }

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

    /// A request is sent. Tells how its answer is read, if that is a result.
    pub(crate) fn begin_request(&self, method: &Method) -> Option<&Decoding> {
        // A POST starts a job, and nothing else does.
        self.is_starting.fetch_or(method == Method::POST, Relaxed);
        let decoding = self.decoding.get();
        self.attempts.fetch_add(decoding.is_some().into(), Relaxed);
        decoding
    }

    /// Another attempt is waited for, which is shown if it takes long enough to be noticed.
    pub(crate) async fn pause(&self, duration: Duration, pause: impl Future<Output = ()>) {
        // A start that may have done something is not tried again.
        self.end_start();
        if self.is_job.load(Relaxed) || duration <= UNNOTICED {
            return pause.await;
        }
        self.show(format!("trying again in {} s", duration.as_secs().max(1)));
        pause.await;
        self.bar.finish_and_clear();
    }

    /// So many bytes more have come of a result.
    pub(crate) fn count(&self, bytes: usize) {
        let total = self.bytes.fetch_add(bytes as u64, Relaxed) + bytes as u64;
        self.bar.set_position(total);
    }

    /// A profile has come.
    pub(crate) fn count_profile(&self) {
        self.profiles.fetch_add(1, Relaxed);
    }

    /// So many halves of surrogate pairs have come by now.
    pub(crate) fn count_halves(&self, halves: u64) {
        self.halves.store(halves, Relaxed);
    }

    /// Whether the list of profiles has been seen from its start to its end.
    pub(crate) fn set_counted(&self, is_counted: bool) {
        self.is_counted.store(is_counted, Relaxed);
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
    pub(crate) async fn watch<T>(&self, host: &str, answer: impl Future<Output = T>) -> T {
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
    pub(crate) fn restart(&self, length: Option<u64>) {
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
        // Where that is not known, all is shown.
        let width = Term::stderr().size_checked().map_or(u16::MAX, |(_, columns)| columns);
        let fits = BARS.into_iter().find(|(needs, ..)| *needs <= width);
        let (_, with_length, without) = fits.unwrap_or(BARS[3]);
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
