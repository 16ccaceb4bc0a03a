//! Promise 30: a save replaces only regular files and links to one or to nothing, and refuses the rest before any request.

use std::fs;
use std::path::Path;

use crate::pieces::{self, Directory, NEW, blocking, client, data, job};
use useartisan::backends::can_save;
use useartisan::{Error, ErrorKind, Sent};

/// All ways to learn that a file cannot be saved. None of them sends a request.
fn refusals(path: &Path) -> [Error; 3] {
    let (client, blocking) = (client(&data(NEW)), blocking(&data(NEW)));
    let errors = [
        pollster::block_on(client.download_job(job()).save(path)).unwrap_err(),
        blocking.download_job(job()).save_blocking(path).unwrap_err(),
        can_save(path).unwrap_err(),
    ];
    assert_eq!(pieces::requests(client.backend()) + pieces::requests(blocking.backend()), 0);
    for error in &errors {
        assert_eq!(
            (error.kind(), error.sent(), error.kept_part()),
            (ErrorKind::File, Sent::No, None),
            "{error}"
        );
    }
    let [first, second, beforehand] = errors.each_ref().map(ToString::to_string);
    assert_eq!((&first, first.strip_prefix("download_job: ")), (&second, Some(&*beforehand)));
    errors
}

#[test]
fn a_path_that_cannot_be_is_refused_before_a_request() {
    let directory = Directory::new("refused");
    fs::create_dir(directory.file("inner")).unwrap();
    fs::write(directory.file("file"), "").unwrap();
    let names = directory.names();
    let is_a_directory = ", which is a directory: name a file in it";
    for (path, says) in [
        (directory.file("inner"), is_a_directory),
        (directory.file("inner/"), is_a_directory),
        (directory.file("inner/.."), is_a_directory),
        (directory.file("absent/"), is_a_directory),
        ("/".into(), is_a_directory),
        (directory.file("absent/export.json"), ""),
        (directory.file("file/export.json"), ""),
        (directory.file(&"x".repeat(256)), ""),
        ("".into(), ""),
    ] {
        for error in refusals(&path) {
            assert!(
                error.to_string().ends_with(&format!("cannot save to `{}`{says}", path.display())),
                "{error}"
            );
            // The source is the system's error.
            let source = std::error::Error::source(&error);
            assert_eq!(
                source.is_some_and(|source| source.is::<std::io::Error>()),
                says.is_empty(),
                "{error}"
            );
        }
        assert_eq!(directory.names(), names);
    }
}

#[test]
fn what_can_be_saved_to_is_left_as_it_is() {
    let directory = Directory::new("can");
    let (file, long) = (directory.file("file"), directory.file(&"x".repeat(255)));
    fs::write(&file, "old").unwrap();
    for path in [&file, &long, &directory.file("absent")] {
        can_save(path).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(directory.names(), ["file"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::os::unix::net::UnixListener;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::process::{NOBODY, PATH, done, is_superuser, process, told};

    pub(crate) fn fifo(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    /// Opening a FIFO blocks until somebody reads from it: here, for ever.
    fn soon<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || done.send(work()));
        is_done.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("{what} is opened"))
    }

    #[test]
    fn what_is_no_regular_file_is_refused_by_name() {
        let directory = Directory::new("special");
        let at = |name: &str| directory.file(name);
        fifo(&at("fifo"));
        let _socket = UnixListener::bind(at("socket")).unwrap();
        fs::create_dir(at("inner")).unwrap();
        fs::write(at("file"), "old").unwrap();
        for (link, target) in [
            ("to-fifo", at("fifo").to_str().unwrap()),
            ("to-link", "inner/../to-fifo"),
            ("to-socket", "socket"),
            ("to-null", "/dev/null"),
            ("to-inner", "inner"),
            ("to-stdout", "/proc/self/fd/1"),
            ("to-cwd", "/proc/self/cwd/Cargo.toml"),
            ("to-absent", "/dev/useartisan-absent"),
            ("to-proc", "../../../../../../../proc/self/fd/1"),
        ] {
            symlink(target, at(link)).unwrap();
        }
        let names = directory.names();
        for (path, says) in [
            (at("fifo"), "which is a FIFO: write to it by `write_to`"),
            (at("socket"), "which is a socket: write to it by `write_to`"),
            ("/dev/null".into(), "which is a device: write to it by `write_to`"),
            ("/dev/full".into(), "which is a device: write to it by `write_to`"),
            (at("to-fifo"), "which is a link to a FIFO: write to it by `write_to`"),
            (at("to-link"), "which is a link to a FIFO: write to it by `write_to`"),
            (at("inner/../to-link"), "which is a link to a FIFO: write to it by `write_to`"),
            (at("to-socket"), "which is a link to a socket: write to it by `write_to`"),
            (at("to-null"), "which is a link in or into `/dev`: write to it by `write_to`"),
            (at("to-inner"), "which is a link to a directory: name a file in that"),
            (at("to-absent"), "which is a link in or into `/dev`: write to it by `write_to`"),
            #[cfg(target_os = "linux")]
            (at("to-stdout"), "which is a link in or into `/proc`: write to it by `write_to`"),
            #[cfg(target_os = "linux")]
            (at("to-cwd"), "which is a link in or into `/proc`: write to it by `write_to`"),
            #[cfg(target_os = "linux")]
            (at("to-proc"), "which is a link in or into `/proc`: write to it by `write_to`"),
            #[cfg(target_os = "linux")]
            ("/proc/self/fd/1".into(), "which is a link in or into `/proc`: write to it by `write_to`"),
            #[cfg(target_os = "linux")]
            ("/dev/fd/1".into(), "which is a link in or into `/dev`: write to it by `write_to`"),
            ("/dev/stdout".into(), "which is a link in or into `/dev`: write to it by `write_to`"),
        ] {
            let (name, told) = (path.display().to_string(), path.clone());
            for error in soon(&name, move || refusals(&told)) {
                let expected = format!("cannot save to `{name}`, {says}");
                assert_eq!(error.to_string().trim_start_matches("download_job: "), expected);
            }
            // An open download refuses it too.
            let open = || blocking(&data(NEW)).download_job(job()).open_blocking().unwrap();
            let error = soon(&name, move || open().save_blocking(&path)).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(directory.names(), names);
        }
        assert_eq!(fs::read_to_string(at("file")).unwrap(), "old");
    }

    #[test]
    fn links_that_lead_nowhere_are_no_trouble() {
        let directory = Directory::new("loop");
        let path = directory.file("loop");
        symlink("loop", &path).unwrap();
        for error in refusals(&path) {
            assert!(std::error::Error::source(&error).is_some());
        }
    }

    /// A directory without new files: even the superuser cannot make files in /sys.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_without_permission_is_refused() {
        let directory = Directory::new("forbidden");
        let forbidden = directory.file("forbidden");
        fs::create_dir(&forbidden).unwrap();
        fs::set_permissions(&forbidden, fs::Permissions::from_mode(0o500)).unwrap();
        let is_superuser = fs::write(forbidden.join("file"), "").is_ok();
        let path = if is_superuser { "/sys/export.json".into() } else { forbidden.join("export.json") };
        for error in refusals(&path) {
            assert!(std::error::Error::source(&error).is_some());
        }
    }

    /// Only its owner or the directory's owner may replace it.
    #[test]
    fn anothers_file_in_a_sticky_directory_is_refused() {
        if !is_superuser() {
            return;
        }
        let (sticky, ordinary) = (0o1777, 0o777);
        for (mode, of_the_directory, of_the_file, is_refused) in [
            (sticky, 0, 0, true),
            (sticky, NOBODY, 0, false),
            (sticky, 0, NOBODY, false),
            (ordinary, 0, 0, false),
        ] {
            for name in ["file", "link"] {
                let directory = Directory::new("sticky");
                let (parent, path) = (directory.file("sticky"), directory.file("sticky").join(name));
                fs::create_dir(&parent).unwrap();
                match name {
                    "link" => symlink("absent", &path).unwrap(),
                    _ => fs::write(&path, "old").unwrap(),
                }
                std::os::unix::fs::lchown(&path, Some(of_the_file), None).unwrap();
                chown(&parent, Some(of_the_directory), None).unwrap();
                fs::set_permissions(&parent, fs::Permissions::from_mode(mode)).unwrap();
                let test = if is_refused { "is_refused_it" } else { "is_given_it" };
                let test = format!("refused::unix::{test}");
                done(process(&test, &path).env("SAYS", "another user's in a sticky directory").uid(NOBODY));
                assert_eq!(fs::symlink_metadata(&path).unwrap().is_symlink(), is_refused && name == "link");
                assert_eq!(fs::read_dir(&parent).unwrap().count(), 1);
                // The superuser may.
                blocking(&data(NEW)).download_job(job()).save_blocking(&path).unwrap();
            }
        }
    }

    /// In a mount namespace of its own, if the system allows that.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_mount_point_is_refused() {
        let directory = Directory::new("mount");
        let (path, other) = (directory.file("a file"), directory.file("other"));
        fs::write(&path, "old").unwrap();
        fs::write(&other, "other").unwrap();
        let test = process("refused::unix::is_refused_it", &path);
        let mount = r#"mount --bind "$0" "$1" || exit 0 && shift && exec "$@""#;
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", mount]).arg(&other).arg(&path);
        command.arg(test.get_program()).args(test.get_args()).env(PATH, &path).env("SAYS", "a mount point");
        match Command::new("unshare").args(["--mount", "true"]).status() {
            Ok(status) if status.success() => done(&mut command),
            _ => println!("left out: it needs a mount namespace"),
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn is_refused_it() {
        let Some(path) = told() else { return };
        let says = std::env::var("SAYS").unwrap();
        refusals(&path).iter().for_each(|error| assert!(error.to_string().contains(&says), "{error}"));
        println!("done");
    }

    #[test]
    fn is_given_it() {
        let Some(path) = told() else { return };
        can_save(&path).unwrap();
        blocking(&data(NEW)).download_job(job()).save_blocking(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), NEW);
        println!("done");
    }
}

#[cfg(unix)]
pub(crate) use unix::fifo;
