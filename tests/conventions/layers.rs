//! The modules of `src/` form layers: each imports only from lower ones, and by the name of the module that owns the item.

use std::fs;
use std::path::{Path, PathBuf};

/// From the lowest layer up.
const LAYERS: [&str; 20] = [
    "headers",
    "transport_error",
    "error",
    "id",
    "web_url",
    "base_url",
    "credentials",
    "api",
    "redact",
    "options",
    "backend",
    "json",
    "model",
    "ready",
    "decode",
    "endpoint",
    "callback",
    "machine",
    "client",
    "fake",
];

#[test]
fn an_import_points_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = Vec::new();
    for file in sources(&root) {
        let module = module(file.strip_prefix(&root).unwrap());
        // Neither is code: they export and document the rest.
        if ["lib", "cookbook"].contains(&&*module) {
            continue;
        }
        let faults = faults(&module, &fs::read_to_string(&file).unwrap());
        assert!(faults.is_empty(), "{}: {faults:#?}", file.display());
        seen.push(module);
    }
    assert!(
        LAYERS.iter().all(|layer| seen.iter().any(|module| module == layer)),
        "a layer that is not there"
    );
}

/// The findings about wrong imports.
#[test]
fn other_imports_are_found() {
    for (module, line, fault) in [
        ("error", "use crate::id::JobId;", "`id` is not below `error`"),
        ("json", "    let x = crate::model::reason(y);", "`model` is not below `json`"),
        ("model", "use crate::{JobId, error::Error};", "not by the module that owns it"),
        ("client", "use crate::Error;", "not by the module that owns it"),
        ("client", "use crate::backends::reqwest;", "`backends` is not below `client`"),
        ("unheard_of", "use crate::error::Error;", "`unheard_of` is no layer"),
        ("json", "#[cfg(test)]\nmod tests;\nuse crate::model::Job;", "`model` is not below `json`"),
        ("json", "#[cfg(test)]\nmod tests {\n}\nuse crate::fake;", "`fake` is not below `json`"),
        ("json", "use super::super::model::Job;", "may lead out of the module"),
    ] {
        let found = faults(module, line);
        assert!(found.len() == 1 && found[0].contains(fault), "{line}: {found:?}");
    }
    for line in [
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    use crate::fake::FakeArtisan;\n}",
        "use crate::error::Error;",
        "/// [`Client`](crate::Client)",
        "use crate::model::Job;",
    ] {
        assert_eq!(faults("model", line), [""; 0], "{line}");
    }
}

/// The Rust files of a folder and its subfolders.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The module of a file below `src/`.
fn module(file: &Path) -> String {
    let first = file.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The wrong imports in a file of this module, without its tests.
///
/// A method that an upper module adds to a lower type needs no import, so this does not see a call of it.
fn faults(module: &str, source: &str) -> Vec<String> {
    let Some(own) = LAYERS.iter().position(|layer| *layer == module) else {
        return vec![format!("`{module}` is no layer")];
    };
    let code = without_tests(source);
    let mut faults = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if line.contains("super::super") {
            faults.push("`super::super` may lead out of the module: write `crate::`".to_owned());
        }
        for rest in line.split("crate::").skip(1) {
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            match LAYERS.iter().position(|layer| *layer == name) {
                Some(layer) if layer <= own => {}
                None if !name.starts_with(char::is_lowercase) => {
                    faults.push(format!("`crate::{name}` is imported not by the module that owns it"));
                }
                _ => faults.push(format!("`{name}` is not below `{module}`")),
            }
        }
    }
    faults
}

/// The code without the items under `#[cfg(test)]`: a line, or a block up to the brace that closes it at the margin.
pub(crate) fn without_tests(source: &str) -> String {
    let (mut kept, mut lines) = (String::new(), source.lines());
    while let Some(line) = lines.next() {
        if !line.starts_with("#[cfg(test)]") {
            kept += line;
            kept.push('\n');
            continue;
        }
        let item = lines.by_ref().find(|line| !line.starts_with("#[")).unwrap_or_default();
        if !item.ends_with(';') {
            lines.by_ref().find(|line| line.starts_with('}'));
        }
    }
    kept
}
