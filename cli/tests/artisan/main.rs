//! Runs the command line as a program, and checks its output, its files and its exit code.

mod commands;
mod completions;
#[cfg(unix)]
mod descriptors;
mod exits;
#[cfg(unix)]
mod interrupted;
mod keys;
mod log;
mod messages;
mod network;
mod profiles;
mod program;
mod results;
#[cfg(target_os = "linux")]
mod terminal;
mod timeouts;
mod tls;
#[cfg(unix)]
mod unplaced;
mod wrong_uses;
