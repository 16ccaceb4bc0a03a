//! Saved files are whole or not there at all: promises 29 and 30, and 23 where a call is given up.

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
