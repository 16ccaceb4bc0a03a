//! The ways to make a call and to read its answer.

use std::fs;
use std::path::Path;

use useartisan::{
    AppId, Error, ExportProfiles, ExportSegment, GetJob, GetProfile, ListApps, ListJobs, ListSegments,
    ProfileId, ProfileIds, SegmentId,
};

use crate::scenario::DOCUMENT;
use crate::support::clients::{self, Backend};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Call,
    Post,
    Raw,
    Records,
    Bytes,
    Chunks,
    Save,
    /// The endpoints that no other way calls, one after another.
    Rest,
}

pub(crate) const RAW: &[Way] = &[Way::Raw];
pub(crate) const POST: &[Way] = &[Way::Post];
pub(crate) const REST: &[Way] = &[Way::Rest];
pub(crate) const DOWNLOADS: &[Way] = &[Way::Records, Way::Bytes, Way::Chunks, Way::Save];
pub(crate) const CALLS: &[Way] = &[Way::Call, Way::Post];
/// The ways that parse the answer.
pub(crate) const READ: &[Way] = &[Way::Call, Way::Post, Way::Records, Way::Bytes, Way::Chunks, Way::Save];
pub(crate) const EVERY: &[Way] =
    &[Way::Call, Way::Post, Way::Raw, Way::Records, Way::Bytes, Way::Chunks, Way::Save];

/// The same, with the other endpoints.
pub(crate) const ALL: [&[Way]; 2] = [EVERY, REST];

/// The most bytes of a download that is read at once.
pub(crate) const LIMIT: usize = 1 << 20;

impl Way {
    /// Makes the call, and returns its result as text.
    pub(crate) fn go(self, backend: &Backend, path: &Path) -> Result<String, Error> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self {
            Way::Call => {
                let apps = backend.send(ListApps::new())?;
                Ok(apps.iter().map(|app| app.name()).collect::<Vec<_>>().join(","))
            }
            Way::Post => {
                let call = ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("segment"));
                Ok(backend.send(call)?.id().to_string())
            }
            Way::Raw => Ok(text(backend.send_raw(ListApps::new())?.body())),
            Way::Records => Ok(format!("{:?}", backend.records()?)),
            Way::Bytes => Ok(text(&backend.bytes(LIMIT)?)),
            Way::Chunks => Ok(text(&backend.chunks()?)),
            Way::Save => {
                let saved = backend.save(path)?;
                let file = fs::read_to_string(path).unwrap();
                assert_eq!(saved.bytes, file.len() as u64);
                Ok(file)
            }
            Way::Rest => rest(backend),
        }
    }

    /// The result for a whole [`DOCUMENT`].
    pub(crate) fn whole(self) -> &'static str {
        match self {
            Way::Call => "Demo",
            Way::Post => "5584",
            Way::Records => "[Some(54), Some(29)]",
            Way::Raw | Way::Bytes | Way::Chunks | Way::Save => DOCUMENT,
            Way::Rest => "",
        }
    }
}

/// The common outcome: an error of one kind, or a description of the differences.
fn rest(backend: &Backend) -> Result<String, Error> {
    let app = AppId::from_static("app");
    let outcomes = [
        backend.send(GetProfile::new(&app, ProfileId::artisan("id").unwrap())).err(),
        backend.send(ExportProfiles::new(&app, ProfileIds::artisan(["id"]).unwrap())).err(),
        backend.send(ListSegments::new(&app)).err(),
        backend.send(ListJobs::new()).err(),
        backend.send(GetJob::new(clients::job())).err(),
    ];
    let errors: Vec<_> = outcomes.into_iter().flatten().collect();
    let alike =
        errors.iter().all(|error| (error.kind(), error.sent()) == (errors[0].kind(), errors[0].sent()));
    match (errors.len(), alike) {
        (5, true) => Err(errors.into_iter().next_back().unwrap()),
        (failed, _) => Ok(format!("{failed} of 5 failed: {errors:?}")),
    }
}
