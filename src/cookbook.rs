//! Recipes: how to do what most people come for. Each runs as it stands, against the service in memory, with the
//! features `conformance`, `fake`, `reqwest` and `ureq` on.
//!
//! - [From the gem](from_the_gem): each of its eight methods and each option, beside ours.
//! - [Unit tests](unit_tests) of your own code, without a network and without waiting.
//! - [CSV](csv_export): exporting everything, in constant memory.
//! - [A warehouse](warehouse): loading exports into DuckDB.
//! - [Callbacks](callbacks), received in axum.
//! - [A backend](your_own_backend) of your own.
//! - [An endpoint](your_own_endpoint) that the library doesn't know.
//! - [Retries](retries): what is tried again, how often, and when to do it yourself.
//! - [Limits](limits): every bound, and where it is set.

#[allow(unused_imports, reason = "the names that the chapters link to")]
use crate::*;

#[doc = include_str!("../docs/cookbook/from_the_gem.md")]
pub mod from_the_gem {}

#[doc = include_str!("../docs/cookbook/unit_tests.md")]
pub mod unit_tests {}

// CSV and callbacks need crates that the library does not: `examples/stacks` runs them.
#[cfg_attr(not(doctest), doc = include_str!("../docs/cookbook/csv_export.md"))]
pub mod csv_export {}

#[doc = include_str!("../docs/cookbook/warehouse.md")]
pub mod warehouse {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/cookbook/callbacks.md"))]
pub mod callbacks {}

#[doc = include_str!("../docs/cookbook/your_own_backend.md")]
pub mod your_own_backend {}

#[doc = include_str!("../docs/cookbook/your_own_endpoint.md")]
pub mod your_own_endpoint {}

#[doc = include_str!("../docs/cookbook/retries.md")]
pub mod retries {}

#[doc = include_str!("../docs/cookbook/limits.md")]
pub mod limits {}
