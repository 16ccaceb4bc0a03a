//! Paths that name an open descriptor of this process: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/3`, links to these.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Linux follows as many links.
const LINKS: usize = 40;

/// The directories of this process's descriptors. Some systems have one, some have links.
const DIRECTORIES: [&str; 3] = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"];

/// Whether the path is another name of stdout.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || descriptor(path) == Some(1)
}

/// The number of the descriptor that the path names. Nothing is opened, and what is behind a descriptor is not looked at.
pub(crate) fn descriptor(path: &Path) -> Option<u32> {
    if cfg!(not(unix)) {
        return None;
    }
    let directories: Vec<PathBuf> =
        DIRECTORIES.iter().filter_map(|directory| fs::canonicalize(directory).ok()).collect();
    let mut path = std::path::absolute(path).ok()?;
    for _ in 0..LINKS {
        let directory = fs::canonicalize(path.parent()?).ok()?;
        let name = path.file_name()?;
        if directories.contains(&directory) {
            return name.to_str()?.parse().ok();
        }
        match fs::read_link(&path) {
            Ok(target) => path = directory.join(target),
            Err(_) => return standard(&directory, name),
        }
    }
    None
}

/// The three standard names, on systems where they are no links.
fn standard(directory: &Path, name: &OsStr) -> Option<u32> {
    let names = ["stdin", "stdout", "stderr"];
    let place = names.iter().position(|known| name == *known).filter(|_| directory == Path::new("/dev"))?;
    u32::try_from(place).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_known_by_any_name() {
        let own = format!("/proc/{}/fd/1", std::process::id());
        for (path, expected) in [
            ("/dev/stdout", Some(1)),
            ("/dev/../dev/./stdout", Some(1)),
            ("/dev/fd/1", Some(1)),
            ("/dev/stderr", Some(2)),
            ("/dev/fd/63", Some(63)),
            ("/dev/null", None),
            ("/dev/fd", None),
            ("stdout", None),
            ("/nowhere/fd/1", None),
            ("/", None),
        ] {
            assert_eq!(descriptor(Path::new(path)), expected, "{path}");
        }
        if cfg!(target_os = "linux") {
            for path in ["/proc/self/fd/1", "/proc/thread-self/fd/1", &own] {
                assert_eq!(descriptor(Path::new(path)), Some(1), "{path}");
            }
            assert_eq!(descriptor(Path::new("/proc/1/fd/1")), None);
        }
        assert!(is_stdout(Path::new("-")) && !is_stdout(Path::new("./-")));
    }
}
