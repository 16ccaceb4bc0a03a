//! The file of a save: private and beside its path while partial, renamed to the path when whole.

use std::ffi::OsString;
#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::offload::Consent;
use super::place::Place;
use crate::backends::clock;
use crate::{Error, ErrorKind};

/// How much of a file's name goes into its part's name, in bytes. File systems allow 255 for a name; with encryption, only
/// 143.
const NAME_KEPT: usize = 100;

/// How many random names are tried.
const TRIES: usize = 16;

/// The file of a save. It leaves nothing behind if it is dropped before it is whole.
pub(super) struct Target {
    path: PathBuf,
    file: File,
    part: Part,
    /// The permissions of the whole file.
    #[cfg(unix)]
    permissions: Permissions,
}

/// The path of the part. Dropping this removes the file.
struct Part {
    path: PathBuf,
    stays: bool,
}

impl Target {
    /// Checks `path`, and creates the part.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |error| cannot("save to", path, error);
        let place = Place::find(path)?;
        #[cfg(unix)]
        let permissions = {
            let new = metadata_of_a_new_file(&place.path).map_err(failed)?;
            place.check_owner(&new)?;
            permissions(place.old.as_ref(), &new)
        };
        let (file, part) = create_beside(&place.path, &private()).map_err(failed)?;
        Ok(Target {
            path: place.path,
            file,
            part: Part { path: part, stays: false },
            #[cfg(unix)]
            permissions,
        })
    }

    /// The absolute path of the final file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| cannot("write", &self.path, error))
    }

    /// Renames the part to the path, if the caller still waits for it.
    pub(super) fn finish(self, consent: &Consent) -> Result<(), Error> {
        let Target { path, file, mut part, .. } = self;
        // A file system without permissions refuses this. Then the part keeps the ones it was created with.
        #[cfg(unix)]
        let _ = file.set_permissions(self.permissions);
        file.sync_all().map_err(|error| cannot("write", &path, error))?;
        drop(file); // some systems cannot rename an open file
        match consent.act(|| fs::rename(&part.path, &path)) {
            Some(Ok(())) => {
                part.stays = true;
                sync_directory(&path);
                Ok(())
            }
            Some(Err(error)) => Err(part.kept(&path, error)),
            None => Err(cannot("put in place", &path, io::Error::other("the save was given up"))),
        }
    }
}

impl Part {
    /// Keeps a whole download that cannot be renamed. The service might not give it again.
    fn kept(&mut self, path: &Path, error: io::Error) -> Error {
        if fs::symlink_metadata(&self.path).is_err() {
            return cannot("put in place", path, error);
        }
        self.stays = true;
        let (path, part) = (path.display(), self.path.display());
        let message = format!("cannot put `{path}` in place; the whole download is kept in `{part}`");
        Error::new(ErrorKind::File, message).with_source(error).with_kept_part(self.path.clone())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.stays {
            // No caller is left to report it to.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The old file's permission bits if the caller owns it, and otherwise those of a new file. Another user could have chosen 0666,
/// and anyone could then change the new file. Setuid, setgid and sticky bits are never kept.
#[cfg(unix)]
fn permissions(old: Option<&fs::Metadata>, new: &fs::Metadata) -> Permissions {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let own = old.filter(|old| old.is_file() && old.uid() == new.uid());
    Permissions::from_mode(own.unwrap_or(new).mode() & 0o777)
}

/// The owner and the permissions of a new file under the process's umask. Only an empty file shows them. It is removed before
/// the part is created, so a killed process leaves at most one file.
#[cfg(unix)]
fn metadata_of_a_new_file(path: &Path) -> io::Result<fs::Metadata> {
    let (file, probe) = create_beside(path, OpenOptions::new().write(true))?;
    let metadata = file.metadata();
    drop(file);
    fs::remove_file(probe)?;
    metadata
}

fn create_beside(path: &Path, options: &OpenOptions) -> io::Result<(File, PathBuf)> {
    create_new(|| path.with_file_name(part_name(path)), options)
}

/// Creates a file under the first of these names that is free. A link counts as taken.
fn create_new(mut name: impl FnMut() -> PathBuf, options: &OpenOptions) -> io::Result<(File, PathBuf)> {
    let mut options = options.clone();
    options.create_new(true);
    let mut tries = 0;
    loop {
        let part = name();
        tries += 1;
        match options.open(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => {}
            opened => return Ok((opened?, part)),
        }
    }
}

/// `.NAME.<random>.part`
fn part_name(path: &Path) -> OsString {
    let name = path.file_name().unwrap_or_default();
    let mut part = OsString::from(".");
    match name.len() <= NAME_KEPT {
        true => part.push(name),
        false => part.push(name.to_string_lossy().chars().take(NAME_KEPT / 4).collect::<String>()),
    }
    part.push(format!(".{:016x}.part", clock::seed()));
    part
}

/// Options for a file that no other user can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Syncs the rename to the disk. If that fails, the save has not: the file is whole and in place, and after a power cut either it
/// or the old file is there, both whole.
fn sync_directory(path: &Path) {
    #[cfg(unix)]
    if let Some(Ok(directory)) = path.parent().map(File::open) {
        let _ = directory.sync_all();
    }
    #[cfg(not(unix))]
    let _ = path;
}

pub(super) fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot {what} `{}`", path.display())).with_source(error)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    /// Promise 30: a save neither writes to nor follows what already has the part's name, planted or not.
    #[test]
    fn a_partial_file_is_never_one_that_is_there() {
        let directory = std::env::temp_dir().join(format!("useartisan-target-{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let at = |name: &str| directory.join(name);
        fs::write(at("file"), "kept").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("absent"), at("dangling")).unwrap();

        let mut names = ["file", "link", "dangling", "free"].iter();
        let (mut file, part) = create_new(|| at(names.next().unwrap()), &private()).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(part, at("free"));
        assert_eq!(fs::metadata(at("free")).unwrap().mode() & 0o777, 0o600);

        let mut names = ["file", "link", "dangling"].iter().cycle();
        let taken = create_new(|| at(names.next().unwrap()), &private());
        assert_eq!(taken.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(at("file")).unwrap(), "kept");
        assert!(!at("absent").exists());
        fs::remove_dir_all(&directory).unwrap();
    }
}
