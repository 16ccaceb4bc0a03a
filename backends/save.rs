//! Saving a download to a file or writing it to any writer. `wasm32-unknown-unknown` has no files.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod file;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod kept;
mod offload;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod place;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod target;
mod transfer;
mod write_to;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use file::{Saved, can_save};
