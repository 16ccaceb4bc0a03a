//! What the service holds: apps, profiles, segments and jobs.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::json::Json;
use crate::id::Which;
use crate::id::{AppId, ArtisanId, JobId, ProfileId, SegmentId};
use crate::model::JobStatus;

pub(super) struct AppData {
    pub(super) id: AppId,
    pub(super) name: String,
    pub(super) profiles: Vec<ProfileData>,
    pub(super) segments: Vec<SegmentData>,
}

/// A profile. Its shared user id is one of the attributes.
pub(super) struct ProfileData {
    pub(super) id: ArtisanId,
    pub(super) attributes: Vec<(Cow<'static, str>, Json)>,
}

pub(super) struct SegmentData {
    pub(super) id: SegmentId,
    pub(super) name: String,
    pub(super) members: Vec<ProfileId>,
}

pub(super) struct JobData {
    pub(super) id: JobId,
    pub(super) exports: Exports,
    pub(super) status: JobStatus,
    pub(super) created_at: Option<Timestamp>,
    pub(super) start: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
    pub(super) result: Option<Bytes>,
    pub(super) callback_url: Option<String>,
    pub(super) queued_at: Duration,
    pub(super) polls: usize,
}

/// What a job exports.
pub(super) enum Exports {
    Profiles(AppId, Vec<ProfileId>),
    Segment(AppId, SegmentId),
}

/// How jobs move.
#[derive(Clone)]
pub(super) enum Pace {
    ByHand,
    Polls(usize, JobStatus),
    Time(Duration, JobStatus),
}

impl AppData {
    pub(super) fn profile(&self, id: &ProfileId) -> Option<&ProfileData> {
        self.profiles.iter().find(|profile| profile.is(id))
    }

    pub(super) fn segment(&self, id: &str) -> Option<&SegmentData> {
        self.segments.iter().find(|segment| segment.id.as_str() == id)
    }
}

impl ProfileData {
    /// Whether this is one of its ids.
    pub(super) fn is(&self, id: &ProfileId) -> bool {
        match &id.0 {
            Which::Artisan(id) => self.id == *id,
            Which::SharedUser(id) => text_of(&self.attributes, "sharedUserId") == Some(id.as_str()),
        }
    }
}

pub(super) fn text_of<'a>(attributes: &'a [(Cow<'static, str>, Json)], name: &str) -> Option<&'a str> {
    attributes.iter().rev().find(|(candidate, _)| candidate == name).and_then(|(_, value)| match value {
        Json::Text(text) => Some(&**text),
        _ => None,
    })
}
