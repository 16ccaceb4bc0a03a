//! How an export job is read: its members, and what an earlier edition wrapped around them.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{AsJson, id, once, skip};
use crate::endpoint::{Fields, Object};
use crate::id::TextVisitor;
use crate::{Attributes, Job, JobId, JobStatus};

/// Room for the published members that have no field, and a little more, in bytes.
const USUAL_OTHER: usize = 96;

/// The members of a job, in details or in a list; in an earlier edition each was wrapped once more, in `jobs`.
#[derive(Default)]
pub(crate) struct JobFields {
    /// Whether they are those of a wrapped job, which nothing beside it can change.
    wrapped: bool,
    id: Option<JobId>,
    status: Option<JobStatus>,
    kind: Option<Option<String>>,
    created_at: Option<Time>,
    start: Option<Time>,
    end: Option<Time>,
    updated_at: Option<Time>,
    other: Attributes,
}

impl Fields for JobFields {
    type Output = Job;

    #[inline]
    fn field<'de, R: AsJson<'de>, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "jobs" if self.wrapped => Err(A::Error::custom("the member `jobs` is there twice")),
            _ if self.wrapped => skip(map),
            "id" | "_id" => id(&mut self.id, name, map),
            "status" => once(&mut self.status, name, map),
            "type" => once(&mut self.kind, name, map),
            "created_at" => once(&mut self.created_at, name, map),
            "start" => once(&mut self.start, name, map),
            "end" => once(&mut self.end, name, map),
            "updated_at" => once(&mut self.updated_at, name, map),
            "jobs" => {
                *self = JobFields::default();
                map.next_value_seed(Wrapped::<R>(self, PhantomData))?;
                self.wrapped = true;
                Ok(())
            }
            _ => {
                if self.other.is_empty() {
                    self.other = Attributes::with_capacity(USUAL_OTHER);
                }
                self.other.push_member::<R, A>(name, map)
            }
        }
    }

    #[inline]
    fn finish(self) -> Result<Job, &'static str> {
        let time = |time: Option<Time>| time.and_then(|time| time.0);
        Ok(Job {
            id: self.id.ok_or("id")?,
            status: self.status.ok_or("status")?,
            kind: self.kind.flatten().filter(|kind| !kind.is_empty()),
            created_at: time(self.created_at),
            start: time(self.start),
            end: time(self.end),
            updated_at: time(self.updated_at),
            other: self.other,
        })
    }
}

/// The value of `jobs`: a job, or a list of exactly one.
struct Wrapped<'f, R>(&'f mut JobFields, PhantomData<R>);

impl<'de, R: AsJson<'de>> DeserializeSeed<'de> for Wrapped<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: AsJson<'de>> Visitor<'de> for Wrapped<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ONE_JOB)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object::<JobFields, R>::plain(self.0).visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut jobs: A) -> Result<(), A::Error> {
        if jobs.next_element_seed(self)?.is_none() {
            return Err(A::Error::invalid_length(0, &ONE_JOB));
        }
        match jobs.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::invalid_length(2, &ONE_JOB)),
        }
    }
}

const ONE_JOB: &str = "one job, or a list of one";

/// An RFC 3339 time; `null` and the empty text where it has not happened.
struct Time(Option<Timestamp>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(TimeVisitor)
    }
}

struct TimeVisitor;

impl<'de> Visitor<'de> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 date and time, or null")
    }

    fn visit_none<E>(self) -> Result<Time, E> {
        Ok(Time(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Time, D::Error> {
        let read = |text: &str| match text {
            "" => Ok(Time(None)),
            _ => match usual_time(text).or_else(|| text.parse().ok()) {
                Some(at) => Ok(Time(Some(at))),
                None => Err(crate::Error::invalid("a job's time", "is not an RFC 3339 date and time")),
            },
        };
        deserializer
            .deserialize_str(TextVisitor { expecting: "an RFC 3339 date and time, or null", make: read })
    }
}

/// A time as the service writes it, by the second and in UTC. That takes a fraction of what a parser of all forms
/// does, and a list of jobs is for the most part times.
fn usual_time(text: &str) -> Option<Timestamp> {
    let (time, zone) = text.as_bytes().split_first_chunk()?;
    let [c, e, n, t, b'-', m, mm, b'-', d, dd, b'T', h, hh, b':', i, ii, b':', s, ss] = *time else {
        return None;
    };
    if !matches!(zone, b"Z" | b"+00:00") {
        return None;
    }
    let two = |tens: u8, ones: u8| {
        let number = tens.is_ascii_digit() && ones.is_ascii_digit();
        number.then(|| ((tens - b'0') * 10 + (ones - b'0')) as i8)
    };
    let year = i16::from(two(c, e)?) * 100 + i16::from(two(n, t)?);
    let time =
        DateTime::new(year, two(m, mm)?, two(d, dd)?, two(h, hh)?, two(i, ii)?, two(s, ss)?, 0).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the short way takes, it takes as the parser of all forms does; that one has the rest.
    #[test]
    fn the_usual_times_are_read_alike() {
        for (text, usual) in [
            ("2015-06-19T17:50:35Z", true),
            ("2015-06-19T17:50:10+00:00", true),
            ("0000-01-01T00:00:00Z", true),
            ("9999-12-30T22:00:00Z", true),
            ("2016-02-29T23:59:59Z", true),
            ("2015-02-29T00:00:00Z", false),
            ("2016-12-31T23:59:60Z", false),
            ("2015-06-19T24:00:00Z", false),
            ("2015-06-19T17:50:10+02:00", false),
            ("2015-06-19T17:50:10.5Z", false),
            ("2015-06-19 17:50:10Z", false),
            ("2015-06-19T17:50:10", false),
            ("2015-06-19T17:5a:10Z", false),
            ("2015-0/-19T17:50:10Z", false),
            ("2015-06-19T17:/0:10Z", false),
        ] {
            assert_eq!(usual_time(text), text.parse().ok().filter(|_| usual), "{text}");
        }
    }
}
