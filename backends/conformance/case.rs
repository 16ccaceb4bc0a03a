//! A case of the suite, and what is told of a backend that fails it.

use std::fmt;

use super::subject::{BoxFuture, Subject, block_on, caught};
use crate::{AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend};

/// What a case comes to: what was found, where that is not what the rule asks for.
pub(super) type Outcome = Result<(), String>;

/// One thing that a backend must do, and how to see whether it does. See [`cases`](super::cases).
///
/// ```
/// use useartisan::backends::{conformance, from_fn};
/// use useartisan::TransportError;
///
/// // It gives up on everything, and says nothing of why.
/// let make = || from_fn(|_, _| Err::<http::Response<&[u8]>, _>(TransportError::interrupted("")));
///
/// let case = conformance::cases().find(|case| case.name() == "every_status").unwrap();
/// println!("{}", case.rule());
/// assert!(case.run_blocking(make).is_err());
/// ```
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    rule: &'static str,
    async_only: bool,
    run: fn(Subject) -> BoxFuture<'static, Outcome>,
}

impl Case {
    pub(super) const fn new(
        name: &'static str,
        rule: &'static str,
        run: fn(Subject) -> BoxFuture<'static, Outcome>,
    ) -> Self {
        Case { name, rule, async_only: false, run }
    }

    pub(super) const fn async_only(self) -> Self {
        Case { async_only: true, ..self }
    }

    /// A name of one word, as in `cut_by_fin`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What a backend must do, in one sentence.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Whether the case has a meaning for an async backend alone.
    #[must_use]
    pub fn is_async_only(&self) -> bool {
        self.async_only
    }

    /// Tries this case alone on an async backend. Runs under any executor that the backend runs under.
    ///
    /// ```
    /// use useartisan::backends::{conformance, from_async_fn};
    /// use useartisan::TransportError;
    ///
    /// let give_up = |_, _| async { Err::<http::Response<String>, _>(TransportError::interrupted("")) };
    /// let make = || from_async_fn(give_up);
    /// let case = conformance::cases().find(|case| case.name() == "every_status").unwrap();
    /// assert!(pollster::block_on(case.run(make)).is_err());
    /// ```
    ///
    /// # Errors
    /// What was found, if it is not what the rule asks for.
    pub async fn run<B>(&self, make: impl Fn() -> B) -> Result<(), Finding>
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        self.judge(Subject::Async(BoxedBackend::new(make()))).await
    }

    /// Tries this case alone on a blocking backend. One [for async backends alone](Self::is_async_only) always
    /// holds.
    ///
    /// # Errors
    /// What was found, if it is not what the rule asks for.
    pub fn run_blocking<B>(&self, make: impl Fn() -> B) -> Result<(), Finding>
    where
        B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
    {
        if self.async_only {
            return Ok(());
        }
        block_on(self.judge(Subject::Blocking(BoxedBlockingBackend::new(make()))))
    }

    async fn judge(&self, subject: Subject) -> Result<(), Finding> {
        caught((self.run)(subject)).await.map_err(|found| Finding { case: *self, found })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("rule", &self.rule).finish_non_exhaustive()
    }
}

/// A case that a backend fails, with what was found.
///
/// ```
/// use useartisan::backends::{conformance, from_fn};
/// use useartisan::TransportError;
///
/// // It gives up on everything, and says nothing of why.
/// let make = || from_fn(|_, _| Err::<http::Response<&[u8]>, _>(TransportError::interrupted("")));
///
/// let case = conformance::cases().find(|case| case.name() == "empty_bodies").unwrap();
/// let finding = case.run_blocking(make).unwrap_err();
/// assert_eq!(finding.case().name(), "empty_bodies");
/// println!("found {}", finding.found());
/// ```
#[derive(Clone, Debug)]
pub struct Finding {
    case: Case,
    found: String,
}

impl Finding {
    /// The case that the backend fails.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// What was found, as in `5 bytes and a clean end`.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}; found {}", self.case.name, self.case.rule, self.found)
    }
}

impl std::error::Error for Finding {}

/// All cases that a backend fails: at least one.
///
/// ```
/// # #[cfg(feature = "ureq")] {
/// use useartisan::backends::conformance::{self, Findings};
/// use useartisan::backends::ureq::Ureq;
///
/// fn report() -> Result<(), Findings> {
///     let tried = conformance::try_check_blocking(|| Ureq::new().unwrap());
///     if let Err(findings) = &tried {
///         for finding in findings {
///             println!("{}: {}", finding.case().name(), finding.found());
///         }
///     }
///     tried
/// }
/// # let _ = report;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn unless_none(findings: Vec<Finding>) -> Result<(), Self> {
        if findings.is_empty() { Ok(()) } else { Err(Findings(findings)) }
    }

    /// The findings, in the order of the cases.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the backend does not conform:")?;
        self.0.iter().try_for_each(|finding| write!(f, "\n- {finding}"))
    }
}

impl std::error::Error for Findings {}
