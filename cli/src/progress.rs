//! The progress of a wait or a download, for a bar on the terminal and for the summary.

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

/// The bars: the width of the terminal that each needs, and its template with and without a known length.
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

/// Shorter waits are not shown.
const UNNOTICED: Duration = Duration::from_millis(500);

/// The counters, and the bar that shows them if stderr is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Whether a request that starts a job was sent and has no answer yet.
    is_starting: AtomicBool,
    /// Whether the bar shows the wait for a job.
    is_job: AtomicBool,
    /// Whether the bar shows the download.
    shows_result: AtomicBool,
    /// How often the result was requested.
    attempts: AtomicU32,
    /// How to read the result. It is set when the download begins.
    decoding: OnceLock<Decoding>,
    /// How many halves of surrogate pairs the result had so far.
    halves: AtomicU64,
    bytes: AtomicU64,
    profiles: Arc<AtomicU64>,
    /// Whether the whole list of profiles was seen.
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

    /// Prints the job's id before anything else can go wrong. It is needed to go on after a failure.
    pub(crate) fn begin_wait(&self, job: &JobId) {
        stderr::note(&format!("artisan: waiting for job {job}\n"));
        self.is_job.store(true, Relaxed);
        self.show(format!("waiting for job {job}"));
    }

    /// Shows the status of a job, and an error of the last poll.
    pub(crate) fn waiting(&self, job: &JobId, polled: &JobProgress<'_>) {
        let status = polled.status.map_or_else(|| "not known yet".to_owned(), JobStatus::to_string);
        let failed = polled.error.map(|error| format!(" (last poll: {})", error.kind()));
        self.say(format!("job {job} is {status}{}", failed.unwrap_or_default()));
    }

    /// Notes a request. Returns how to read its answer, if that is a result.
    pub(crate) fn begin_request(&self, method: &Method) -> Option<&Decoding> {
        // Only a POST starts a job.
        self.is_starting.fetch_or(method == Method::POST, Relaxed);
        let decoding = self.decoding.get();
        self.attempts.fetch_add(decoding.is_some().into(), Relaxed);
        decoding
    }

    /// Pauses before another attempt. A pause that is long enough to be noticed is shown.
    pub(crate) async fn pause(&self, duration: Duration, pause: impl Future<Output = ()>) {
        // Only a start that has done nothing is tried again.
        self.end_start();
        if self.is_job.load(Relaxed) || duration <= UNNOTICED {
            return pause.await;
        }
        self.show(format!("trying again in {} s", duration.as_secs().max(1)));
        pause.await;
        self.bar.finish_and_clear();
    }

    /// Counts bytes of the result.
    pub(crate) fn count(&self, bytes: usize) {
        let total = self.bytes.fetch_add(bytes as u64, Relaxed) + bytes as u64;
        self.bar.set_position(total);
    }

    /// Counts a profile.
    pub(crate) fn count_profile(&self) {
        self.profiles.fetch_add(1, Relaxed);
    }

    /// Notes how many halves of surrogate pairs were found so far.
    pub(crate) fn count_halves(&self, halves: u64) {
        self.halves.store(halves, Relaxed);
    }

    /// Notes whether the whole list of profiles was seen.
    pub(crate) fn set_counted(&self, is_counted: bool) {
        self.is_counted.store(is_counted, Relaxed);
    }

    /// Whether the request that starts a job is under way.
    pub(crate) fn is_starting(&self) -> bool {
        self.is_starting.load(Relaxed)
    }

    /// Notes that the outcome of the start is known.
    pub(crate) fn end_start(&self) {
        self.is_starting.store(false, Relaxed);
    }

    /// Ends the wait for a job.
    pub(crate) fn end_wait(&self) {
        self.is_job.store(false, Relaxed);
        self.bar.finish_and_clear();
    }

    /// Notes that the next answer is the result, and how to read it.
    pub(crate) fn begin(&self, decoding: &Decoding, show: bool) {
        self.shows_result.store(show, Relaxed);
        self.decoding.get_or_init(|| decoding.clone());
    }

    /// Shows what the program waits for, and for how long.
    fn show(&self, what: String) {
        self.bar.set_style(style(WAITING));
        self.say(what);
        self.bar.reset();
        self.bar.enable_steady_tick(TICK);
    }

    /// Replaces the message of the bar.
    fn say(&self, what: String) {
        self.bar.set_message(visible::line(&what).into_owned());
    }

    /// Waits for an answer. If that takes long enough to be noticed, the host is shown.
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

    /// How often the result was requested.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Relaxed)
    }

    /// How many halves of surrogate pairs were found.
    pub(crate) fn halves(&self) -> u64 {
        self.halves.load(Relaxed)
    }

    /// Whether halves of surrogate pairs are kept.
    pub(crate) fn keeps_halves(&self) -> bool {
        self.decoding.get().is_some_and(|decoding| decoding.invalid_text == Some(InvalidText::Keep))
    }

    /// Removes the bar. Returns the number of bytes, and the number of profiles if the list was found.
    pub(crate) fn end(&self) -> (u64, Option<u64>) {
        self.bar.finish_and_clear();
        let profiles = self.is_counted.load(Relaxed).then(|| self.profiles.load(Relaxed));
        (self.bytes.load(Relaxed), profiles)
    }

    /// Starts counting a result from zero. `length` is its size in bytes, if known.
    pub(crate) fn restart(&self, length: Option<u64>) {
        self.bytes.store(0, Relaxed);
        self.profiles.store(0, Relaxed);
        self.halves.store(0, Relaxed);
        let profiles = Arc::clone(&self.profiles);
        let show = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            // Failing to draw the bar does no harm.
            let _ = write!(out, "{}", profiles.load(Relaxed));
        };
        if !self.shows_result.load(Relaxed) {
            return;
        }
        // Without a known width, the longest bar is shown.
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
    // The templates are constants, and tested on a terminal.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
