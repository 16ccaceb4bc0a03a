//! The profiles in a result: columns, lists, limits, and texts that only JSON can hold.

use std::collections::HashMap;

use serde_json::value::RawValue;
use useartisan::JobId;

use crate::program::{COMPLETE, Service};
use crate::results::service;
use useartisan_test_support::directory::Directory;

/// Texts that were cut in the middle of an emoji, one in a name and one inside a nested value.
const CUT: &str =
    r#"{"artisanUserIds":[{"nick":"ann \ud83d","age":"1"},{"a\uDE00":"\ud83d\ude00","o":{"x":"\udfff"}}]}"#;

/// By default NDJSON keeps them and CSV replaces them. A message says how many there were.
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

/// Options set the decoder's limits, and the messages name the options.
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
    // They can exceed the defaults: a text of 5 MB in a record of 20 MB with 70,000 attributes.
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

/// The default columns contain all attributes.
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

/// `--columns` chooses the columns, and `--list` the list.
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

/// Spreadsheet formulas and nulls are written as the help says.
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

/// If the list has another name, the message has the option to choose it, and a command that does not fail again.
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

/// Profiles of the original are counted too. If the named list is not found, there is no count.
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
