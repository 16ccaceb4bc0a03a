//! Inside a module of `src/`, no two files import from each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::layers::{sources, without_tests};

/// The files of a module, each with the files it imports from.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn files_of_a_module_form_no_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut checked = 0;
    for entry in fs::read_dir(&src).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() {
            let module = folder.file_name().unwrap().to_str().unwrap();
            let root = [folder.join("mod.rs"), folder.with_extension("rs")];
            let root = root.iter().find_map(|root| fs::read_to_string(root).ok()).unwrap();
            let files = sources(&folder).into_iter().map(|file| {
                let path = file.strip_prefix(&folder).unwrap().with_extension("");
                (path.to_str().unwrap().replace('\\', "/"), fs::read_to_string(&file).unwrap())
            });
            let imports = imports(module, &root, files);
            assert_eq!(circle(&imports), None, "in `{module}`: {imports:#?}");
            checked += imports.len();
        }
    }
    assert!(checked > 50, "{checked} files");
}

/// The check finds circles in each form of an import. A parent and its own parts are not a circle.
#[test]
fn a_circle_is_found() {
    for (root, a, b, found) in [
        ("mod a;\nmod b;", "use super::b::B;", "use super::a::A;", true),
        ("mod a;\npub(crate) mod b;", "use super::{Root, b::B};", "use crate::x::a::{self, A};", true),
        ("mod a;\nmod b;\npub use b::{B, C};", "use super::{C, Root};", "use super::a::A;", true),
        ("mod a;\nmod b;\npub use b::B;", "fn f() -> super::B {}", "use super::a::A;", true),
        ("mod a;\nmod b;", "use super::b::B;", "use super::Root;", false),
        ("mod a;\nmod b;", "use super::b::B;", "#[cfg(test)]\nmod tests {\nuse super::a::A;\n}", false),
        ("mod a;\nmod b;", "use super::b::B;", "//! [`A`](super::a::A)", false),
    ] {
        let files = [("a", a), ("b", b), ("b/part", "use super::B;\nuse crate::x::b::B;")];
        let files = files.map(|(name, source)| (name.to_owned(), source.to_owned()));
        assert_eq!(circle(&imports("x", root, files)).is_some(), found, "{root} | {a} | {b}");
    }
}

/// A file that imports from itself through others.
fn circle(imports: &Imports) -> Option<&String> {
    imports.keys().find(|file| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![*file]);
        while let Some(from) = next.pop() {
            next.extend(imports.get(from).into_iter().flatten().filter(|to| seen.insert(*to)));
        }
        seen.contains(file)
    })
}

/// The imports between the files directly in a module. Its root may use all of them, and they may use the root.
fn imports(module: &str, root: &str, files: impl IntoIterator<Item = (String, String)>) -> Imports {
    let root = code(root);
    let items = |keyword: &'static str| {
        root.split(';').filter_map(move |item| Some(item.rsplit_once(keyword)?.1.trim_start()))
    };
    let mut imports: Imports = items("mod ").map(|name| (name.to_owned(), BTreeSet::new())).collect();
    let exported: Vec<(&str, &str)> = items("use ").filter_map(|path| path.split_once("::")).collect();
    let known: Vec<String> = imports.keys().cloned().collect();
    let owner = |name: &str| {
        let of_export = exported.iter().find(|(_, names)| words(names).any(|word| word == name));
        let owners = [Some(name), of_export.map(|(owner, _)| *owner)];
        known.iter().find(|known| owners.contains(&Some(known)))
    };
    for (path, source) in files.into_iter().filter(|(path, _)| !path.ends_with("/tests")) {
        let (file, is_part) = path.split_once('/').map_or((&*path, false), |(file, _)| (file, true));
        let Some(to) = imports.get_mut(file) else { continue };
        let code = code(&source);
        let prefix = format!("crate::{module}::");
        let own = code.split(&prefix).skip(1);
        let beside = code.split("super::").skip(1).filter(|_| !is_part);
        for rest in own.chain(beside) {
            let several = rest.starts_with('{');
            let path = rest.split(if several { ";" } else { "::" }).next().unwrap();
            let names = words(path).take(if several { usize::MAX } else { 1 });
            to.extend(names.filter_map(owner).filter(|owner| *owner != file).cloned());
        }
    }
    imports
}

/// The code without comments and tests.
fn code(source: &str) -> String {
    let code = without_tests(source);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
