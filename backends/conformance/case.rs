//! A case of the suite, and what is told of a backend that fails it.

use std::fmt;

use super::subject::{BoxFuture, Subject, block_on, caught};
use crate::{AsyncBackend, BlockingBackend, Erased, ErasedBlocking};

/// What a case comes to: what was found, where that is not what the rule asks for.
pub(super) type Outcome = Result<(), String>;

/// One thing that a backend must do, and how to see whether it does. See [`cases`](super::cases).
///
/// ```
/// use useartisan::backends::{conformance, from_fn};
/// use useartisan::Failure;
///
/// // It gives up on everything, and says nothing of why.
/// let make = || from_fn(|_, _| Err::<http::Response<&[u8]>, _>(Failure::interrupted("")));
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
    /// use useartisan::Failure;
    ///
    /// let give_up = |_, _| async { Err::<http::Response<String>, _>(Failure::interrupted("")) };
    /// let make = || from_async_fn(give_up);
    /// let case = conformance::cases().find(|case| case.name() == "every_status").unwrap();
    /// assert!(pollster::block_on(case.run(make)).is_err());
    /// ```
    ///
    /// # Errors
    /// What was found, if it is not what the rule asks for.
    pub async fn run<B>(&self, make: impl Fn() -> B) -> Result<(), Fault>
    where
        B: AsyncBackend<Body: 'static> + 'static,
    {
        self.judge(Subject::Async(Erased::new(make()))).await
    }

    /// Tries this case alone on a blocking backend. One [for async backends alone](Self::is_async_only) always
    /// holds.
    ///
    /// # Errors
    /// What was found, if it is not what the rule asks for.
    pub fn run_blocking<B>(&self, make: impl Fn() -> B) -> Result<(), Fault>
    where
        B: BlockingBackend<Body: Send + 'static> + Send + Sync + 'static,
    {
        if self.async_only {
            return Ok(());
        }
        block_on(self.judge(Subject::Blocking(ErasedBlocking::new(make()))))
    }

    async fn judge(&self, subject: Subject) -> Result<(), Fault> {
        caught((self.run)(subject)).await.map_err(|found| Fault { case: *self, found })
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
/// use useartisan::Failure;
///
/// // It gives up on everything, and says nothing of why.
/// let make = || from_fn(|_, _| Err::<http::Response<&[u8]>, _>(Failure::interrupted("")));
///
/// let case = conformance::cases().find(|case| case.name() == "empty_bodies").unwrap();
/// let fault = case.run_blocking(make).unwrap_err();
/// assert_eq!(fault.case().name(), "empty_bodies");
/// println!("found {}", fault.found());
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    case: Case,
    found: String,
}

impl Fault {
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}; found {}", self.case.name, self.case.rule, self.found)
    }
}

impl std::error::Error for Fault {}

/// All cases that a backend fails: at least one.
///
/// ```
/// # #[cfg(feature = "ureq")] {
/// use useartisan::backends::conformance::{self, Faults};
/// use useartisan::backends::ureq::Ureq;
///
/// fn report() -> Result<(), Faults> {
///     let tried = conformance::try_check_blocking(|| Ureq::new().unwrap());
///     if let Err(faults) = &tried {
///         for fault in faults {
///             println!("{}: {}", fault.case().name(), fault.found());
///         }
///     }
///     tried
/// }
/// # let _ = report;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn unless_none(faults: Vec<Fault>) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
    }

    /// The faults, in the order of the cases.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the backend does not conform:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
    }
}

impl std::error::Error for Faults {}
