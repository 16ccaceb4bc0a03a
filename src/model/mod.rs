//! What the service answers with, as types.

mod attribute_value;
mod attributes;
mod attributes_json;
mod deserialize;
mod job;
mod job_fields;
mod job_status;
mod named;
mod profile;
mod published;
mod queued_job;

pub use attribute_value::AttributeValue;
pub use attributes::{AttributeIter, Attributes};
pub(crate) use attributes::{Entry, Span, View};
pub(crate) use attributes_json::AsJson;
pub use job::Job;
pub(crate) use job_fields::JobFields;
pub use job_status::{JobStatus, OtherStatus};
pub use named::{App, Segment};
pub(crate) use named::{AppFields, SegmentFields};
pub use profile::Profile;
pub(crate) use profile::ProfileFields;
pub use published::Coordinate;
pub(crate) use published::{attribute_methods, yes_or_no};
pub(crate) use queued_job::QueuedFields;
pub use queued_job::QueuedJob;

use serde::de::{Error, IgnoredAny, MapAccess};

/// Reads a member that may be there once.
#[inline(always)]
pub(crate) fn once<'de, T: serde::Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    put(slot, name, map.next_value()?)
}

/// Takes the value of a member that may be there once.
#[inline]
fn put<T, E: Error>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom(format_args!("the member `{name}` is there twice"))),
    }
}

/// Reads an id that may be there under both of its names, if they agree.
#[inline]
fn id<'de, T: serde::Deserialize<'de> + PartialEq, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    let id = map.next_value()?;
    match slot {
        Some(other) if *other != id => {
            Err(A::Error::custom(format_args!("`{name}` differs from the id before it")))
        }
        _ => {
            *slot = Some(id);
            Ok(())
        }
    }
}

/// Passes over a member.
fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}
