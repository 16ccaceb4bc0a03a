//! Backends: HTTP stacks that carry what the core builds.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where I/O, clocks and seeds belong: a backend brings them to the core"
)]
