//! One case of the suite, and the finding about a backend that fails it.

use std::fmt;

use super::subject::{BoxFuture, Subject, block_on, caught};
use crate::{AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend};

/// The result of a case. The error says what was found.
pub(super) type Outcome = Result<(), String>;

/// One thing that a backend must do, and a check that it does. [`cases`](super::cases) lists them.
///
/// ```
/// use useartisan::backends::{conformance, from_fn};
/// use useartisan::TransportError;
///
/// // This backend gives up on every request.
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

    /// The name, such as `cut_by_fin`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What a backend must do, in one sentence.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Whether the case is for async backends only.
    #[must_use]
    pub fn is_async_only(&self) -> bool {
        self.async_only
    }

    /// Runs only this case on an async backend. Await it on the executor that the backend needs.
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
    /// What was found, if the backend breaks the rule.
    pub async fn run<B>(&self, make: impl Fn() -> B) -> Result<(), Finding>
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        self.judge(Subject::Async(BoxedBackend::new(make()))).await
    }

    /// Runs only this case on a blocking backend. A case [for async backends only](Self::is_async_only) always passes.
    ///
    /// # Errors
    /// What was found, if the backend breaks the rule.
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
        caught((self.run)(subject)).await.map_err(|found| Finding::new(*self, found))
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
/// // This backend gives up on every request.
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
    pub(super) fn new(case: Case, found: String) -> Self {
        Finding { case, found }
    }

    /// The case that the backend fails.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// What was found, such as `5 bytes and a clean end`.
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
