//! The texts for people: no dead link, and the table of the gem's methods is complete.
//!
//! rustdoc checks the links of the sources' documentation. `tests/docs/run` acts out the texts.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The places with texts.
const FOLDERS: [&str; 8] =
    [".", "benches", "cli", "docs", "docs/cookbook", "examples/wasi", "examples/wasm", "tests"];

/// A text without its code blocks, by line.
struct Text {
    path: PathBuf,
    prose: Vec<String>,
}

impl Text {
    fn read(path: PathBuf) -> Self {
        let mut fenced = false;
        let source = fs::read_to_string(&path).unwrap();
        let prose = source.lines().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        });
        Text { prose: prose.map(str::to_owned).collect(), path }
    }

    /// The targets of links, `[…](target)` and `[…]: target`, except those to other hosts and those in code.
    fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in &self.prose {
            let line: String = line.split('`').step_by(2).collect();
            links.extend(
                line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned),
            );
            links.extend(
                line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, to)| to.to_owned()),
            );
        }
        links.retain(|link| !link.starts_with("https://") && !link.starts_with("http://"));
        links
    }

    /// The targets of `#…`: headings, in the anchor form of code hosts.
    fn anchors(&self) -> HashSet<String> {
        let headings = self.prose.iter().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    fn is_dead(&self, link: &str) -> bool {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let target = match path {
            "" => self.path.clone(),
            _ => self.path.parent().unwrap().join(path),
        };
        let has_anchor = |anchor| target.is_file() && Text::read(target.clone()).anchors().contains(anchor);
        !target.exists() || anchor.is_some_and(|anchor| !has_anchor(anchor))
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

fn texts() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = FOLDERS.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).map(Text::read).collect()
}

#[test]
fn no_link_is_dead() {
    let texts = texts();
    let links =
        |text: &Text| text.links().into_iter().map(|link| (text.path.clone(), link)).collect::<Vec<_>>();
    let dead: Vec<_> = texts
        .iter()
        .flat_map(|text| links(text).into_iter().filter(|(_, link)| text.is_dead(link)))
        .collect();
    assert!(dead.is_empty(), "{dead:#?}");
    let count: usize = texts.iter().map(|text| text.links().len()).sum();
    assert!(texts.len() > 10 && count > 20, "{} texts, {count} links", texts.len());
}

/// The check finds a link, and finds that it is dead.
#[test]
fn a_dead_link_is_noticed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let lines = [
        "## Own *stack*, 2",
        "[a](src/lib.rs), [b](nowhere.rs) `[c](code)`",
        "[d]: #own-stack-2",
        "[e](#gone)",
    ];
    let text = Text { path, prose: lines.map(str::to_owned).to_vec() };
    assert_eq!(text.links(), ["src/lib.rs", "nowhere.rs", "#own-stack-2", "#gone"]);
    assert!(text.anchors().contains("own-stack-2"));
    let dead: Vec<_> = text.links().into_iter().filter(|link| text.is_dead(link)).collect();
    // The README has no heading like the second.
    assert_eq!(dead, ["nowhere.rs", "#own-stack-2", "#gone"]);
    assert!(!text.is_dead("README.md#licence") && text.is_dead("README.md#license"));
}

/// The gem's reference: eight methods, each in a row of the table, and all options.
#[test]
fn the_move_from_the_gem_is_complete() {
    const METHODS: [&str; 12] = [
        "list_apps()",
        "get_profile(app, artisan_id: id)",
        "get_profile(app, shared_user_id: id)",
        "export_profiles(app, nil, artisan_ids: ids)",
        "export_profiles(app, url, shared_user_ids: ids)",
        "list_segments(app)",
        "export_segment(app, segment)",
        "export_segment(app, segment, url)",
        "list_jobs()",
        "list_jobs(\"COMPLETE\")",
        "get_job(job)",
        "download_job(job, path)",
    ];
    const OPTIONS: [&str; 10] = [
        "application_id",
        "artisan_id",
        "shared_user_id",
        "artisan_ids",
        "shared_user_ids",
        "callback_url",
        "segment_id",
        "status",
        "job_id",
        "download_path",
    ];
    let rows = include_str!("../../docs/cookbook/from_the_gem.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| "));
    let first: Vec<_> = rows.filter_map(|row| row.split(" | ").next()).collect();
    for name in METHODS.iter().chain(&OPTIONS) {
        let name = format!("`{name}`");
        assert!(first.iter().any(|cell| cell.contains(&name)), "{name} has no row");
    }
}
