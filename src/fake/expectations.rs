//! What a test expects to be called, stated before and verified after.

use std::fmt;

use super::FakeArtisan;
use super::state::State;

pub(super) struct Expected {
    endpoint: String,
    least: usize,
    most: usize,
    seen: usize,
}

/// An expectation that was stated by [`FakeArtisan::expect`]: of one call, unless a method here says otherwise.
///
/// ```
/// use useartisan::fake::FakeArtisan;
///
/// let fake = FakeArtisan::with_sample_data();
/// fake.expect("list_apps"); // once
/// fake.expect("list_jobs").times(2);
/// fake.expect("get_job").at_least(1);
/// fake.expect("export_segment").never();
/// assert!(fake.verify().is_err());
/// ```
pub struct Expectation {
    fake: FakeArtisan,
    index: usize,
}

impl Expectation {
    /// Just so many calls.
    pub fn times(self, count: usize) {
        self.between(count, count);
    }

    /// So many calls or more.
    pub fn at_least(self, count: usize) {
        self.between(count, usize::MAX);
    }

    /// No call at all.
    pub fn never(self) {
        self.between(0, 0);
    }

    fn between(self, least: usize, most: usize) {
        if let Some(expected) = self.fake.state().expectations.get_mut(self.index) {
            (expected.least, expected.most) = (least, most);
        }
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation").field("index", &self.index).finish_non_exhaustive()
    }
}

/// What was expected and did not come, and what came instead. `Debug` reads as `Display` does, since a test
/// shows it by `unwrap`.
///
/// ```
/// use useartisan::fake::{FakeArtisan, Unmet};
///
/// let fake = FakeArtisan::new();
/// fake.expect("list_apps");
/// let unmet: Unmet = fake.verify().unwrap_err();
/// assert!(unmet.to_string().starts_with("expected list_apps once, it came 0 times"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unmet(String);

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unmet {}

impl FakeArtisan {
    /// States that an endpoint is going to be called, by the name of its method: `list_jobs`. Counted from here.
    ///
    /// ```
    /// use useartisan::fake::FakeArtisan;
    ///
    /// let fake = FakeArtisan::with_sample_data();
    /// fake.expect("list_apps");
    /// fake.expect("list_jobs").times(2);
    /// fake.expect("export_segment").never();
    ///
    /// fake.client().list_jobs().send_blocking()?;
    /// assert_eq!(
    ///     fake.verify().unwrap_err().to_string(),
    ///     "expected list_apps once, it came 0 times; \
    ///      expected list_jobs 2 times, it came once; \
    ///      what came: GET /public/api/jobs",
    /// );
    /// # Ok::<(), useartisan::Error>(())
    /// ```
    pub fn expect(&self, endpoint: impl Into<String>) -> Expectation {
        let mut state = self.state();
        let index = state.expectations.len();
        state.expectations.push(Expected { endpoint: endpoint.into(), least: 1, most: 1, seen: 0 });
        Expectation { fake: self.clone(), index }
    }

    /// Whether what was expected came, and whether every scripted fault was met.
    ///
    /// # Errors
    /// All that did not hold, and the requests that came.
    pub fn verify(&self) -> Result<(), Unmet> {
        let state = self.state();
        let unmet = state.expectations.iter().filter(|expected| !expected.is_met()).map(Expected::to_string);
        let left = state.faults.iter().map(|fault| format!("the scripted fault {fault} was not met"));
        let mut flaws: Vec<String> = unmet.chain(left).collect();
        if flaws.is_empty() {
            return Ok(());
        }
        let came: Vec<String> = state.requests.iter().map(super::Recorded::line).collect();
        flaws.push(match came.is_empty() {
            true => "nothing came".to_owned(),
            false => format!("what came: {}", came.join(", ")),
        });
        Err(Unmet(flaws.join("; ")))
    }
}

impl State {
    /// Counts a call.
    pub(super) fn note(&mut self, endpoint: &str) {
        for expected in self.expectations.iter_mut().filter(|expected| expected.endpoint == endpoint) {
            expected.seen = expected.seen.saturating_add(1);
        }
    }
}

impl Expected {
    fn is_met(&self) -> bool {
        (self.least..=self.most).contains(&self.seen)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = match self.most {
            0 => "never".to_owned(),
            usize::MAX => format!("at least {}", times(self.least)),
            _ => times(self.least),
        };
        write!(f, "expected {} {expected}, it came {}", self.endpoint, times(self.seen))
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}
