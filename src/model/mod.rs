//! The types in the service's answers.

mod attribute_value;
mod attributes;
mod attributes_json;
mod deserialize;
mod job;
mod job_json;
mod job_status;
mod named;
mod object;
mod profile;
mod published;
mod queued_job;
mod says;

pub use attribute_value::AttributeValue;
pub use attributes::{AttributeIter, Attributes};
pub(crate) use attributes::{Entry, Span, View};
pub use job::Job;
pub use job_status::{JobStatus, OtherStatus};
pub use named::{App, Segment};
pub(crate) use object::Object;
pub use profile::Profile;
pub use published::Coordinate;
pub(crate) use published::{attribute_methods, yes_or_no};
pub use queued_job::QueuedJob;
pub(crate) use says::{Success, present, reason};
