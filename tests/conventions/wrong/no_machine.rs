//! An endpoint instead of a machine.
use useartisan::{BoxedBlockingBackend, ListApps, machine::drive_blocking};

fn run(backend: &BoxedBlockingBackend) {
    let _ = drive_blocking(backend, ListApps::new());
}

fn main() {
    let _ = run;
}

// says: `ListApps` is not a machine
// says: an endpoint becomes one by `machine::Exchange::new(&api, endpoint)`
