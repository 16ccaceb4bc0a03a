//! Calls, retries and waits as state machines, and what drives them: promises 23 to 28.

mod driving;
mod events;
#[cfg(feature = "fake")]
mod nudges;
#[cfg(feature = "fake")]
mod settings;
#[path = "../support/mod.rs"]
pub mod support;
mod waiting;
