//! Results in their three forms, to a file and to stdout.

use std::collections::HashMap;
use std::fs;

use serde_json::value::RawValue;
use useartisan::JobId;

use crate::program::{APP, COMPLETE, SEGMENT, Service};
use useartisan_test_support::directory::Directory;

/// What JSON can say, twice named, deep, with what CSV has to quote.
pub(crate) const RESULT: &str = r#" {"artisanUserIds": [
  {"age": "29", "n": 12345678901234567890.10, "n": 1e400, "age": "30", "plan": "a \"b\", c\né"},
  {"geo-locality": "", "age": null, "o": {"x":
    [1,  2]}, "": "no name"},
  {}
]} "#;

pub(crate) const NDJSON: &str = r#"{"age":"29","n":12345678901234567890.10,"n":1e400,"age":"30","plan":"a \"b\", c\né"}
{"geo-locality":"","age":null,"o":{"x":     [1,  2]},"":"no name"}
{}
"#;

pub(crate) const CSV: &str = "plan,age,n,other\n\
    \"a \"\"b\"\", c\né\",30,1e400,\"{\"\"n\"\":12345678901234567890.10,\"\"age\"\":\"\"29\"\"}\"\n\
    ,,,\"{\"\"geo-locality\"\":\"\"\"\",\"\"o\"\":{\"\"x\"\":     [1,  2]},\"\"\"\":\"\"no name\"\"}\"\n\
    ,,,\n";

pub(crate) fn service() -> Service {
    let service = Service::new();
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), RESULT).unwrap();
    service
}

/// The original is handed out byte for byte; the others lose nothing, digit for digit.
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
        // The form is also that of the file's name.
        let columns: &[&str] = if name == "csv" { &form[2..] } else { &[] };
        service.run(&[&["download-job", COMPLETE, "-f", path], columns].concat()).quiet();
        assert_eq!(fs::read_to_string(&file).unwrap(), expected, "{name}");
    }
    assert_eq!(directory.names(), ["result.csv", "result.json", "result.ndjson"]);
}

/// The ending of a file's name is that of its form in any case.
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

/// An ending that says nothing is refused, with those that do, before a job is started; `--format` says it as well.
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
    // What is no file has no form of its own.
    #[cfg(unix)]
    service.run(&["download-job", COMPLETE, "-f", "/dev/null"]).quiet();
}

/// One rule: who says anything of a result gets it, in the file or else on stdout.
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
    // Without a word of it there is none.
    assert!(service.run(&export).quiet().contains("Job queued"));
    assert!(service.run(&[&export[..], &["--wait"]].concat()).waited().contains("COMPLETE"));
}

/// The file and the download have sizes of their own, each by its name.
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

/// Texts that a program cut in the middle of an emoji, one of them in a name and one inside a value that is JSON.
const CUT: &str =
    r#"{"artisanUserIds":[{"nick":"ann \ud83d","age":"1"},{"a\uDE00":"\ud83d\ude00","o":{"x":"\udfff"}}]}"#;

/// By default nothing is lost: NDJSON keeps them, CSV replaces them, and how many there were is told.
#[test]
fn half_a_character_is_kept_or_replaced() {
    let service = Service::new();
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), CUT).unwrap();
    let kept = "{\"nick\":\"ann \\ud83d\",\"age\":\"1\"}\n{\"a\\uDE00\":\"😀\",\"o\":{\"x\":\"\\udfff\"}}\n";
    let replaced =
        kept.replace("\\ud83d", "\u{fffd}").replace("\\uDE00", "\u{fffd}").replace("\\udfff", "\\ufffd");
    let csv = "nick,other\nann \u{fffd},\"{\"\"age\"\":\"\"1\"\"}\"\n,\"{\"\"a\u{fffd}\"\":\"\"😀\"\",\"\"o\"\":{\"\"x\"\":\"\"\\ufffd\"\"}}\"\n";
    let columns = ["--columns", "nick,*"];
    for (format, more, expected, word) in [
        ("ndjson", &[][..], kept, "kept: 3 times"),
        ("ndjson", &["--invalid-text", "keep"], kept, "kept: 3 times"),
        ("ndjson", &["--invalid-text", "replace"], &replaced, "replaced by U+FFFD: 3 times"),
        ("csv", &columns, csv, "replaced by U+FFFD: 3 times"),
        ("csv", &[&columns[..], &["--invalid-text", "replace"]].concat(), csv, "replaced by U+FFFD: 3 times"),
    ] {
        let ran = service.run(&[&["download-job", COMPLETE, "--format", format], more].concat());
        assert!(ran.code == Some(0) && ran.err.contains(word), "{ran:?}");
        assert_eq!(ran.out, expected, "{format} {more:?}");
    }
    assert_eq!(service.run(&["download-job", COMPLETE]).quiet(), CUT);
    for format in ["csv", "ndjson"] {
        let strict = ["download-job", COMPLETE, "--format", format, "--invalid-text", "error"];
        let ran = service.run(&strict);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("half a surrogate pair") && ran.err.contains("--invalid-text"), "{ran:?}");
    }
    for (format, how) in [("csv", "keep"), ("json", "keep"), ("json", "replace")] {
        let arguments = ["download-job", COMPLETE, "--format", format, "--invalid-text", how];
        assert!(service.run(&arguments).failed(2).contains("--invalid-text"));
    }
}

/// What the decoder bounds can be raised or lowered, and the message names the option.
#[test]
fn the_limits_of_a_profile_are_options() {
    let service = Service::new();
    let record = format!(r#"{{"a":"{}","b":"1","c":"2"}}"#, "x".repeat(2000));
    let result = format!(r#"{{"artisanUserIds":[{record}]}}"#);
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    let download = ["download-job", COMPLETE, "--format", "ndjson"];
    for (option, low, high) in
        [("--max-record", "1KB", "3KiB"), ("--max-attributes", "2", "3"), ("--max-text", "1999", "2 KB")]
    {
        let ran = service.run(&[&download[..], &[option, low]].concat());
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains(&format!("raise it by {option} ")), "{ran:?}");
        assert!(ran.err.contains(&format!(" download-job {COMPLETE} --wait --format json\n")), "{ran:?}");
        let out = service.run(&[&download[..], &[option, high]].concat()).quiet();
        assert_eq!(out, format!("{record}\n"));
    }
    // Above the defaults, too: a text of 5 MB in a record of 20 MB with 70,000 attributes.
    let text = "x".repeat(5_000_000);
    let many = (0..70_000).map(|n| format!(r#""a{n}":"""#)).collect::<Vec<_>>().join(",");
    let result =
        format!(r#"{{"artisanUserIds":[{{"a":"{text}","b":"{text}","c":"{text}","d":"{text}",{many}}}]}}"#);
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    assert_eq!(service.run(&download).code, Some(1));
    let raised = ["--max-record", "32MiB", "--max-attributes", "100000", "--max-text", "8MiB"];
    assert!(service.run(&[&download[..], &raised].concat()).quiet().len() > 20_000_000);
    for (option, value) in [("--max-record", "lots"), ("--max-text", "1.5MB"), ("--max-attributes", "-1")] {
        service.run(&[&download[..], &[option, value]].concat()).failed(2);
    }
}

/// The default columns are the published attributes and all others; a reader of CSV gets back what was sent.
#[test]
fn by_default_no_attribute_is_lost() {
    let out = service().run(&["download-job", COMPLETE, "--format", "csv"]).quiet();
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!((header.len(), &header[0], &header[23]), (24, "artisanId", "other"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let others: HashMap<String, Box<RawValue>> = serde_json::from_str(&rows[0][23]).unwrap();
    assert_eq!(others["plan"].get(), r#""a \"b\", c\né""#);
    assert_eq!(others["age"].get(), r#""29""#); // the first of two; the second is in its column
    assert_eq!(&rows[0][4], "30");
    assert_eq!(&rows[2][23], "");
}

/// What `--columns` doesn't name is left out only because it was said so; and the list may have another name.
#[test]
fn columns_and_the_list_are_chosen() {
    let service = Service::new();
    let result = r#"{"profiles":[{"age":"1","plan":"x"},{"plan":"y"}]}"#;
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    let csv = ["download-job", COMPLETE, "--list", "profiles", "--format", "csv", "--columns", "plan"];
    assert_eq!(service.run(&csv).quiet(), "plan\nx\ny\n");
    let spaced = [&csv[..6], &["--columns", " plan, age ,other"]].concat();
    let ran = service.run(&spaced);
    assert_eq!(ran.out, "plan,age,other\nx,1,\ny,,\n");
    assert_eq!(ran.err, "artisan: no profile has \"other\", a column of --columns\n");
}

/// A spreadsheet's formulas and what is null go out as the help says.
#[test]
fn values_go_out_as_they_are() {
    let service = Service::new();
    let result = r#"{"artisanUserIds":[{"a":"=1+1","b":null,"c":"@x"},{"a":"-1","b":"","c":"+1"}]}"#;
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    let csv = ["download-job", COMPLETE, "--format", "csv", "--columns", "a,b,c"];
    assert_eq!(service.run(&csv).quiet(), "a,b,c\n=1+1,,@x\n-1,,+1\n");
    let help = service.run(&["download-job", "--help"]).quiet();
    for piece in ["absent or null is empty", "spreadsheet"] {
        assert!(help.contains(piece), "{piece}");
    }
}

/// Of a profiles export the list's name is not documented: what chooses it is told, and the command to go on with is
/// none that fails again.
#[test]
fn a_list_of_another_name_is_found() {
    let service = Service::new();
    let directory = Directory::new("cli-list");
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), r#"{"profiles":[{"age":"1"}]}"#).unwrap();
    for format in ["ndjson", "csv"] {
        let file = directory.file(format);
        let download = ["download-job", COMPLETE, "--wait", "-f", file.to_str().unwrap(), "--format", format];
        let ran = service.run(&download).failed(1);
        for piece in ["`artisanUserIds`", "--list NAME", "--format json"] {
            assert!(ran.contains(piece), "{piece}: {ran}");
        }
        assert!(!ran.contains("base URL"), "{ran}");
        assert!(ran.ends_with(&format!(" download-job {COMPLETE} --wait --format json\n")), "{ran}");
        let told = service.run(&[&download[..], &["--list", "profiles"]].concat()).waited();
        assert!(told.contains("profiles          1\n"), "{told}");
    }
}

/// The original counts as well, by the list that is named; where that is not found, nothing is claimed.
#[test]
fn profiles_are_counted_where_they_are_found() {
    let service = Service::new();
    let directory = Directory::new("cli-counts");
    let file = directory.file("result.json");
    let download = ["download-job", COMPLETE, "-f", file.to_str().unwrap()];
    for (result, list, count) in [
        (r#"{"profiles":[{"age":"1"},{}]}"#, &["--list", "profiles"][..], Some("2")),
        (r#"{"profiles":[]}"#, &["--list", "profiles"], Some("0")),
        (r#"{"profiles":[{"age":"1"},{}]}"#, &[], None),
        (r#"{"artisanUserIds":[{},"no profile"],"more":[{}]}"#, &[], None),
        ("[{}]", &[], None),
    ] {
        service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
        let table = service.run(&[&download[..], list].concat()).quiet();
        let told = table.lines().find_map(|line| line.strip_prefix("profiles  ").map(str::trim));
        assert_eq!(told, count, "{result}: {table}");
        let json = service.run(&[&download[..], list, &["--output", "json"]].concat()).quiet();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["profiles"].as_u64().map(|count| count.to_string()).as_deref(), count, "{json}");
    }
}
