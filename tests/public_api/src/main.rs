//! Promise 37: the public API changes only on purpose. Rule 5 of the design: the core's signatures have no type of a client. And
//! every public item occurs in an example.
//!
//! `cargo run -p useartisan-public-api` compares the API, with all features, with `listing.txt`. Add `-- --write` to write the
//! listing anew.

mod examples;

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// The crates whose types may occur in the core's signatures.
const KNOWN: [&str; 10] = [
    "alloc",
    "bytes",
    "core",
    "futures_core",
    "http",
    "http_body",
    "jiff",
    "serde_core",
    "std",
    "useartisan",
];

/// The auto traits that users rely on.
const AUTO_TRAITS: [&str; 2] = ["core::marker::Send", "core::marker::Sync"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let json = documented(&here.join("../../Cargo.toml"))?;
    let items = items(&json)?;
    let listing = here.join("listing.txt");
    if env::args().nth(1).as_deref() == Some("--write") {
        let lines: String = items.iter().map(|item| format!("{item}\n")).collect();
        fs::write(listing, lines)?;
        return Ok(ExitCode::SUCCESS);
    }

    let listed: BTreeSet<String> = fs::read_to_string(listing)?.lines().map(str::to_owned).collect();
    let added = items.difference(&listed).map(|item| format!("added:   {item}"));
    let removed = listed.difference(&items).map(|item| format!("removed: {item}"));
    let foreign = items.iter().filter(|item| is_foreign(item)).map(|item| format!("foreign: {item}"));
    let unshown =
        examples::missing(&json)?.into_iter().map(|item| format!("unshown: {item} stands in no example"));
    let faults: Vec<_> = added.chain(removed).chain(foreign).chain(unshown).collect();
    for fault in &faults {
        eprintln!("{fault}");
    }
    println!("{} public items, {} faults", items.len(), faults.len());
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs rustdoc on the library, and returns the path of its JSON.
fn documented(manifest: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(own, PathBuf::from).join("public_api");
    let status = Command::new(env!("CARGO"))
        .args(["rustdoc", "--quiet", "--lib", "--all-features", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format=json"])
        // This output is for programs, and not stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .status()?;
    if !status.success() {
        return Err("rustdoc failed".into());
    }
    Ok(target.join("doc/useartisan.json"))
}

fn items(json: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let api = public_api::Builder::from_rustdoc_json(json).omit_blanket_impls(true).build()?;
    let items = api.items().map(|item| item.to_string());
    Ok(items.filter(|item| !is_auto(item) || AUTO_TRAITS.iter().any(|name| item.contains(name))).collect())
}

/// Whether a line is about an auto trait.
fn is_auto(item: &str) -> bool {
    const OTHERS: [&str; 5] = ["Freeze", "RefUnwindSafe", "UnwindSafe", "UnsafeUnpin", "Unpin"];
    let Some((trait_name, _)) = item.strip_prefix("impl").and_then(|rest| rest.split_once(" for ")) else {
        return false;
    };
    let name = trait_name.rsplit("::").next().unwrap_or_default();
    OTHERS.contains(&name) || AUTO_TRAITS.iter().any(|auto| trait_name.ends_with(auto))
}

/// Whether a type of a client occurs in an item outside `backends`.
fn is_foreign(item: &str) -> bool {
    if own_path(item).starts_with("useartisan::backends::") {
        return false;
    }
    let words = item.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let mut roots = words.filter_map(|word| word.split_once("::")).map(|(root, _)| root);
    roots.any(|root| root.starts_with(char::is_lowercase) && !KNOWN.contains(&root))
}

/// The path of an item, or of the type of an `impl`.
fn own_path(item: &str) -> String {
    let mut depth = 0;
    let mut is_outside = |c: char| {
        depth += i32::from(c == '<');
        let outside = depth == 0;
        depth -= i32::from(c == '>');
        outside
    };
    let outside: String = item.replace("->", "").chars().filter(|c| is_outside(*c)).collect();
    let mut place = outside.split(" where ").next().unwrap_or_default();
    if let Some((_, of)) = place.rsplit_once(" for ").filter(|_| place.starts_with("impl")) {
        place = of;
    }
    place.split_whitespace().find(|word| word.contains("::")).unwrap_or_default().to_owned()
}
