//! The tour as a process: its output, its requests and its exit code.
//!
//! `cargo test` builds the example first. To run only this file, build it by `cargo build --all-features --example tour`, and
//! then run `cargo test --all-features --test wire tour`.

use std::path::PathBuf;
use std::process::Command;

use useartisan::Credentials;
use useartisan::fake::{FakeArtisan, Fault};

use crate::support::directory::Directory;
use crate::support::loopback::Loopback;
use crate::support::server::refusing;

const BACKENDS: [&str; 3] = ["reqwest", "ureq", "hyper"];
const METHODS: [&str; 8] = [
    "list_apps",
    "get_profile",
    "export_profiles",
    "list_segments",
    "export_segment",
    "list_jobs",
    "get_job",
    "download_job",
];
const SETTINGS: [&str; 3] = ["ARTISAN_URL", "ARTISAN_PUBLIC_KEY", "ARTISAN_SECRET_KEY"];
const PUBLIC_KEY: &str = "public-key-of-the-tour";
const SECRET_KEY: &str = "secret-key-of-the-tour";
const PROFILE_ID: &str = "bdbbf66f-d661-4236-8237-76d4159344fe";

/// The first thing that a newcomer runs: all eight methods over each backend. The requests that it prints are those that the
/// service received, and nothing is left behind.
#[test]
fn every_backend_goes_through_all_methods_as_the_fake_has_recorded() {
    let directory = Directory::new("tour-recorded");
    let ran = run(&["--recorded"], &[("TMPDIR", directory.file("").to_str().unwrap())]);
    assert!(ran.passed, "{ran:?}");
    for backend in BACKENDS {
        let (table, recorded) = ran.section(backend).split_once("  recorded by the fake:\n").unwrap();
        for method in METHODS {
            assert!(rows(table).any(|row| row.trim_start().starts_with(method)), "{backend}: {method}");
        }
        let recorded: Vec<_> = recorded.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(requests(table), recorded, "{backend}");
        assert_eq!(recorded.len(), 18, "{backend}");
    }
    assert_eq!(ran.last_line(), "45 of 45 steps passed");
    assert_eq!(directory.names(), [] as [&str; 0]);
}

/// The table is readable: its lines are short, and it shows the wait for the export.
#[test]
fn the_table_fits_and_shows_the_wait() {
    let ran = run(&[], &[]);
    assert!(ran.passed, "{ran:?}");
    for line in ran.output.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
    for backend in BACKENDS {
        let waits = rows(ran.section(backend)).filter(|row| row.contains("  waiting"));
        let expected = ["QUEUED at poll 1", "RUNNING at poll 2", "COMPLETE at poll 3"];
        assert!(waits.zip(expected).filter(|(row, wait)| row.contains(wait)).count() == 3, "{ran:?}");
    }
}

/// Against a server, the tour changes nothing: all requests are GETs, and it prints all of them.
#[test]
fn a_server_is_only_read() {
    let fake = fake();
    let server = Loopback::serve(&fake).unwrap();
    for (profile, passed) in [(PROFILE_ID, "21 of 21 steps passed"), ("", "18 of 18 steps passed, 3 skipped")]
    {
        fake.clear_requests();
        let settings = [&keys(server.base_url())[..], &[("ARTISAN_PROFILE_ID", profile)]].concat();
        let ran = run(&["--recorded"], &settings);
        assert!(ran.passed, "{ran:?}");
        assert_eq!(ran.last_line(), passed);
        let recorded: Vec<_> = fake.requests().iter().map(|request| request.line()).collect();
        assert_eq!(requests(&ran.output), recorded);
        assert!(recorded.iter().all(|line| line.starts_with("GET ")), "{recorded:?}");
        let asked = recorded.iter().filter(|line| line.ends_with(PROFILE_ID)).count();
        assert_eq!(asked, if profile.is_empty() { 0 } else { 3 });
        assert_eq!(ran.output.contains("skipped: no ARTISAN_PROFILE_ID"), profile.is_empty());
    }
}

/// What a server lacks is not a failure: the tour skips and names it.
#[test]
fn what_an_empty_server_cannot_show_is_skipped() {
    let fake = FakeArtisan::with_credentials(credentials());
    let server = Loopback::serve(&fake).unwrap();
    let ran = run(&[], &keys(server.base_url()));
    assert!(ran.passed, "{ran:?}");
    assert_eq!(ran.last_line(), "9 of 9 steps passed, 12 skipped");
    for want in ["there is no app", "there is no job", "no job is complete"] {
        assert_eq!(ran.output.matches(&format!("skipped: {want}")).count(), 3, "{want}: {ran:?}");
    }
}

/// A failed step prints its error. The tour goes on, and its exit code shows the failure.
#[test]
fn a_failed_step_is_told_and_the_tour_goes_on() {
    let fake = fake().fail_next_for("get_job", Fault::failure("no such luck"));
    let server = Loopback::serve(&fake).unwrap();
    let ran = run(&[], &keys(server.base_url()));
    assert!(!ran.passed, "{ran:?}");
    assert_eq!(ran.last_line(), "17 of 18 steps passed, 3 skipped");
    let (before, after) = ran.section("reqwest").split_once("no such luck").unwrap();
    assert!(before.contains("FAILED") && after.contains("download_job"), "{ran:?}");
}

/// The tour prints an error's causes down to the one that helps. It skips steps that need the missing answer.
#[test]
fn a_server_that_is_not_there_fails_every_backend() {
    let ran = run(&[], &keys(&format!("http://{}", refusing())));
    assert!(!ran.passed, "{ran:?}");
    assert_eq!(ran.last_line(), "0 of 9 steps passed, 12 skipped");
    for backend in BACKENDS {
        let section = ran.section(backend);
        assert_eq!(section.matches("list_apps: the request could not be sent").count(), 1, "{section}");
        assert_eq!(section.to_lowercase().matches("refused").count(), 3, "{section}");
    }
}

/// No key is printed, even if a server echoes it.
#[test]
fn an_echoed_key_is_not_printed() {
    let fake = fake().fail_next(Fault::echo().times(100));
    let server = Loopback::serve(&fake).unwrap();
    let ran = run(&["--recorded"], &keys(server.base_url()));
    assert!(!ran.passed && ran.output.contains("500"), "{ran:?}");
}

/// A missing setting is named, nothing is sent, and the fake is not used instead.
#[test]
fn a_missing_setting_is_named() {
    let fake = fake();
    let server = Loopback::serve(&fake).unwrap();
    for kept in 1..7 {
        let all = keys(server.base_url());
        let given: Vec<_> = (0..3).filter(|bit| kept & (1 << bit) != 0).map(|bit| all[bit]).collect();
        let ran = run(&[], &given);
        assert!(!ran.passed && ran.output.is_empty(), "{ran:?}");
        for name in SETTINGS {
            let is_given = given.iter().any(|(given, _)| *given == name);
            assert_eq!(ran.errors.contains(name), !is_given, "{name}: {ran:?}");
        }
    }
    assert!(fake.requests().is_empty());
}

/// An unknown argument is refused by name.
#[test]
fn an_unknown_argument_is_named() {
    let ran = run(&["--record"], &[]);
    assert!(!ran.passed && ran.output.is_empty() && ran.errors.contains("--record\""), "{ran:?}");
}

#[derive(Debug)]
struct Ran {
    passed: bool,
    output: String,
    errors: String,
}

/// Runs the tour with only these settings. It never prints a key.
#[track_caller]
fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(example());
    for name in SETTINGS.into_iter().chain(["ARTISAN_PROFILE_ID"]) {
        command.env_remove(name);
    }
    let done = command.args(arguments).envs(settings.iter().copied()).output().unwrap();
    let ran = Ran {
        passed: done.status.success(),
        output: String::from_utf8(done.stdout).unwrap(),
        errors: String::from_utf8(done.stderr).unwrap(),
    };
    for key in [PUBLIC_KEY, SECRET_KEY, "fake-public-key", "fake-secret-key"] {
        assert!(!ran.output.contains(key) && !ran.errors.contains(key), "{key} shows");
    }
    assert!(done.status.code().is_some() && !ran.errors.contains("panicked"), "{ran:?}");
    ran
}

/// The path of the example, beside the directory of this test.
#[track_caller]
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let example = profile.join("examples").join(format!("tour{}", std::env::consts::EXE_SUFFIX));
    assert!(example.is_file(), "not built: say `cargo build --all-features --example tour`");
    example
}

impl Ran {
    /// The output for one backend.
    #[track_caller]
    fn section(&self, backend: &str) -> &str {
        let mut sections = self.output.split("\n\n");
        let heading = format!("{backend} at http://127.0.0.1:");
        sections.find(|section| section.starts_with(&heading)).expect(backend)
    }

    fn last_line(&self) -> &str {
        self.output.lines().last().unwrap_or_default()
    }
}

/// The lines of a table, with its steps.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| line.starts_with("  "))
}

/// The requests in the rows of a table.
fn requests(table: &str) -> Vec<&str> {
    let cells = rows(table).flat_map(|row| row.split("  ")).map(str::trim);
    cells.filter(|cell| cell.starts_with("GET ") || cell.starts_with("POST ")).collect()
}

fn credentials() -> Credentials {
    Credentials::new(PUBLIC_KEY, SECRET_KEY).unwrap()
}

/// A server's data, with these keys.
fn fake() -> FakeArtisan {
    FakeArtisan::with_credentials(credentials()).add_sample_data()
}

/// The settings for the tour against a server.
fn keys(url: &str) -> [(&'static str, &str); 3] {
    let [for_url, public, secret] = SETTINGS;
    [(for_url, url), (public, PUBLIC_KEY), (secret, SECRET_KEY)]
}
