//! Saved files are whole or not there at all: promises 29 and 30, and 23 where a call is given up.

#[cfg(feature = "fake")]
mod cancelled;
mod crashes;
mod given_up;
mod pieces;
mod save;
#[path = "../support/mod.rs"]
pub mod support;
