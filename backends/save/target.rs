//! Where a save writes to: a file beside the one to be made, or a FIFO or device as it is.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Consent;
use crate::backends::clock;
use crate::{Error, ErrorKind};

/// How much of a file's name goes into that of its `.part`, in bytes: file systems allow 255 for a name.
const NAME_KEPT: usize = 200;

/// How often a random name is tried that turns out to be taken.
const TRIES: usize = 16;

/// What is written to until the save is whole. Dropped before that, it leaves nothing behind.
pub(super) struct Target {
    path: PathBuf,
    file: File,
    /// `None` for a FIFO or a device: there is nothing to put in place.
    part: Option<Part>,
}

/// The file beside the one to be made; removed when dropped.
struct Part {
    path: PathBuf,
    /// What the file's permissions are to be once it is whole.
    permissions: Permissions,
    in_place: bool,
}

impl Target {
    /// Finds out what is at `path`, and opens what is to be written to.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        Target::open_io(path).map_err(|error| cannot("save to", path, error))
    }

    fn open_io(path: &Path) -> io::Result<Self> {
        // Taken once, so that the rename goes where the file was opened even if the process changes directory.
        let path = std::path::absolute(path)?;
        let names_directory =
            path.as_os_str().as_encoded_bytes().last().is_some_and(|byte| is_separator(*byte));
        let found = match fs::metadata(&path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if names_directory || path.file_name().is_none() || found.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if found.is_some_and(|found| !found.is_file()) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Target { path, file, part: None });
        }
        // Of a link, it is the link that is replaced: what it points to has no say.
        let permissions = match fs::symlink_metadata(&path) {
            Ok(old) if old.is_file() => old.permissions(),
            _ => permissions_of_a_new_file(&path)?,
        };
        let (file, part) = create_beside(&path, &private())?;
        let part = Part { path: part, permissions, in_place: false };
        Ok(Target { path, file, part: Some(part) })
    }

    /// The absolute path of what is to be made.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what was written can be taken back: not from a FIFO or a device.
    pub(super) fn can_start_again(&self) -> bool {
        self.part.is_some()
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| cannot("write", &self.path, error))
    }

    /// Puts the file in place, whole, with the consent of whoever waits for it.
    pub(super) fn finish(self, consent: &Consent) -> Result<(), Error> {
        let Target { path, file, part } = self;
        let Some(part) = part else { return Ok(()) };
        part.finish(&path, file, consent).map_err(|error| cannot("put in place", &path, error))
    }
}

impl Part {
    fn finish(mut self, path: &Path, file: File, consent: &Consent) -> io::Result<()> {
        file.set_permissions(self.permissions.clone())?;
        file.sync_all()?;
        drop(file); // before the rename, for systems that rename no open file
        consent.act(|| fs::rename(&self.path, path))?;
        self.in_place = true;
        sync_directory(path);
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.in_place {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the process's umask leaves of a new file's permissions. Only an empty file made for that can tell, and
/// it is gone before the next is made, so that no kill leaves two.
fn permissions_of_a_new_file(path: &Path) -> io::Result<Permissions> {
    let (file, probe) = create_beside(path, OpenOptions::new().write(true))?;
    let permissions = file.metadata().map(|new| new.permissions());
    drop(file);
    fs::remove_file(probe)?;
    permissions
}

fn create_beside(path: &Path, options: &OpenOptions) -> io::Result<(File, PathBuf)> {
    create_new(|| path.with_file_name(part_name(path)), options)
}

/// Makes a file by one of these names that nothing has, not even a link.
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

/// For a file that nobody else may look into.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Has the rename reach the disk. That it does not is no failure of the save: the file is in place and whole, and
/// a power cut leaves either it or the old one, which is whole as well.
fn sync_directory(path: &Path) {
    #[cfg(unix)]
    if let Some(Ok(directory)) = path.parent().map(File::open) {
        let _ = directory.sync_all();
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii() && std::path::is_separator(byte.into())
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot {what} `{}`", path.display())).with_source(error)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    /// Promise 30: what has the name of a partial file already, planted or not, is neither written to nor followed.
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
