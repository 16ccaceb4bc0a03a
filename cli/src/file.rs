//! Where rows go: stdout, a FIFO or device, or a file that is made whole or not at all.
//!
//! The library saves the original document, by the same rules.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use useartisan::Error;
use useartisan::backends::can_save;

use crate::descriptor::descriptor;
use crate::hint::of_a_write;
use crate::shell;
use crate::trouble::{Exit, Trouble};
use crate::visible::Screen;

/// How much is written at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// The longest file name that is repeated in the name of the part, in bytes. File systems allow 255 for a name.
const NAME_KEPT: usize = 200;

/// Checks that a result can go to the path, and changes nothing there.
pub(crate) fn check(target: &Path) -> Result<(), Trouble> {
    let unusable = |error: io::Error| {
        Trouble::usage(format!("cannot write to `{}`: {error}", target.display()))
            .help("name a descriptor that is open, or a file")
    };
    match is_replaced(target) {
        true => can_save(target).map_err(|error| cannot_make(target, error)),
        false if descriptor(target).is_some() => fs::metadata(target).map(drop).map_err(unusable),
        // Opening a FIFO would block until somebody reads it.
        false => Ok(()),
    }
}

/// Whether a new file replaces what is at the path. A FIFO, a device or an open descriptor is written to instead, and
/// what went there cannot be taken back.
pub(crate) fn is_replaced(target: &Path) -> bool {
    descriptor(target).is_none()
        && fs::metadata(target).map_or(true, |found| found.is_file() || found.is_dir())
}

/// Opens a FIFO, a device or an open descriptor. Text for a terminal is escaped.
pub(crate) fn open_special(target: &Path) -> io::Result<Box<dyn Write + Send>> {
    // The file behind a descriptor may have content already, such as a log.
    let file = match descriptor(target) {
        Some(_) => OpenOptions::new().append(true).open(target)?,
        None => OpenOptions::new().write(true).open(target)?,
    };
    Ok(if file.is_terminal() { Box::new(Screen::new(file)) } else { Box::new(file) })
}

/// Explains why no file can be created, in the words of the command line.
fn cannot_make(file: &Path, error: Error) -> Trouble {
    let kind = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let trouble = Trouble::from(error).before_sending();
    match (kind, file.parent()) {
        (Some(io::ErrorKind::NotFound), Some(parent)) if !parent.exists() => {
            let command = shell::line(&["mkdir".as_ref(), "-p".as_ref(), "--".as_ref(), parent.as_os_str()]);
            trouble.help(format!("its directory does not exist; to make it: {command}"))
        }
        (Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem), _) => {
            trouble.help("choose a directory that you may write to")
        }
        (Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded), _) => {
            trouble.help("make room on the disk, or choose another")
        }
        (Some(_), _) => trouble.help("choose another FILE"),
        // The library's message says what is at the path.
        (None, _) => trouble.help("choose another FILE, or write to stdout: -f -"),
    }
}

/// Where rows go.
pub(crate) struct Destination {
    out: BufWriter<Box<dyn Write + Send>>,
    part: Option<Part>,
}

/// The file in the making: beside the target, readable by its owner alone, removed when dropped.
struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    /// The permissions of the finished file.
    permissions: Permissions,
    /// Keeps the part when it is dropped.
    stays: bool,
}

impl Destination {
    /// Stdout. Text for a terminal is escaped.
    pub(crate) fn stdout() -> Self {
        let out = io::stdout();
        let out = if out.is_terminal() { buffered(Screen::new(out)) } else { buffered(out) };
        Destination { out, part: None }
    }

    /// A part of the file; or what [`open_special`] opens.
    pub(crate) fn open(target: &Path) -> io::Result<Self> {
        if !is_replaced(target) {
            return Ok(Destination { out: buffered(open_special(target)?), part: None });
        }
        let part = Part::create(target)?;
        Ok(Destination { out: buffered(part.file.try_clone()?), part: Some(part) })
    }

    /// Writes the rest, and puts the file in place. A whole part that cannot be put there is kept: see [`Kept`].
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
    /// Creates `.NAME.<random>.part`. Neither a parallel nor a killed command has used that name.
    fn create(target: &Path) -> io::Result<Self> {
        // The file goes where the part is, even if the working directory is moved.
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
        Ok(Part { file, path, target, permissions, stays: false })
    }

    fn finish(mut self) -> io::Result<()> {
        // Some file systems have no permissions to set. The part then keeps its own.
        let _ = self.file.set_permissions(self.permissions.clone());
        self.file.sync_all()?;
        fs::rename(&self.path, &self.target).map_err(|error| {
            self.stays = true;
            io::Error::other(Kept { part: self.path.clone(), target: self.target.clone(), error })
        })
    }
}

/// A whole result that could not be renamed to its path.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) part: PathBuf,
    target: PathBuf,
    error: io::Error,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, part, error) = (self.target.display(), self.part.display(), &self.error);
        write!(f, "cannot put `{target}` in place; the whole result is kept in `{part}`: {error}")
    }
}

impl std::error::Error for Kept {}

/// Reports that stdout or this file cannot be written. If the reader of a pipe has read enough, that is no failure.
pub(crate) fn cannot_write(file: Option<&Path>, error: io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Trouble::new(Exit::Enough, "");
    }
    if let Some(kept) = error.get_ref().and_then(|inner| inner.downcast_ref::<Kept>()) {
        return Trouble::new(Exit::File, kept.to_string()).kept(&kept.part);
    }
    let name = file.map_or_else(|| "stdout".to_owned(), |file| format!("`{}`", file.display()));
    Trouble::new(Exit::File, format!("cannot write to {name}: {error}")).help(of_a_write(error.kind()))
}

/// Finds out a new file's owner and permissions, which the umask decides, by creating one.
fn of_a_new_file(path: &Path) -> io::Result<Metadata> {
    let new = File::create_new(path)?.metadata();
    fs::remove_file(path)?;
    new
}

/// Whether the new file may take over the old one's permissions: both have one owner, and none of setuid, setgid and
/// sticky is set.
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
        if !self.stays {
            // After the rename this fails, as it should. Before it, there is nobody to report a failure to.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn buffered(out: impl Write + Send + 'static) -> BufWriter<Box<dyn Write + Send>> {
    BufWriter::with_capacity(BUFFER, Box::new(out))
}
