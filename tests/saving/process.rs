//! Tests of this binary that run as processes of their own, to be killed, limited, or run as another user.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The path to save to, set in such a process.
pub(crate) const PATH: &str = "USEARTISAN_TEST_SAVE_TO";

/// Prepares a test of this binary as a process of its own.
pub(crate) fn process(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(PATH, path);
    command
}

/// Starts such a process, and waits until it prints `there`.
pub(crate) fn stopped(test: &str, path: &Path) -> (Child, impl Iterator + use<>) {
    let mut child = process(test, path).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("there")));
    (child, lines)
}

/// The path to save to, if this is such a process.
pub(crate) fn told() -> Option<PathBuf> {
    std::env::var_os(PATH).map(PathBuf::from)
}

/// Runs such a process to its end. It must print `done`.
#[cfg(unix)]
pub(crate) fn done(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("done"), "{said}{failed}");
}

/// The user `nobody`.
#[cfg(unix)]
pub(crate) const NOBODY: u32 = 65_534;

/// Whether this user can make files and processes of other users.
#[cfg(unix)]
pub(crate) fn is_superuser() -> bool {
    let is_superuser = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    if !is_superuser {
        println!("left out: it needs the superuser");
    }
    is_superuser
}
