//! The command line, run as a program: what it prints where, what it leaves behind, and how it exits.
//!
//! `cargo test` builds the example beforehand. To run this file alone, build it by
//! `cargo build --features fake,reqwest,rustls --example artisan`, and then say
//! `cargo test --features fake,reqwest,rustls --test cli`.
#![cfg(all(feature = "fake", feature = "reqwest", feature = "rustls"))]

#[path = "cli/commands.rs"]
mod commands;
#[allow(dead_code, reason = "shared by tests of which each uses a part")]
#[path = "rig/directory.rs"]
mod directory;
#[path = "cli/exits.rs"]
mod exits;
#[cfg(unix)]
#[path = "cli/interrupted.rs"]
mod interrupted;
#[path = "cli/keys.rs"]
mod keys;
#[allow(dead_code, reason = "shared by tests of which each uses a part")]
#[path = "shared/loopback.rs"]
mod loopback;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/results.rs"]
mod results;
#[cfg(target_os = "linux")]
#[path = "cli/terminal.rs"]
mod terminal;
