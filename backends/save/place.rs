//! Checks what is at the path of a save, and whether a new file can replace it, without opening anything.

#[cfg(target_os = "linux")]
mod mounts;

use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::target::cannot;
use crate::{Error, ErrorKind};

/// A path for a new file.
pub(super) struct Place {
    /// Absolute, so that the rename still works if the process changes directory.
    pub(super) path: PathBuf,
    /// What the new file replaces: for a link, the link itself.
    #[cfg(unix)]
    pub(super) old: Option<Metadata>,
}

impl Place {
    /// Checks what is at `path`.
    pub(super) fn find(path: &Path) -> Result<Self, Error> {
        let failed = |error| cannot("save to", path, error);
        let absolute = std::path::absolute(path).map_err(failed)?;
        if names_a_directory(&absolute) {
            return Err(refused(path, A_DIRECTORY));
        }
        let old = match fs::symlink_metadata(&absolute) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let why_not = old.as_ref().map_or(Ok(None), |old| why_not(&absolute, old));
        match why_not.map_err(failed)? {
            Some(why_not) => Err(refused(path, &why_not)),
            None => Ok(Place {
                path: absolute,
                #[cfg(unix)]
                old,
            }),
        }
    }

    /// Refuses another user's file in a sticky directory: only its owner, the directory's owner and the superuser may replace
    /// it. `new` is a file that this process made there.
    #[cfg(unix)]
    pub(super) fn check_owner(&self, new: &Metadata) -> Result<(), Error> {
        use std::os::unix::fs::MetadataExt;

        let (Some(old), Some(directory)) = (&self.old, self.path.parent()) else { return Ok(()) };
        let directory = fs::metadata(directory).map_err(|error| cannot("save to", &self.path, error))?;
        let is_sticky = directory.mode() & 0o1000 != 0;
        match is_sticky && ![0, old.uid(), directory.uid()].contains(&new.uid()) {
            true => Err(refused(
                &self.path,
                "which is another user's in a sticky directory: only its owner can replace it",
            )),
            false => Ok(()),
        }
    }
}

const A_DIRECTORY: &str = "which is a directory: name a file in it";

/// The advice for everything else.
const WRITE_TO: &str = "write to it by `write_to`";

fn refused(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::File, format!("cannot save to `{}`, {why}", path.display()))
}

fn names_a_directory(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    let is_separator = |byte: &u8| byte.is_ascii() && std::path::is_separator((*byte).into());
    last.is_some_and(is_separator) || path.file_name().is_none()
}

/// Why a file cannot replace this, in words that follow the path. `None` if it can.
fn why_not(path: &Path, old: &Metadata) -> io::Result<Option<String>> {
    let kind = old.file_type();
    if kind.is_symlink() {
        return why_not_the_link(path);
    }
    if kind.is_dir() {
        return Ok(Some(A_DIRECTORY.into()));
    }
    if !kind.is_file() {
        return Ok(Some(format!("which is {}: {WRITE_TO}", name(kind))));
    }
    if cfg!(windows) && old.permissions().readonly() {
        return Ok(Some("which is read-only: no file can replace it".into()));
    }
    #[cfg(target_os = "linux")]
    if mounts::is_mount_point(path) {
        return Ok(Some(format!("which is a mount point: {WRITE_TO}")));
    }
    Ok(None)
}

/// A link may be replaced if it leads to a file or to nothing.
fn why_not_the_link(path: &Path) -> io::Result<Option<String>> {
    #[cfg(unix)]
    if let Some(directory) = special_directory(path) {
        return Ok(Some(format!("which is a link in or into `{directory}`: {WRITE_TO}")));
    }
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(None),
        Ok(found) if found.is_dir() => Ok(Some("which is a link to a directory: name a file in that".into())),
        Ok(found) => Ok(Some(format!("which is a link to {}: {WRITE_TO}", name(found.file_type())))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;

        if kind.is_fifo() {
            return "a FIFO";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    let _ = kind;
    "not a regular file"
}

/// The most links in a row, as on Linux.
#[cfg(unix)]
const LINKS: usize = 40;

/// The special directory that a link is in, or leads to or through. Looking at the last target is not enough:
/// `/proc/self/fd/1` resolves to the file that stdout is.
#[cfg(unix)]
fn special_directory(link: &Path) -> Option<&'static str> {
    let special = |path: &Path| ["/proc", "/dev"].into_iter().find(|special| path.starts_with(special));
    let mut path = link.to_owned();
    for _ in 0..LINKS {
        let (directory, name) = (path.parent()?, path.file_name());
        let directory = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let found = special(&path).or_else(|| special(&directory));
        if found.is_some() {
            return found;
        }
        path = directory.join(name?);
        path = directory.join(fs::read_link(path).ok()?);
    }
    None
}
