//! Messages on stderr.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use indicatif::ProgressBar;

use crate::visible;

static QUIET: AtomicBool = AtomicBool::new(false);

/// The progress bar that may be on the terminal.
static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// Suppresses all messages but errors.
pub(crate) fn be_quiet() {
    QUIET.store(true, Relaxed);
}

pub(crate) fn is_quiet() -> bool {
    QUIET.load(Relaxed)
}

/// Registers the bar, which makes way for messages.
pub(crate) fn share(bar: &ProgressBar) {
    BAR.get_or_init(|| bar.clone());
}

/// Writes the text, escaped for terminals. If that fails, nothing is left to report it on.
pub(crate) fn say(text: &str) {
    let say = || drop(io::stderr().write_all(visible::lines(text).as_bytes()));
    match BAR.get() {
        Some(bar) => bar.suspend(say),
        None => say(),
    }
}

/// Writes a message that is not an error, unless `-q` suppresses it.
pub(crate) fn note(text: &str) {
    if !is_quiet() {
        say(text);
    }
}
