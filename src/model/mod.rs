//! What the service answers with, as types.

mod attributes;
mod attributes_json;
mod deserialize;
mod published;

pub use attributes::{AttributeIter, AttributeValue, Attributes};
pub(crate) use attributes::{Entry, Span, View};
pub use published::Coordinate;
pub(crate) use published::{attribute_methods, yes_or_no};
