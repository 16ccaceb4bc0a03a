//! What is said on stderr, beside what is printed.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use indicatif::ProgressBar;

use crate::visible;

static QUIET: AtomicBool = AtomicBool::new(false);

/// The one that may be on the terminal just now.
static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// From now on nothing is said but what went wrong.
pub(crate) fn be_quiet() {
    QUIET.store(true, Relaxed);
}

pub(crate) fn is_quiet() -> bool {
    QUIET.load(Relaxed)
}

/// The bar makes way for what is said.
pub(crate) fn share(bar: &ProgressBar) {
    BAR.get_or_init(|| bar.clone());
}

/// Says it, whatever is in it; there is nowhere else to tell if that fails.
pub(crate) fn say(text: &str) {
    let say = || drop(io::stderr().write_all(visible::lines(text).as_bytes()));
    match BAR.get() {
        Some(bar) => bar.suspend(say),
        None => say(),
    }
}

/// Says what is not wrong, unless it is to be quiet.
pub(crate) fn note(text: &str) {
    if !is_quiet() {
        say(text);
    }
}
