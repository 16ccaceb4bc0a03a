//! The ways to make a call, and to read what comes of it.

use std::fs;
use std::path::Path;

use useartisan::{AppId, Error, ExportSegment, ListApps, SegmentId};

use super::DOCUMENT;
use crate::rig::Backend;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Call,
    Post,
    Raw,
    Records,
    Bytes,
    Chunks,
    Save,
}

pub(crate) const DOWNLOADS: &[Way] = &[Way::Records, Way::Bytes, Way::Chunks, Way::Save];
pub(crate) const CALLS: &[Way] = &[Way::Call, Way::Post];
/// All that read an answer to make something of it.
pub(crate) const READ: &[Way] = &[Way::Call, Way::Post, Way::Records, Way::Bytes, Way::Chunks, Way::Save];
pub(crate) const EVERY: &[Way] =
    &[Way::Call, Way::Post, Way::Raw, Way::Records, Way::Bytes, Way::Chunks, Way::Save];

/// As much as a download may have that is read at once, in bytes.
pub(crate) const LIMIT: usize = 1 << 20;

impl Way {
    /// Makes the call. What it gives is told as text.
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
        }
    }

    /// What it gives where [`DOCUMENT`] comes whole.
    pub(crate) fn whole(self) -> &'static str {
        match self {
            Way::Call => "Demo",
            Way::Post => "5584",
            Way::Records => "[Some(54), Some(29)]",
            Way::Raw | Way::Bytes | Way::Chunks | Way::Save => DOCUMENT,
        }
    }
}
