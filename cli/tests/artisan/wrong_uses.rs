//! Wrong uses: the message names the mistake, its place, and the remedy.

use std::fs;

use crate::program::{APP, COMPLETE, PUBLIC_KEY, SECRET_KEY, SEGMENT, Service, artisan, run};
use useartisan_test_support::directory::Directory;

#[test]
fn a_wrong_use_is_told_what_to_do() {
    let service = Service::new();
    let directory = Directory::new("cli-wrong");
    let empty = directory.file("empty");
    fs::write(&empty, "\n").unwrap();
    let (empty, missing) = (empty.to_str().unwrap(), directory.file("no dir/x.csv"));
    let mkdir = format!("mkdir -p -- '{}'", missing.parent().unwrap().display());
    let file = directory.file("");
    for (arguments, words) in [
        (&["list-aps"][..], &["similar", "'list-apps'"][..]),
        (&["export-profiles", APP, "--ids", empty], &["has no id", "one id on each line"]),
        (
            &["export-segment", APP, SEGMENT, "-f", missing.to_str().unwrap()],
            &["directory does not exist", &mkdir],
        ),
        (&["export-segment", APP, SEGMENT, "-f", file.to_str().unwrap()], &["name a file in it"]),
        (&["list-apps", "--timeout", "0s"], &["leaves no time", "1000h"]),
        (&["list-apps", "--max-time", "1d"], &["90s, 30m or 6h"]),
        (&["list-apps", "--keys", "/nowhere"], &["ARTISAN_PUBLIC_KEY=…"]),
        (&["list-apps", "--keys", "/dev/null"], &["/dev/null"]),
        (&["list-apps", "--secret-key", "x"], &["never arguments", "--keys"]),
        (&["list-apps", "--public-key=x"], &["never arguments", "--keys"]),
        (&["list-apps", "--timeout", "-5s"], &["--timeout", "90s, 30m or 6h"]),
        (&["download-job", COMPLETE, "--max-record", "1TB"], &["--max-record", "GiB"]),
        (&["download-job", COMPLETE, "--max-text", "-1"], &["--max-text", "500MB or 16MiB"]),
        (&["download-job", COMPLETE, "--columns", "age"], &["--format csv", "FILE end in .csv"]),
        (&["download-job", COMPLETE, "--format", "xml"], &["json, ndjson, csv"]),
        (&["export-segment", APP, SEGMENT, "--callback-url", "example.com"], &["https://host/path"]),
        (&["get-job", COMPLETE, "--wait-timeout", "5s"], &["add --wait"]),
    ] {
        let err = service.run(arguments).failed(2);
        assert!(words.iter().all(|word| err.contains(word)), "{arguments:?}: {err}");
    }
    assert!(service.requests().is_empty());
    assert_eq!(directory.names(), ["empty"]);
}

/// Options that contradict `--fake` are refused, so nobody mistakes sample data for the service's.
#[test]
fn sample_data_are_not_taken_for_the_services() {
    for option in ["--base-url", "--keys", "--proxy", "--cacert"] {
        let err = run(&mut artisan(&["list-apps", "--fake", option, "https://artisan.example"])).failed(2);
        assert!(err.contains("'--fake' cannot be used with") && err.contains(option), "{err}");
    }
    run(artisan(&["list-apps", "--fake"]).env("ARTISAN_URL", "https://artisan.example")).quiet();
}

/// The message locates the wrong id among many.
#[test]
fn an_id_that_cannot_be_sent_is_found() {
    let service = Service::new();
    let directory = Directory::new("cli-ids");
    let file = directory.file("ids");
    let path = file.to_str().unwrap();
    for (lines, what) in [
        ("a\n\nb,c\n", "line 3: the id has a comma"),
        ("\u{feff}a\r\n..\r\n", "line 2: artisan id is `..`"),
        ("a\nb\n\u{1b}[31m\n", "line 3: artisan id has a control character"),
    ] {
        fs::write(&file, lines).unwrap();
        let err = service.run(&["export-profiles", APP, "--ids", path]).failed(2);
        assert!(err.contains(&format!("`{path}`, {what}")), "{err}");
    }
    for (ids, what) in
        [(["a", "x,y"], "USER \"x,y\": the id has a comma"), (["", "a"], "USER \"\": artisan id is empty")]
    {
        let err = service.run(&["export-profiles", APP, ids[0], ids[1]]).failed(2);
        assert!(err.contains(what), "{err}");
    }
    fs::write(&file, b"a\xff\n").unwrap();
    for (path, what) in
        [(path, "valid UTF-8"), ("/nowhere", "/nowhere"), (directory.file("").to_str().unwrap(), "irectory")]
    {
        let err = service.run(&["export-profiles", APP, "--ids", path]).failed(2);
        assert!(err.contains(what) && err.contains("one id on each line"), "{err}");
    }
    assert!(service.requests().is_empty());
}

/// The message names the source of wrong keys, and does not show them.
#[test]
fn keys_that_cannot_be_right_are_found() {
    let service = Service::new();
    let directory = Directory::new("cli-wrong-keys");
    let file = directory.file("keys");
    let path = file.to_str().unwrap();
    for secret in ["s3cret s3cret", "s3cret\u{e9}", "s3cret\"s3cret"] {
        let err = run(service.artisan(&["list-apps"]).env("ARTISAN_SECRET_KEY", secret)).failed(2);
        assert!(err.contains("ARTISAN_SECRET_KEY") && err.contains("copy the key again"), "{err}");
        assert!(!err.contains("s3cret"), "{err}");
        fs::write(&file, format!("ARTISAN_PUBLIC_KEY=x\nARTISAN_SECRET_KEY={secret}\n")).unwrap();
        only_for_its_owner(&file);
        let err = service.run(&["list-apps", "--keys", path]).failed(2);
        assert!(err.contains(path) && err.contains("copy the key again") && !err.contains("s3cret"), "{err}");
    }
    fs::write(&file, b"\xff\xfeA\0R\0").unwrap();
    let err = service.run(&["list-apps", "--keys", path]).failed(2);
    assert!(err.contains(path) && err.contains("in UTF-8"), "{err}");
}

fn only_for_its_owner(file: &std::path::Path) {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    #[cfg(not(unix))]
    let _ = file;
}

/// A device is refused, without advice to change its permissions. A pipe, such as a shell's `<(…)`, may supply keys.
#[cfg(unix)]
#[test]
fn a_device_has_no_keys() {
    let service = Service::new();
    for device in ["/dev/null", "/dev/zero"] {
        let err = service.run(&["list-apps", "--keys", device]).failed(2);
        assert!(err.contains(&format!("`{device}` is not a file")) && !err.contains("chmod"), "{err}");
    }
    let script = format!("printf 'ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY={SECRET_KEY}\n'");
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", &format!("\"$0\" list-apps --base-url \"$1\" --keys <({script})")]);
    run(bash.args([crate::program::ARTISAN, service.base_url()])).quiet();
}

/// An argument that is not UTF-8 is shown, so that it can be found among many.
#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_shown() {
    let wrong: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"https://caf\xe9");
    let err = run(artisan(&["list-apps", "--base-url"]).arg(wrong)).failed(2);
    assert!(err.contains("argument `https://caf\u{fffd}` is not UTF-8"), "{err}");
}

/// A FILE that cannot be created has a fitting hint, and none about a full disk.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_made_is_told_why() {
    let service = Service::new();
    let directory = Directory::new("cli-no-file");
    let (plain, link) = (directory.file("plain"), directory.file("link.csv"));
    fs::write(&plain, "").unwrap();
    std::os::unix::fs::symlink("/dev/shm", &link).unwrap();
    let beneath = plain.join("x.csv");
    let long = directory.file(&format!("{}.csv", "r".repeat(300)));
    for (file, why, next) in [
        (&directory.file(""), "name a file in it", "-f -"),
        (&beneath, "Not a directory", "choose another FILE"),
        (&long, "name too long", "choose another FILE"),
        (&link, "a link in or into `/dev`", "-f -"),
    ] {
        let err = service.run(&["export-segment", APP, SEGMENT, "-f", file.to_str().unwrap()]).failed(2);
        assert!(err.contains(why) && err.contains(next), "{err}");
        assert!(!err.contains("room") && !err.contains("write_to"), "{err}");
    }
    assert!(service.requests().is_empty());
    assert_eq!(directory.names(), ["link.csv", "plain"]);
}

/// If stdout or FILE is on a full disk, the message names it, whatever the output is.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_named() {
    let service = Service::new();
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["list-apps"],
        &["list-apps", "--output", "json"],
        &["completions", "bash"],
        &["download-job", COMPLETE],
        &["download-job", COMPLETE, "--format", "csv"],
        &["download-job", COMPLETE, "--format", "ndjson"],
    ] {
        let err = run(service.artisan(arguments).stdout(full())).failed(10);
        assert!(err.contains("cannot write to stdout: No space left") && err.contains("make room"), "{err}");
    }
    for format in ["json", "csv", "ndjson"] {
        let err = service.run(&["download-job", COMPLETE, "--format", format, "-f", "/dev/full"]).failed(10);
        assert!(err.contains("cannot write to `/dev/full`") && err.contains("make room"), "{err}");
    }
}
