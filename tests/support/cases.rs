//! The number of random cases, how to draw them, and a small stack to run them on.

use std::env::var_os;

use fastrand::Rng;

/// With `USEARTISAN_FULL=1`, all that a promise asks for; in an ordinary run a sample; with `USEARTISAN_FEW=1`, a twentieth of
/// that, for runs that repeat each test thousands of times, such as mutation tests.
pub fn cases(sample: usize, full: usize) -> usize {
    match (var_os("USEARTISAN_FULL"), var_os("USEARTISAN_FEW")) {
        (Some(_), _) => full,
        (None, Some(_)) => sample / 20,
        (None, None) => sample,
    }
}

pub fn pick<T: Copy>(random: &mut Rng, items: &[T]) -> T {
    items[random.usize(..items.len())]
}

/// Runs this on a stack of 64 KiB, if there are threads. Systems without threads have small stacks anyway.
pub fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    #[cfg(not(target_family = "wasm"))]
    std::thread::Builder::new().stack_size(64 << 10).spawn(run).unwrap().join().unwrap();
    #[cfg(target_family = "wasm")]
    run();
}
