//! The cost of a clean build of the core, compared with a clean build of the crates that a hand-written client would need.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure;

const ROUNDS: usize = 5;

const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What a hand-written client needs: messages, their bodies, JSON into structs, and URLs.
const BY_HAND: &str = r#"
bytes = "1"
http = "1"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
url = "2"
"#;

/// Prints the crates of both, and the user CPU time of cargo and its compilers in the dev profile.
pub(crate) fn print() {
    let home = std::env::temp_dir().join(format!("useartisan-build-{}", std::process::id()));
    let library = format!("useartisan = {{ path = {LIBRARY:?} }}\n");
    let packages = [("the core", &*library), ("by hand", BY_HAND)]
        .map(|(name, dependencies)| (name, package(&home.join(name.replace(' ', "-")), dependencies)));
    let mut seconds = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS {
        for ((_, package), seconds) in packages.iter().zip(&mut seconds) {
            seconds.push(clean_build(package));
        }
    }
    println!("\n| {:<45} | crates | user CPU s |", "");
    println!("|---|---:|---:|");
    for ((name, package), seconds) in packages.iter().zip(&seconds) {
        println!("| {name:<45} | {} | {:.1} |", crates(package), measure::median(seconds.iter().copied()));
    }
    let ratios = seconds[0].iter().zip(&seconds[1]).map(|(core, by_hand)| core / by_hand);
    println!("\nthe core ÷ by hand: {:.2}", measure::median(ratios));
    fs::remove_dir_all(home).unwrap();
}

/// A package with only these dependencies, in the library's versions, already downloaded.
fn package(path: &Path, dependencies: &str) -> PathBuf {
    fs::create_dir_all(path.join("src")).unwrap();
    fs::write(path.join("src/lib.rs"), "").unwrap();
    fs::copy(Path::new(LIBRARY).join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
    let head =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n";
    fs::write(path.join("Cargo.toml"), [head, dependencies].concat()).unwrap();
    run(Command::new("cargo").args(["fetch", "--quiet"]).current_dir(path));
    path.to_owned()
}

/// Builds it from nothing. Returns the user CPU time in seconds, as POSIX shells print it.
fn clean_build(package: &Path) -> f64 {
    drop(fs::remove_dir_all(package.join("target")));
    let script = "cargo build --quiet --offline --target-dir target && times";
    let times = run(Command::new("sh").args(["-c", script]).current_dir(package));
    // The shell's own user and system time, then those of its children: `0m1.234s 0m0.5s`.
    let children = times.lines().nth(1).and_then(|line| line.split_whitespace().next()).unwrap();
    let (minutes, seconds) = children.trim_end_matches('s').split_once('m').unwrap();
    minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
}

/// The number of crates it depends on.
fn crates(package: &Path) -> usize {
    let tree = ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = run(Command::new("cargo").args(tree).current_dir(package));
    let mut names: Vec<_> = tree.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
