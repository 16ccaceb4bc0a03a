//! Compares the table of promises with the sources: every promise has a row, and every test in a row exists.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = include_str!("../PROMISES.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that may hold the tests of a place such as `tests/saving` or `src/api`.
fn sources(place: &Path) -> Vec<PathBuf> {
    let mut files = vec![place.with_extension("rs")];
    for entry in fs::read_dir(place).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(sources(&path)) } else { files.push(path) }
    }
    files.retain(|path| path.is_file());
    files
}

fn is_there(name: &str) -> bool {
    let (place, test) = name.split_once(": ").unwrap();
    if place == "fuzz" {
        return root().join(format!("tests/fuzz/fuzz_targets/{test}.rs")).is_file();
    }
    if place == ".ci/run" {
        return fs::read_to_string(root().join(place)).unwrap().contains(&format!("\nstep {test}\n"));
    }
    // A function, or a name in a macro that makes tests: for the families of faults, and for the backends that the fake is compared
    // with over loopback.
    let forms = [
        format!("fn {test}()"),
        format!("    {test}, run"),
        format!("    {test}: an_async_one,"),
        format!("    {test}: a_blocking_one,"),
    ];
    sources(&root().join(place)).iter().any(|path| {
        let source = fs::read_to_string(path).unwrap();
        forms.iter().any(|form| source.contains(form.as_str()))
    })
}

#[test]
fn each_row_names_tests_that_are_there() {
    let mut numbers = Vec::new();
    let mut names = HashSet::new();
    for row in TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, _, tests, cases] = cells[..] else { panic!("{row} has not four cells") };
        numbers.push(number.parse::<u32>().unwrap());
        assert!(!tests.is_empty(), "promise {number} has no proof: {cases}");
        names.extend(tests.split('`').filter(|name| name.contains(": ")).map(str::to_owned));
    }
    assert_eq!(numbers, (1..=44).collect::<Vec<_>>());
    let missing: Vec<_> = names.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "{missing:?} are not there");
    assert!(names.len() > 80, "{} tests", names.len());
}
