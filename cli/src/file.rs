//! Where rows are written to: stdout, or a file that is made whole or not at all.
//!
//! The original document is saved by the library, in the same way.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use useartisan::Error;
use useartisan::backends::can_save;

use crate::visible::Screen;

/// How much is written at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// A longer name of a file is left out of the name of its part, in bytes: file systems allow 255.
const NAME_KEPT: usize = 200;

/// Finds out whether a result can be brought to the path, and leaves nothing there.
pub(crate) fn check(target: &Path) -> Result<(), Error> {
    match is_replaced(target) {
        true => can_save(target),
        // To open a FIFO may take until somebody reads it.
        false => Ok(()),
    }
}

/// Whether this is the program's own stdout: `-`, or one of the names that the system has for it, or a link to one.
pub(crate) fn is_stdout(target: &Path) -> bool {
    const NAMES: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    /// Linux follows as many links before it gives up.
    const LINKS: usize = 40;
    let next = |path: &PathBuf| Some(path.parent()?.join(fs::read_link(path).ok()?));
    let mut path = std::iter::successors(Some(target.to_path_buf()), next).take(LINKS);
    target == Path::new("-") || path.any(|path| NAMES.iter().any(|name| path == Path::new(name)))
}

/// Whether what is at the path is replaced at the end; a FIFO or device is written to, which cannot be taken back.
pub(crate) fn is_replaced(target: &Path) -> bool {
    fs::metadata(target).map_or(true, |found| found.is_file() || found.is_dir())
}

/// Opens a FIFO or device. A terminal is not to obey what is written: there it is escaped.
pub(crate) fn open_special(target: &Path) -> io::Result<Box<dyn Write + Send>> {
    let file = OpenOptions::new().write(true).open(target)?;
    Ok(if file.is_terminal() { Box::new(Screen::new(file)) } else { Box::new(file) })
}

pub(crate) struct Destination {
    out: BufWriter<Box<dyn Write + Send>>,
    part: Option<Part>,
}

/// What is to become the file: beside it, for its owner alone, and removed when dropped.
struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    /// What the file's are to be once it is whole.
    permissions: Permissions,
    /// Whether it stays when this is dropped.
    is_kept: bool,
}

impl Destination {
    /// A terminal is not to obey what is written: there it is escaped.
    pub(crate) fn stdout() -> Self {
        let out = io::stdout();
        let out = if out.is_terminal() { buffered(Screen::new(out)) } else { buffered(out) };
        Destination { out, part: None }
    }

    /// A file; or a FIFO or device, which is written to as it is.
    pub(crate) fn open(target: &Path) -> io::Result<Self> {
        match fs::metadata(target) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                Ok(Destination { out: buffered(open_special(target)?), part: None })
            }
            _ => {
                let part = Part::create(target)?;
                Ok(Destination { out: buffered(part.file.try_clone()?), part: Some(part) })
            }
        }
    }

    /// Puts the file in place.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.out.into_inner().map_err(|error| error.into_error())?.flush()?;
        self.part.map_or(Ok(()), Part::finish)
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Part {
    /// `.NAME.<random>.part`: neither another command that makes the same file nor what a killed one left is met.
    fn create(target: &Path) -> io::Result<Self> {
        // Taken once, so that it goes where it was opened.
        let target = std::path::absolute(target)?;
        let whole = target.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let mut name = OsString::from(".");
        name.push(if whole.len() <= NAME_KEPT { whole } else { OsStr::new("artisan") });
        name.push(format!(".{:016x}.part", RandomState::new().build_hasher().finish()));
        let path = target.with_file_name(name);
        let new = of_a_new_file(&path)?;
        let old = fs::symlink_metadata(&target).ok().filter(|old| old.is_file() && is_own(old, &new));
        let permissions = old.unwrap_or(new).permissions();
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.write(true).create_new(true).open(&path)?;
        Ok(Part { file, path, target, permissions, is_kept: false })
    }

    /// Renames the file to its path. If only that fails, the whole part stays, and the error names it.
    fn finish(mut self) -> io::Result<()> {
        self.file.set_permissions(self.permissions.clone())?;
        self.file.sync_all()?;
        fs::rename(&self.path, &self.target).map_err(|error| {
            self.is_kept = true;
            let part = self.path.display();
            io::Error::new(error.kind(), format!("{error}; the whole result is kept in `{part}`"))
        })
    }
}

/// What the umask leaves of a new file's permissions: only an empty file that is made for it can tell.
fn of_a_new_file(path: &Path) -> io::Result<Metadata> {
    let new = File::create_new(path)?.metadata();
    fs::remove_file(path)?;
    new
}

/// Whether the old file is the owner's of the new one, without setuid, setgid or sticky. Only then are its permissions kept.
fn is_own(old: &Metadata, new: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        old.uid() == new.uid() && old.mode() & 0o7000 == 0
    }
    #[cfg(not(unix))]
    {
        let _ = (old, new);
        true
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing is there after the rename. A failure to remove the part must not hide the error that led here.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn buffered(out: impl Write + Send + 'static) -> BufWriter<Box<dyn Write + Send>> {
    BufWriter::with_capacity(BUFFER, Box::new(out))
}
