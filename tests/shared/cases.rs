//! How many cases a test that makes them tries.

use std::env::var_os;

/// All that a promise asks for with `USEARTISAN_FULL=1`; in an ordinary run a sample; and a twentieth of that with
/// `USEARTISAN_FEW=1`, where each test runs thousands of times, as against mutants.
pub(crate) fn cases(sample: usize, full: usize) -> usize {
    match (var_os("USEARTISAN_FULL"), var_os("USEARTISAN_FEW")) {
        (Some(_), _) => full,
        (None, Some(_)) => sample / 20,
        (None, None) => sample,
    }
}
