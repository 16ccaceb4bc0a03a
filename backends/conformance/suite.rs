//! Runs all cases, and reports findings and known deviations.

use std::fmt;

use super::case::{Case, Finding};
use super::cases;
use crate::{AsyncBackend, BlockingBackend};

/// The suite, and the known deviations of a backend.
///
/// A known deviation is a case that a client cannot pass. It must fail, and all other cases must pass. A backend that no longer
/// deviates fails the suite until the deviation is removed from the list.
///
/// ```
/// # #[cfg(feature = "ureq")] {
/// use http::{HeaderValue, header::USER_AGENT};
/// use useartisan::BlockingBackend;
/// use useartisan::backends::{conformance::Suite, from_fn, ureq::Ureq};
///
/// // It always sends a User-Agent.
/// let make = || {
///     let client = Ureq::new().unwrap();
///     from_fn(move |mut request, timeouts| {
///         request.headers_mut().entry(USER_AGENT).or_insert(HeaderValue::from_static("client/1.0"));
///         client.send(request, &timeouts)
///     })
/// };
/// let suite = Suite::default().known_deviation("no_user_agent_added", "the client can't leave it out");
/// let report = suite.run_blocking(make).unwrap();
/// assert_eq!(report.known_deviations().count(), 1);
/// println!("{report}");
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Suite {
    known: Vec<(Case, String)>,
}

impl Suite {
    /// Names a case that the backend can't pass, and the reason.
    ///
    /// The backend must always fail it. If it sometimes passes, the suite sometimes fails.
    ///
    /// # Panics
    /// If no case has this name, or if it is named twice.
    #[allow(clippy::panic, reason = "a wrong name in a test, which fails in no other way")]
    #[track_caller]
    #[must_use]
    pub fn known_deviation(mut self, case: &str, reason: impl Into<String>) -> Self {
        match cases().find(|known| known.name() == case) {
            Some(case) if self.known.iter().any(|(known, _)| known.name() == case.name()) => {
                panic!("the deviation `{}` is named twice", case.name())
            }
            Some(case) => self.known.push((*case, reason.into())),
            None => panic!("the suite has no case `{case}`"),
        }
        self
    }

    /// Runs every case on an async backend. Await it on the executor that the backend needs. Each case makes a new backend.
    ///
    /// ```
    /// # #[cfg(feature = "hyper")] {
    /// use useartisan::backends::{conformance::Suite, hyper::Hyper};
    ///
    /// async fn conforms() { // a #[tokio::test]
    ///     println!("{}", Suite::default().run(|| Hyper::new().unwrap()).await.unwrap());
    /// }
    /// # let _ = conforms;
    /// # }
    /// ```
    ///
    /// # Errors
    /// The cases that the backend fails, and the known deviations that it does not show.
    pub async fn run<B>(&self, make: impl Fn() -> B) -> Result<Report, Findings>
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        let mut found = Vec::new();
        for case in cases() {
            found.extend(case.run(&make).await.err());
        }
        self.judge(found, |_| true)
    }

    /// Runs every case on a blocking backend. Each case makes a new backend. Cases for async backends are left out.
    ///
    /// The suite calls the backend from several threads, and its body must be `Send`; see
    /// [`check_blocking`](super::check_blocking).
    ///
    /// # Errors
    /// The cases that the backend fails, and the known deviations that it does not show.
    pub fn run_blocking<B>(&self, make: impl Fn() -> B) -> Result<Report, Findings>
    where
        B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
    {
        let found = cases().filter_map(|case| case.run_blocking(&make).err()).collect();
        self.judge(found, |case| !case.is_async_only())
    }

    fn judge(&self, found: Vec<Finding>, was_run: impl Fn(&Case) -> bool) -> Result<Report, Findings> {
        let (mut findings, mut report) = (Vec::new(), Report::default());
        for finding in found {
            match self.known.iter().find(|(case, _)| case.name() == finding.case().name()) {
                Some((_, reason)) => report.known.push((finding, reason.clone())),
                None => findings.push(finding),
            }
        }
        for (case, reason) in self.known.iter().filter(|(case, _)| was_run(case)) {
            if !report.known.iter().any(|(finding, _)| finding.case().name() == case.name()) {
                let found = format!("no deviation, although one is known ({reason}): take it off the list");
                findings.push(Finding::new(*case, found));
            }
        }
        if findings.is_empty() { Ok(report) } else { Err(Findings { findings, report }) }
    }
}

/// The known deviations of a backend that otherwise conforms. `Display` lists them.
///
/// ```
/// # #[cfg(feature = "ureq")] {
/// use useartisan::backends::conformance::{Report, Suite};
/// use useartisan::backends::ureq::Ureq;
///
/// fn report() -> Report {
///     Suite::default().run_blocking(|| Ureq::new().unwrap()).unwrap()
/// }
/// # let _ = report;
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Report {
    known: Vec<(Finding, String)>,
}

impl Report {
    /// The known deviations, each with its reason, in the order of the cases.
    pub fn known_deviations(&self) -> impl Iterator<Item = (&Finding, &str)> {
        self.known.iter().map(|(finding, reason)| (finding, &**reason))
    }

    fn list(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.known_deviations().try_for_each(|(finding, reason)| write!(f, "\n- {finding}; known: {reason}"))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the backend conforms")?;
        if !self.known.is_empty() {
            f.write_str(", with known deviations:")?;
        }
        self.list(f)
    }
}

/// Why a backend does not conform: at least one finding. `Display` and `Debug` list all findings, and then the known
/// deviations.
///
/// ```
/// # #[cfg(feature = "ureq")] {
/// use useartisan::backends::conformance::Suite;
/// use useartisan::backends::ureq::Ureq;
///
/// fn report() {
///     match Suite::default().run_blocking(|| Ureq::new().unwrap()) {
///         Ok(report) => println!("{report}"),
///         Err(findings) => {
///             for finding in &findings {
///                 println!("{}: {}", finding.case().name(), finding.found());
///             }
///         }
///     }
/// }
/// # let _ = report;
/// # }
/// ```
#[derive(Clone)]
pub struct Findings {
    findings: Vec<Finding>,
    report: Report,
}

impl Findings {
    /// The findings, in the order of the cases. Known deviations that did not occur come last.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.findings.iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the backend does not conform:")?;
        self.iter().try_for_each(|finding| write!(f, "\n- {finding}"))?;
        if !self.report.known.is_empty() {
            f.write_str("\nknown deviations:")?;
        }
        self.report.list(f)
    }
}

/// Like `Display`, so that `unwrap` shows all findings.
impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Findings {}
