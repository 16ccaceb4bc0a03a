//! Results in their three formats, to a file and to stdout.

use std::fs;
use std::io::Read;

use useartisan::JobId;
use useartisan::fake::Fault;

use crate::program::{APP, COMPLETE, SEGMENT, Service, wait};
use useartisan_test_support::directory::Directory;

/// Repeated names, nesting, long numbers, and characters that CSV must quote.
const RESULT: &str = r#" {"artisanUserIds": [
  {"age": "29", "n": 12345678901234567890.10, "n": 1e400, "age": "30", "plan": "a \"b\", c\né"},
  {"geo-locality": "", "age": null, "o": {"x":
    [1,  2]}, "": "no name"},
  {}
]} "#;

const NDJSON: &str = r#"{"age":"29","n":12345678901234567890.10,"n":1e400,"age":"30","plan":"a \"b\", c\né"}
{"geo-locality":"","age":null,"o":{"x":     [1,  2]},"":"no name"}
{}
"#;

const CSV: &str = "plan,age,n,other\n\
    \"a \"\"b\"\", c\né\",30,1e400,\"{\"\"n\"\":12345678901234567890.10,\"\"age\"\":\"\"29\"\"}\"\n\
    ,,,\"{\"\"geo-locality\"\":\"\"\"\",\"\"o\"\":{\"\"x\"\":     [1,  2]},\"\"\"\":\"\"no name\"\"}\"\n\
    ,,,\n";

/// A service whose complete job has this result.
pub(crate) fn service() -> Service {
    let service = Service::new();
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), RESULT).unwrap();
    service
}

/// JSON is the original, byte for byte. The other formats keep every digit.
#[test]
fn each_form_is_the_same_on_stdout_and_in_a_file() {
    let service = service();
    let directory = Directory::new("cli-results");
    let forms = [
        ("json", &[][..], RESULT),
        ("ndjson", &["--format", "ndjson"], NDJSON),
        ("csv", &["--format", "csv", "--columns", "plan,age,n,*"], CSV),
    ];
    for (name, form, expected) in forms {
        let download = [&["download-job", COMPLETE], form].concat();
        assert_eq!(service.run(&download).quiet(), expected, "{name}");
        let file = directory.file(&format!("result.{name}"));
        fs::write(&file, "old").unwrap();
        let path = file.to_str().unwrap();
        let told = service.run(&[&download[..], &["-f", path]].concat()).quiet();
        assert_eq!(fs::read_to_string(&file).unwrap(), expected, "{name}");
        assert!(
            told.contains(&format!("downloaded_bytes  {}\nprofiles          3\n", RESULT.len())),
            "{told}"
        );
        // The ending decides the format too.
        let columns: &[&str] = if name == "csv" { &form[2..] } else { &[] };
        service.run(&[&["download-job", COMPLETE, "-f", path], columns].concat()).quiet();
        assert_eq!(fs::read_to_string(&file).unwrap(), expected, "{name}");
    }
    assert_eq!(directory.names(), ["result.csv", "result.json", "result.ndjson"]);
}

/// The ending of a file's name, in upper or lower case, decides its format.
#[test]
fn the_form_is_that_of_the_name() {
    let service = service();
    let directory = Directory::new("cli-name");
    let long = format!("{}.csv", "r".repeat(251));
    for (name, start) in [
        (&*long, "artisanId,"),
        ("r.CSV", "artisanId,"),
        ("r.NdJson", "{\"age\""),
        ("r.JSONL", "{\"age\""),
        ("r.JSON", " {"),
    ] {
        let file = directory.file(name);
        service.run(&["download-job", COMPLETE, "--file", file.to_str().unwrap()]).quiet();
        assert!(fs::read_to_string(&file).unwrap().starts_with(start), "{name}");
    }
}

/// An unknown ending is refused before a job is started, unless there is `--format`. The message lists the known ones.
#[test]
fn an_unknown_ending_is_refused() {
    let service = service();
    let directory = Directory::new("cli-endings");
    for name in ["r.csv.gz", "r.tsv", "json", "r", "r.json~", ".csv"] {
        let file = directory.file(name);
        let path = file.to_str().unwrap();
        for command in [&["download-job", COMPLETE][..], &["export-segment", APP, SEGMENT]] {
            let err = service.run(&[command, &["-f", path]].concat()).failed(2);
            assert!(err.contains(path) && err.contains(".json, .ndjson, .jsonl or .csv"), "{err}");
            assert!(err.contains("--format json, ndjson or csv"), "{err}");
        }
        assert!(service.requests().is_empty() && directory.names().is_empty());
        service.run(&["download-job", COMPLETE, "-f", path, "--format", "json"]).quiet();
        assert_eq!(fs::read_to_string(&file).unwrap(), RESULT);
        service.requests();
        fs::remove_file(&file).unwrap();
    }
    // A device has no ending.
    #[cfg(unix)]
    service.run(&["download-job", COMPLETE, "-f", "/dev/null"]).quiet();
}

/// Any option about the result requests it. The result goes to the file, or else to stdout.
#[test]
fn a_result_that_is_asked_for_goes_to_stdout() {
    let service = Service::new();
    let export = ["export-segment", APP, SEGMENT];
    let expected = service.run(&["download-job", COMPLETE, "--format", "csv"]).quiet();
    for more in [&["--format", "csv"][..], &["--format", "csv", "-f", "-"], &["--format", "csv", "--wait"]] {
        assert_eq!(service.run(&[&export[..], more].concat()).waited(), expected, "{more:?}");
    }
    let original = service.run(&["download-job", COMPLETE]).quiet();
    assert_eq!(service.run(&["download-job", COMPLETE, "-f", "-"]).quiet(), original);
    assert_eq!(service.run(&[&export[..], &["-f", "-"]].concat()).waited(), original);
    let out = service.run(&[&export[..], &["--max-record", "1MB"]].concat()).waited();
    assert_eq!(out, original);
    // Without such an option there is no result.
    assert!(service.run(&export).quiet().contains("Job queued"));
    assert!(service.run(&[&export[..], &["--wait"]].concat()).waited().contains("COMPLETE"));
}

/// The summary has the sizes of the file and of the download.
#[test]
fn sizes_are_told_by_their_names() {
    let service = service();
    let directory = Directory::new("cli-sizes");
    for (name, size) in [("r.json", RESULT.len()), ("r.ndjson", NDJSON.len())] {
        let file = directory.file(name);
        let download = ["download-job", COMPLETE, "-f", file.to_str().unwrap()];
        let table = service.run(&download).quiet();
        let (file_bytes, downloaded) =
            (format!("file_bytes        {size}\n"), format!("downloaded_bytes  {}\n", RESULT.len()));
        assert!(table.contains(&file_bytes) && table.contains(&downloaded), "{table}");
        let json = service.run(&[&download[..], &["--output", "json"]].concat()).quiet();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json["file_bytes"], &json["downloaded_bytes"]), (&size.into(), &RESULT.len().into()));
        assert_eq!(fs::metadata(&file).unwrap().len(), size as u64);
    }
}

/// If a result is cut or missing, the file stays as it was, with nothing beside it.
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
            // A pipe has received a part already. The exit code reports the failure.
            let to_a_pipe = service.run(&download[..4]);
            assert!(to_a_pipe.code != Some(0) && !to_a_pipe.err.is_empty(), "{to_a_pipe:?}");
            service.fake.clear_faults();
        }
    }
    assert_eq!(directory.names(), ["csv", "json", "ndjson"]);
}

/// A download to a file that breaks off starts again, up to four times, and leaves nothing of the first.
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
        // Output to a pipe cannot be taken back. The message has the command that repeats the download.
        let ran = service.run(&download);
        let command = format!(" download-job {COMPLETE} --wait --format {format}");
        assert!(ran.code == Some(8) && ran.err.contains(&command), "{ran:?}");
        assert_eq!(service.requests().len(), 1, "{format}");
        service.fake.clear_faults();
    }
}

/// The file has the permissions of the one it replaces, or else the umask's. Only its owner may read the partial file. The
/// name of the partial file does not contain the process id.
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

/// A reader that stops early, such as `head`, is no failure.
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
