//! The service in memory, by itself and compared with the wire: promise 33.
#![cfg(feature = "fake")]

mod answers;
mod ask;
mod backend;
mod data;
mod faults;
mod jobs;
mod loopback;
mod plain_async;
mod records;
mod scenarios;
#[path = "../support/mod.rs"]
pub mod support;
mod table;
