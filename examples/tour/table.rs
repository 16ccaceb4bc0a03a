//! Prints the tour: a row for each step, and the number of passed steps at the end.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The widths of method, request, outcome and time. With its separators, a line has at most 110 columns.
const WIDTHS: [usize; 4] = [15, 50, 32, 6];

/// An id of this length or more is shortened to its end, where ids differ.
const LONG_ID: usize = 20;

#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// Nothing is shortened.
    pub(crate) full: bool,
}

impl Table {
    /// The head of one backend's table.
    pub(crate) fn head(self, backend: &str, base_url: &str) {
        println!("{backend} at {base_url}");
        print("method", "request", "outcome", "ms");
        let [method, request, outcome, time] = WIDTHS.map(|width| "-".repeat(width));
        print(&method, &request, &outcome, &time);
    }

    /// One row. The time may be missing.
    pub(crate) fn row(self, method: &str, request: &str, outcome: &str, time: Option<Duration>) {
        let time = time.map(|time| format!("{:.1}", time.as_secs_f64() * 1000.0)).unwrap_or_default();
        let [_, for_request, for_outcome, _] = WIDTHS;
        let cell = |text: &str, width| match self.full {
            true => one_line(text),
            false => cut(&with_short_ids(&one_line(text)), width),
        };
        print(method, &cell(request, for_request), &cell(outcome, for_outcome), &time);
    }
}

/// The results of the steps.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failed, skipped } = *self;
        write!(f, "{passed} of {} steps passed", passed + failed)?;
        match skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

fn print(method: &str, request: &str, outcome: &str, time: &str) {
    let [a, b, c, d] = WIDTHS;
    println!("{}", format!("  {method:a$}  {request:b$}  {outcome:c$} {time:>d$}").trim_end());
}

/// An error with its causes. No cause repeats the one before.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// A server's text on one line, safe for a terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Such as `/public/api/jobs/…0001/download`.
fn with_short_ids(text: &str) -> String {
    let of_an_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let pieces = text.split_inclusive(|c| !of_an_id(c)).map(|piece| {
        let id = piece.trim_end_matches(|c| !of_an_id(c));
        match id.len() >= LONG_ID && id.contains(|c: char| c.is_ascii_digit()) {
            true => format!("…{}", &piece[id.len() - 4..]),
            false => piece.to_owned(),
        }
    });
    pieces.collect()
}

/// The text, or as much of its start as fits.
fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => text.chars().take(width - 1).chain(['…']).collect(),
    }
}
