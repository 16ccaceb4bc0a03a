//! Callbacks: whatever comes in, at most a job id comes out.
//!
//! Promise 31: a callback is a hint: bounded; at most a job id of the right form is taken from it, and only from a
//! path of the right form under the Api's origin or the default one. Promise 22: nothing panics on any input.

#[path = "shared/cases.rs"]
mod cases;
#[path = "callback/support.rs"]
mod support;

#[path = "callback/forgeries.rs"]
mod forgeries;
#[path = "callback/forms.rs"]
mod forms;
#[path = "callback/oracle.rs"]
mod oracle;
#[path = "callback/random.rs"]
mod random;
