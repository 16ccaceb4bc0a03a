//! Promise 30: a whole download that cannot be put in place is kept and named.

use std::error::Error as _;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::pieces::{Directory, NEW, OLD, Piece, blocking, client, data, job};
use crate::process::{NOBODY, PATH, done, is_superuser, process, told};
use useartisan::{Error, ErrorKind, Sent};

/// Saves by each kind of backend. `look` makes the rename fail.
fn failures(path: &Path, look: fn(&Directory)) -> [Error; 2] {
    let pieces = [data(NEW), vec![Piece::Look(look)]].concat();
    let by_async = pollster::block_on(client(&pieces).download_job(job()).save(path)).unwrap_err();
    let _ = fs::remove_dir_all(path);
    [by_async, blocking(&pieces).download_job(job()).save_blocking(path).unwrap_err()]
}

#[track_caller]
fn is_kept(error: &Error, path: &Path) {
    let part = error.kept_part().expect("a part that is kept");
    assert_eq!(fs::read_to_string(part).unwrap(), NEW);
    assert_eq!(part.parent(), path.parent());
    assert_eq!((error.kind(), error.sent()), (ErrorKind::File, Sent::Answered));
    let (path, part) = (path.display(), part.display());
    let says = format!(
        "download_job: cannot put `{path}` in place; the whole download is kept in `{part}` (status 200 OK)"
    );
    assert_eq!(error.to_string(), says);
    assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
}

#[test]
fn a_whole_part_that_cannot_be_put_in_place_is_kept_and_named() {
    let directory = Directory::new("kept");
    let path = directory.file("export.json");
    let look = |directory: &Directory| fs::create_dir_all(directory.file("export.json/inner")).unwrap();
    let mut parts = Vec::new();
    for error in failures(&path, look) {
        is_kept(&error, &path);
        parts.push(error.kept_part().unwrap().to_owned());
    }
    parts.sort();
    assert_eq!(directory.parts(), parts);
    assert_eq!(directory.names().len(), 3);
}

/// The error does not promise a part that is not there.
#[test]
fn a_part_that_is_gone_is_not_named() {
    let directory = Directory::new("gone");
    let path = directory.file("export.json");
    let look =
        |directory: &Directory| directory.parts().iter().for_each(|part| fs::remove_file(part).unwrap());
    for error in failures(&path, look) {
        assert_eq!((error.kind(), error.kept_part()), (ErrorKind::File, None));
        assert_eq!(
            error.to_string(),
            format!("download_job: cannot put in place `{}` (status 200 OK)", path.display())
        );
    }
    assert!(directory.names().is_empty());
}

/// The directory is closed during the download (EACCES).
#[test]
fn a_directory_that_was_closed_meanwhile_keeps_the_part() {
    if !is_superuser() {
        return;
    }
    let directory = Directory::new("closed");
    let inner = directory.file("inner");
    fs::create_dir(&inner).unwrap();
    chown(&inner, Some(NOBODY), None).unwrap();
    let path = inner.join("export.json");
    done(process("kept::closes_the_directory", &path).uid(NOBODY));
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
}

#[test]
fn closes_the_directory() {
    let Some(path) = told() else { return };
    let look = |_: &Directory| {
        let inner = told().unwrap();
        fs::set_permissions(inner.parent().unwrap(), fs::Permissions::from_mode(0o500)).unwrap();
    };
    let pieces = [data(NEW), vec![Piece::Look(look)]].concat();
    let error = blocking(&pieces).download_job(job()).save_blocking(&path).unwrap_err();
    is_kept(&error, &path);
    println!("done");
}

/// Something is mounted on the file during the download (EBUSY).
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_was_mounted_on_meanwhile_keeps_the_part() {
    let directory = Directory::new("mounted");
    let path = directory.file("export.json");
    fs::write(&path, OLD).unwrap();
    fs::write(directory.file("other"), "other").unwrap();
    let test = process("kept::mounts_a_file", &path);
    let mut command = Command::new("unshare");
    command.arg("--mount").arg(test.get_program()).args(test.get_args()).env(PATH, &path);
    match Command::new("unshare").args(["--mount", "true"]).status() {
        Ok(status) if status.success() => done(&mut command),
        _ => return println!("left out: it needs a mount namespace"),
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
    assert_eq!(directory.parts().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn mounts_a_file() {
    let Some(path) = told() else { return };
    let look = |_: &Directory| {
        let path = told().unwrap();
        let mut mount = Command::new("mount");
        mount.arg("--bind").arg(path.with_file_name("other")).arg(&path);
        assert!(mount.status().unwrap().success());
    };
    let pieces = [data(NEW), vec![Piece::Look(look)]].concat();
    let error = blocking(&pieces).download_job(job()).save_blocking(&path).unwrap_err();
    is_kept(&error, &path);
    println!("done");
}
