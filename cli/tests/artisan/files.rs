//! Where a result goes: a file that is whole or untouched, stdout under its names, or a pipe.

use std::fs;
use std::io::{Read, Write};

use useartisan::JobId;
use useartisan::fake::Fault;

use crate::program::{COMPLETE, PUBLIC_KEY, SECRET_KEY, Service, artisan, wait};
use crate::results::{CSV, NDJSON, RESULT, service};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::Server;

/// A result that is cut, or no result, fails; the file stays as it was, with nothing beside it.
#[test]
fn what_is_cut_replaces_nothing() {
    let service = service();
    let directory = Directory::new("cli-cut");
    for format in ["json", "ndjson", "csv"] {
        let file = directory.file(format);
        fs::write(&file, "old").unwrap();
        let download = ["download-job", COMPLETE, "--format", format, "-f", file.to_str().unwrap()];
        for fault in [Fault::cut_body(60), Fault::cut_silently(60), Fault::failure("no luck")] {
            service.fake.fail_next_for("download_job", fault.times(9));
            let ran = service.run(&download);
            assert!(ran.code != Some(0) && ran.out.is_empty() && !ran.err.is_empty(), "{ran:?}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "old");
            // To a pipe what came is out, and the exit code tells that it is not all.
            let to_a_pipe = service.run(&download[..4]);
            assert!(to_a_pipe.code != Some(0) && !to_a_pipe.err.is_empty(), "{to_a_pipe:?}");
            service.fake.clear_faults();
        }
    }
    assert_eq!(directory.names(), ["csv", "json", "ndjson"]);
}

/// A download to a file that breaks off starts again, and nothing of what broke off stays; so often, and no oftener.
#[test]
fn what_breaks_off_starts_again() {
    let service = service();
    let directory = Directory::new("cli-again");
    for (format, expected) in [("json", RESULT), ("ndjson", NDJSON), ("csv", CSV)] {
        let columns: &[&str] = if format == "csv" { &["--columns", "plan,age,n,*"] } else { &[] };
        let download = [&["download-job", COMPLETE, "--format", format], columns].concat();
        let file = directory.file(format);
        let to_file = [&download[..], &["-f", file.to_str().unwrap()]].concat();
        service.fake.fail_next_for("download_job", Fault::cut_body(150).times(2));
        let told = service.run(&to_file).quiet();
        assert!(
            told.contains(&format!("downloaded_bytes  {}\nprofiles          3\n", RESULT.len())),
            "{told}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), expected, "{format}");
        assert_eq!(service.requests().len(), 3, "{format}");

        service.fake.fail_next_for("download_job", Fault::cut_body(150).times(9));
        service.run(&to_file).failed(8);
        assert_eq!(service.requests().len(), 4, "{format}");
        // What went to a pipe cannot be taken back: what repeats it is told.
        let ran = service.run(&download);
        let command = format!(" download-job {COMPLETE} --wait --format {format}");
        assert!(ran.code == Some(8) && ran.err.contains(&command), "{ran:?}");
        assert_eq!(service.requests().len(), 1, "{format}");
        service.fake.clear_faults();
    }
}

/// The permissions are those of the file that is replaced, or else the umask's; a partial file is its owner's alone,
/// and its name is none that another process with the same number has.
#[cfg(unix)]
#[test]
fn the_permissions_of_the_file_are_kept() {
    use std::os::unix::fs::PermissionsExt;

    use crate::program::{signal, until};

    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let service = service();
    let directory = Directory::new("cli-mode");
    let new = directory.file("new");
    fs::write(&new, "").unwrap();
    let modes = [Some(0o600), Some(0o664), Some(0o444), None];
    for (format, old) in
        ["json", "ndjson", "csv"].into_iter().flat_map(|format| modes.map(|old| (format, old)))
    {
        let file = directory.file(format);
        let _ = fs::remove_file(&file);
        if let Some(old) = old {
            fs::write(&file, "old").unwrap();
            fs::set_permissions(&file, PermissionsExt::from_mode(old)).unwrap();
        }
        let download = ["download-job", COMPLETE, "--format", format, "-f", file.to_str().unwrap()];
        service.fake.fail_next_for("download_job", Fault::stalled(20));
        let child = service.artisan(&download).spawn().unwrap();
        until("the download", || directory.parts().len() == 1 && !service.fake.requests().is_empty());
        let part = directory.parts().remove(0);
        assert_eq!(mode(&part), 0o600, "{format}");
        assert!(!part.to_str().unwrap().contains(&format!(".{}.", child.id())), "{part:?}");
        signal("INT", &child);
        wait(child).failed(130);
        service.run(&download).quiet();
        service.requests();
        assert_eq!(mode(&file), old.unwrap_or_else(|| mode(&new)), "{format}");
        assert_ne!(fs::read_to_string(&file).unwrap(), "old");
    }
}

/// A reader that has had enough, as `head`, is no failure, and nothing is said of it.
#[test]
fn a_pipe_may_be_closed_early() {
    let service = Service::new();
    let profile = r#"{"age":"29"}"#;
    let result = format!(r#"{{"artisanUserIds":[{}{profile}]}}"#, format!("{profile},").repeat(100_000));
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    for format in ["json", "ndjson", "csv"] {
        let mut child = service.artisan(&["download-job", COMPLETE, "--format", format]).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 1000]).unwrap();
        drop(out);
        assert_eq!(wait(child).quiet(), "", "{format}");
    }
    for arguments in [&["list-apps"][..], &["list-jobs", "--output", "json"], &["--help"]] {
        let mut child = service.artisan(arguments).spawn().unwrap();
        drop(child.stdout.take());
        wait(child).quiet();
    }
}

/// Case R3: `/dev/stdout` and its other names are stdout, even where stdout is a file and root could replace the link.
#[cfg(unix)]
#[test]
fn stdout_has_several_names() {
    let service = service();
    let directory = Directory::new("cli-stdout");
    let (link, out) = (directory.file("link"), directory.file("out"));
    std::os::unix::fs::symlink("/dev/stdout", &link).unwrap();
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", link.to_str().unwrap()] {
        let ran = service.run(&["download-job", COMPLETE, "-f", name]);
        assert_eq!((ran.code, &*ran.out), (Some(0), RESULT), "{name}: {ran:?}");
        let mut download = service.artisan(&["download-job", COMPLETE, "-f", name]);
        crate::program::run(download.stdout(fs::File::create(&out).unwrap())).quiet();
        assert_eq!(fs::read_to_string(&out).unwrap(), RESULT, "{name}");
    }
    assert!(link.is_symlink() && fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
    assert_eq!(directory.names().len(), 2);
}

/// Case R7: where only the rename fails, the whole result is kept, and named.
#[test]
fn a_whole_result_is_kept() {
    for format in ["json", "ndjson", "csv"] {
        let directory = Directory::new("cli-kept");
        let file = directory.file("result");
        let path = file.clone();
        // While the result is under way, somebody makes a directory of that name.
        let server = Server::new(move |stream| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", RESULT.len());
            stream.write_all(head.as_bytes()).unwrap();
            let _ = fs::create_dir(&path);
            stream.write_all(RESULT.as_bytes()).unwrap();
        });
        let url = format!("http://{}", server.address());
        let mut download = artisan(&["download-job", COMPLETE, "--base-url", &url, "--format", format, "-f"]);
        let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
        let err = crate::program::run(download.arg(&file).envs(keys)).failed(10);
        let part = directory.parts().remove(0);
        assert!(err.contains(&format!("is kept in `{}`", part.display())), "{format}: {err}");
        let whole = service().run(&["download-job", COMPLETE, "--format", format]).out;
        assert_eq!(fs::read_to_string(part).unwrap(), whole, "{format}");
    }
}
