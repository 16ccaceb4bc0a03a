//! The log of `-v` and `-vv`: attempts, retries and polls.
//!
//! Retries, polls and calls come from the library's events, which contain no key and no text of the service. An attempt
//! is logged by its method, origin and path, without the query.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::stderr::say;

static VERBOSITY: AtomicU8 = AtomicU8::new(0);
static START: OnceLock<Instant> = OnceLock::new();

/// Starts the log. Level 1 has requests, answers and retries; level 2 also has the time-outs and how calls end.
pub(crate) fn start(verbosity: u8) {
    START.get_or_init(Instant::now);
    VERBOSITY.store(verbosity, Relaxed);
    if verbosity > 0 {
        // This fails only if there is a subscriber already, and the program sets no other.
        let _ = tracing::subscriber::set_global_default(Log::default());
    }
}

/// Writes a line, if this level is logged.
pub(crate) fn tell(verbosity: u8, text: impl FnOnce() -> String) {
    if VERBOSITY.load(Relaxed) >= verbosity {
        let elapsed = START.get().map_or(Duration::ZERO, Instant::elapsed);
        say(&format!("artisan: {:8.3} s  {}\n", elapsed.as_secs_f64(), text()));
    }
}

/// The address of a request without its query, which may be a secret after a redirect.
pub(crate) fn place(uri: &Uri) -> String {
    let query = if uri.query().is_some() { "?…" } else { "" };
    format!(
        "{}://{}{}{query}",
        uri.scheme_str().unwrap_or_default(),
        uri.authority().map_or("", |it| it.as_str()),
        uri.path()
    )
}

/// Logs the library's events.
#[derive(Default)]
struct Log {
    last: AtomicU64,
    /// The calls under way.
    calls: Mutex<HashMap<u64, Fields>>,
}

/// The fields of an event, in order.
#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The command's name for the endpoint.
    fn command(&self) -> String {
        self.get("endpoint").unwrap_or("call").replace('_', "-")
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }
}

impl Log {
    fn calls(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Fields>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Log {
    /// Leaves out the events of other libraries, which might contain anything.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "useartisan" && *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.last.fetch_add(1, Relaxed) + 1;
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.calls().insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if let Some(fields) = self.calls().get_mut(&span.into_u64()) {
            values.record(fields);
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let command = event.parent().and_then(|id| self.calls().get(&id.into_u64()).map(Fields::command));
        let command = command.unwrap_or_else(|| "wait".to_owned());
        let get = |name| fields.get(name).unwrap_or("-");
        match event.metadata().name() {
            "useartisan.retry" => tell(1, || {
                let (attempt, error, wait) = (get("attempt"), get("error"), get("wait_ms"));
                format!("{command}: attempt {attempt} failed ({error}), trying again in {wait} ms")
            }),
            "useartisan.poll" => tell(1, || {
                let passed_over = fields.get("error").map(|error| format!(", passed over: {error}"));
                let passed_over = passed_over.unwrap_or_default();
                format!("wait: poll {}: {}{passed_over}", get("polls"), get("status"))
            }),
            _ => {}
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn try_close(&self, id: Id) -> bool {
        let Some(fields) = self.calls().remove(&id.into_u64()) else { return true };
        tell(2, || {
            let told = fields.0.iter().filter(|(name, _)| *name != "endpoint");
            let told = told.map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
            format!("{} ended: {}", fields.command(), told.collect::<Vec<_>>().join(", "))
        });
        true
    }
}
