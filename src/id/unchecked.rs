//! Compiler messages for a value that is not an id where an id is expected.
//!
//! Nothing implements the two traits here. The hidden conversions make the compiler print the traits' messages. Without them
//! it would list the real conversions, and not say how to make an id. The bounds are on the id: with a bound on `T`, the
//! compiler prints a message about `Into` instead.

use super::{AppId, ArtisanId, JobId, ProfileId, ProfileIds, SegmentId};

#[diagnostic::on_unimplemented(
    message = "expected `{Self}`, found `{T}`",
    label = "expected `{Self}`",
    note = "an id is checked when it is made: `{Self}::new(…)?` takes any text, `{Self}::from_static(…)` a literal"
)]
pub trait FromUnchecked<T>: Sized {
    fn unchecked(id: T) -> Self;
}

#[diagnostic::on_unimplemented(
    message = "expected `{Self}`, found `{T}`",
    label = "expected `{Self}`",
    note = "an id is checked when it is made: use `{Self}::shared_user(…)?` or `{Self}::artisan(…)?`"
)]
pub trait FromEitherUnchecked<T>: Sized {
    fn unchecked(id: T) -> Self;
}

// Written out, because the compiler would show the inside of a macro.

#[doc(hidden)]
impl<T> From<T> for AppId
where
    AppId: FromUnchecked<T>,
{
    fn from(id: T) -> Self {
        AppId::unchecked(id)
    }
}

#[doc(hidden)]
impl<T> From<T> for SegmentId
where
    SegmentId: FromUnchecked<T>,
{
    fn from(id: T) -> Self {
        SegmentId::unchecked(id)
    }
}

#[doc(hidden)]
impl<T> From<T> for JobId
where
    JobId: FromUnchecked<T>,
{
    fn from(id: T) -> Self {
        JobId::unchecked(id)
    }
}

#[doc(hidden)]
impl<T> From<T> for ArtisanId
where
    ArtisanId: FromUnchecked<T>,
{
    fn from(id: T) -> Self {
        ArtisanId::unchecked(id)
    }
}

#[doc(hidden)]
impl<T> From<T> for ProfileId
where
    ProfileId: FromEitherUnchecked<T>,
{
    fn from(id: T) -> Self {
        ProfileId::unchecked(id)
    }
}

#[doc(hidden)]
impl<T> From<T> for ProfileIds
where
    ProfileIds: FromEitherUnchecked<T>,
{
    fn from(ids: T) -> Self {
        ProfileIds::unchecked(ids)
    }
}
