//! How many random cases a test tries, how it draws them, and how it runs on a small stack.

use std::env::var_os;

use fastrand::Rng;

/// All that a promise asks for with `USEARTISAN_FULL=1`; in an ordinary run a sample; and a twentieth of that with
/// `USEARTISAN_FEW=1`, where each test runs thousands of times, as against mutants.
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

/// Runs this with a stack of 64 KiB, where there are threads. Other systems have small stacks anyway.
pub fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    #[cfg(not(target_family = "wasm"))]
    std::thread::Builder::new().stack_size(64 << 10).spawn(run).unwrap().join().unwrap();
    #[cfg(target_family = "wasm")]
    run();
}
