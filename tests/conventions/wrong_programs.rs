//! The compiler's message for a wrong program says what to do. Each program in `conventions/wrong` is compiled against the core
//! alone, and the message must have the library's own words, which follow `// says:`. The compiler's own words may change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

const SAYS: &str = "// says: ";

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conventions/wrong");
    let mut programs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    programs
}

fn name(program: &Path) -> String {
    program.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// A package for the programs, with the library's locked dependencies, so that nothing is looked up.
fn package(programs: &[PathBuf]) -> PathBuf {
    let (library, folder) =
        (env!("CARGO_MANIFEST_DIR"), Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong_programs"));
    fs::create_dir_all(&folder).unwrap();
    let mut manifest = format!(
        "[package]\nname = \"wrong-programs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nuseartisan = {{ path = {library:?} }}\n"
    );
    for program in programs {
        manifest += &format!("[[bin]]\nname = {:?}\npath = {program:?}\n", name(program));
    }
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(Path::new(library).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// The compiler's message for each program.
fn said(package: &Path) -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--keep-going", "--message-format=json"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .unwrap();
    assert!(!output.status.success(), "wrong programs compile");
    let mut said = BTreeMap::<String, String>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let (Some(name), Some(text)) =
            (line["target"]["name"].as_str(), line["message"]["rendered"].as_str())
        {
            said.entry(name.to_owned()).or_default().push_str(text);
        }
    }
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn a_wrong_program_is_told_what_to_do() {
    let programs = programs();
    let said = said(&package(&programs));
    let mut faults = Vec::new();
    for program in &programs {
        let source = fs::read_to_string(program).unwrap();
        let expected: Vec<_> = source.lines().filter_map(|line| line.strip_prefix(SAYS)).collect();
        assert!(!expected.is_empty(), "{program:?} does not say what is expected");
        let told = said.get(&name(program)).map_or("nothing at all", String::as_str);
        let missing = expected.iter().filter(|words| !told.contains(**words));
        faults.extend(missing.map(|words| format!("{}: not told `{words}`, but:\n{told}", name(program))));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
