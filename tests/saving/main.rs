//! Saved files are whole or absent: promises 29 and 30, and 23 for abandoned calls.

#[cfg(feature = "fake")]
mod cancelled;
mod crashes;
mod given_up;
#[cfg(unix)]
mod kept;
#[cfg(unix)]
mod permissions;
mod pieces;
mod process;
#[cfg(unix)]
mod race;
mod refused;
mod save;
#[path = "../support/mod.rs"]
pub mod support;
mod write_to;
