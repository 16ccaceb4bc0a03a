//! Results that go to an open descriptor by a path: `/dev/stdout` and its like.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};

use crate::program::{APP, COMPLETE, SEGMENT, Service, run};
use useartisan_test_support::directory::Directory;

const CSV: [&str; 5] = ["download-job", COMPLETE, "--format", "csv", "--columns=osName"];
const ROWS: &str = "osName\niPhone OS\niPhone OS\n";

/// The names of stdout that this system has.
fn names_of_stdout(directory: &Directory) -> Vec<String> {
    let link = directory.file("link");
    let second = directory.file("second link");
    symlink("/dev/stdout", &link).unwrap();
    symlink("link", &second).unwrap();
    let links = [link, second].map(|link| link.to_str().unwrap().to_owned());
    let known = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].map(str::to_owned);
    known.into_iter().filter(|name| fs::symlink_metadata(name).is_ok()).chain(links).collect()
}

/// Promise 30: a name of stdout works like `-`. Nothing is replaced, whatever stdout is, and only the result is written
/// there.
#[test]
fn a_name_of_stdout_is_stdout() {
    let service = Service::new();
    let directory = Directory::new("cli-stdout");
    let names = names_of_stdout(&directory);
    let json = service.run(&["download-job", COMPLETE]).quiet();
    for name in &names {
        assert_eq!(service.run(&[&CSV[..], &["-f", name]].concat()).quiet(), ROWS, "{name}");
        assert_eq!(service.run(&["download-job", COMPLETE, "-f", name]).quiet(), json, "{name}");

        // A regular file, as with `>`: it is written to, not replaced.
        for form in [&["--format", "json"][..], &["--format", "ndjson"], &CSV[2..]] {
            let path = directory.file("out");
            let out = File::create(&path).unwrap();
            let inode = out.metadata().unwrap().ino();
            let download = [&["download-job", COMPLETE][..], form, &["-f", name]].concat();
            let ran = run(service.artisan(&download).stdout(out));
            assert!(ran.code == Some(0) && ran.err.is_empty(), "{ran:?}");
            let expected = service.run(&download[..download.len() - 2]).quiet();
            assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{name} {form:?}");
            assert_eq!(fs::metadata(&path).unwrap().ino(), inode, "{name}");
        }
        // Existing content stays, as with `>>`.
        let path = directory.file("out");
        fs::write(&path, "before\n").unwrap();
        let out = File::options().append(true).open(&path).unwrap();
        run(service.artisan(&[&CSV[..], &["-f", name]].concat()).stdout(out)).quiet();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("before\n{ROWS}"), "{name}");
    }
    assert_eq!(directory.names(), ["link", "out", "second link"]);
    assert!(fs::symlink_metadata(directory.file("link")).unwrap().is_symlink());
    let export = ["export-segment", APP, SEGMENT, "-f", "/dev/stdout"];
    assert!(service.run(&export).waited().starts_with('{'));
}

/// Output to another descriptor is appended. A descriptor that is not open is refused before anything is sent.
#[test]
fn another_descriptor_is_written_to() {
    let service = Service::new();
    let directory = Directory::new("cli-stderr");
    let path = directory.file("log");
    for form in [&CSV[..], &CSV[..2]] {
        fs::write(&path, "before\n").unwrap();
        let log = File::options().append(true).open(&path).unwrap();
        let told = run(service.artisan(&[form, &["-f", "/dev/stderr"]].concat()).stderr(log));
        assert!(told.code == Some(0) && told.out.contains("/dev/stderr"), "{told:?}");
        let log = fs::read_to_string(&path).unwrap();
        assert!(log.starts_with("before\n") && log.contains("iPhone OS"), "{log}");
    }
    service.requests();
    let err = service.run(&[&CSV[..], &["-f", "/dev/fd/99"]].concat()).failed(2);
    assert!(err.contains("`/dev/fd/99`") && err.contains("descriptor that is open"), "{err}");
    assert!(service.requests().is_empty());
    assert_eq!(directory.names(), ["log"]);
}
