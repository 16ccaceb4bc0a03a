//! Each command: its request, and its output.

use std::io::{BufRead, BufReader};

use crate::program::{
    APP, COMPLETE, QUEUED, Ran, SEGMENT, SHARED_USER, Service, USER, artisan, run, run_fake,
};
use useartisan_test_support::directory::Directory;

/// Each command, and a part of its table.
const COMMANDS: [(&[&str], &str, &str); 10] = [
    (&["list-apps"], "GET /public/api/apps", "5564e1bf330eb98a9a00003a  Demo App 2\n"),
    (&["get-profile", APP, USER], "users/bdbbf66f", "geo-locality            Philadelphia\n"),
    (&["get-profile", APP, SHARED_USER, "--shared"], "/users/shared_id/", "identifierSource        custom\n"),
    (&["list-segments", APP], "GET /public/api/apps/", "557ee4757d891cd26f000005  Under 20\n"),
    (&["list-jobs"], "GET /public/api/jobs", "5584566b7d891ce0ab000001  COMPLETE  Segments Export"),
    (&["list-jobs", "--status", "QUEUED"], "QUEUED", "5584469c7d891c1d06000001  QUEUED"),
    (&["get-job", COMPLETE], "GET /public/api/jobs/", "identifier       sgmt-export\n"),
    (&["download-job", COMPLETE], "/download", "\"artisanUserIds\""),
    (&["export-profiles", APP, USER], "POST /public/api/apps/", "message  Job queued successfully.\n"),
    (&["export-segment", APP, SEGMENT], "POST /public/api/apps/", "message  Job queued successfully.\n"),
];

/// Each command makes one request, prints nothing on stderr, and prints the same with `--fake`.
#[test]
fn each_command_asks_once_and_prints_its_answer() {
    let service = Service::new();
    for (arguments, line, piece) in COMMANDS {
        let out = service.run(arguments).quiet();
        assert!(out.contains(piece), "{arguments:?}: {out}");
        let requests = service.requests();
        assert!(requests.len() == 1 && requests[0].contains(line), "{arguments:?}: {requests:?}");
        let in_memory = run_fake(arguments).quiet();
        assert!(in_memory.contains(piece), "{arguments:?}: {in_memory}");
    }
}

/// As JSON every answer is one document, and nothing is lost.
#[test]
fn each_answer_is_json_for_a_script() {
    let service = Service::new();
    for (arguments, _, _) in COMMANDS {
        let out = service.run(&[arguments, &["--output", "json"]].concat()).quiet();
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        match arguments[0] {
            "list-apps" => assert_eq!(json[1]["name"], "Demo App 2"),
            "list-segments" => assert_eq!(json[3]["id"], "557ee4a77d891cd26f000009"),
            "get-profile" => assert_eq!(json["attributes"]["hardwareType"], "iPhone5,2"),
            "list-jobs" => assert_eq!(json[0]["status"], "QUEUED"),
            "get-job" => assert_eq!(json["organization_id"], "52e7df69e206e7f84e000005"),
            "download-job" => assert_eq!(json["artisanUserIds"][0]["age"], "29"),
            _ => assert!(json["job"].is_string(), "{json}"),
        }
    }
}

/// A status goes out in the service's spelling, however it was typed.
#[test]
fn a_status_may_be_typed_in_any_case() {
    let service = Service::new();
    for status in ["COMPLETE", "complete", "Complete"] {
        assert!(service.run(&["list-jobs", "--status", status]).quiet().contains(COMPLETE));
        assert_eq!(service.requests(), ["GET /public/api/jobs?status=COMPLETE"]);
    }
}

/// With `--wait`, an export prints the complete job, and `get-job` waits for an existing one.
#[test]
fn a_job_is_waited_for() {
    let service = Service::new();
    for arguments in [
        &["export-segment", APP, SEGMENT, "--wait"][..],
        &["export-profiles", APP, USER, "--wait"],
        &["get-job", QUEUED, "--wait"],
    ] {
        let out = service.run(arguments).waited();
        assert!(out.contains("status           COMPLETE\n"), "{out}");
    }
    let out = service.run(&["download-job", QUEUED, "--wait"]).waited();
    assert!(out.contains("artisanUserIds"), "{out}");
}

/// One command starts the job, waits, downloads, and prints a summary.
#[test]
fn an_export_goes_to_a_file_or_to_stdout() {
    let service = Service::new();
    let directory = Directory::new("cli-export");
    let file = directory.file("profiles.csv");
    let path = file.to_str().unwrap();
    let export = ["export-segment", APP, SEGMENT, "-f", path, "--output", "json"];
    let told: serde_json::Value = serde_json::from_str(&service.run(&export).waited()).unwrap();
    assert_eq!((&told["profiles"], &told["file"]), (&2.into(), &path.into()));
    let requests = service.requests();
    assert!(requests[0].starts_with("POST ") && requests[2].ends_with("/download"), "{requests:?}");
    assert_eq!(requests.len(), 3);

    let csv = std::fs::read_to_string(&file).unwrap();
    let export = ["export-segment", APP, SEGMENT, "-f", "-", "--format", "csv"];
    assert_eq!(service.run(&export).waited(), csv);
    assert_eq!(directory.names(), ["profiles.csv"]);
}

/// A long list of ids comes from a file or stdin.
#[test]
fn a_list_of_users_comes_from_a_file() {
    let service = Service::new();
    let directory = Directory::new("cli-ids");
    let ids = directory.file("ids");
    std::fs::write(&ids, format!("\u{feff}{SHARED_USER}\n\n  second  \n")).unwrap();
    let url = "http://10.0.0.5/done";
    let from_file =
        ["export-profiles", APP, "--ids", ids.to_str().unwrap(), "--shared", "--callback-url", url];
    service.run(&from_file).quiet();
    let body = service.fake.last_request().unwrap().body().clone();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert!(body.to_string().contains(&format!("\"{SHARED_USER},second\"")), "{body}");
    assert!(body.to_string().contains(url), "{body}");

    let mut from_stdin = service.artisan(&["export-profiles", APP, "--ids", "-", "--shared"]);
    run(from_stdin.stdin(std::fs::File::open(&ids).unwrap())).quiet();
    let again = service.fake.last_request().unwrap().body().clone();
    assert!(String::from_utf8_lossy(&again).contains("second"));
    service.run(&["export-profiles", APP, "--ids", "/nowhere"]).failed(2);
}

/// `artisan fake` prints the settings for another terminal, and serves a result of any size.
#[test]
fn the_fake_is_served_on_a_port() {
    let mut server = artisan(&["fake", "--port", "0", "--result-size", "1MB"]).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let export = lines.find(|line| line.starts_with("export ")).unwrap();
    let settings = export.split(' ').skip(1).map(|setting| setting.split_once('=').unwrap());
    let settings: Vec<_> = settings.collect();
    let run = |arguments: &[&str]| -> Ran { run(artisan(arguments).envs(settings.iter().copied())) };
    assert!(run(&["list-apps"]).quiet().contains("Demo App 1"));
    let out = run(&["export-segment", APP, SEGMENT, "-f", "-"]).waited();
    assert!(out.len() > 1_000_000 && out.len() < 1_200_000, "{}", out.len());
    let result: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(result["artisanUserIds"].as_array().unwrap().last().unwrap()["age"], "38");

    let port = settings[0].1.rsplit(':').next().unwrap();
    let err = run(&["fake", "--port", port]).failed(1);
    assert!(err.contains("--port 0"), "{err}");
    server.kill().unwrap();
    server.wait().unwrap();
}

/// `--fake` needs no keys, and ignores the service in the environment.
#[test]
fn the_fake_in_memory_leaves_the_network_alone() {
    let service = Service::new();
    assert!(run(service.artisan(&["list-apps"]).arg("--fake")).quiet().contains("Demo App 1"));
    assert!(service.requests().is_empty());
}

/// The help has the commands, examples and exit codes, and each command has its own.
#[test]
fn the_help_has_examples_and_exit_codes() {
    let help = run(&mut artisan(&["--help"])).quiet();
    let short = run(&mut artisan(&["-h"])).quiet();
    assert!(
        short.lines().count() < 40 && !short.contains("Exit codes:") && short.contains("--help"),
        "{short}"
    );
    for piece in ["list-apps", "download-job", "Examples:", "Exit codes:", "130", "ARTISAN_PUBLIC_KEY"] {
        assert!(help.contains(piece), "{piece}");
    }
    for (arguments, _, _) in COMMANDS {
        let help = run(&mut artisan(&[arguments[0], "--help"])).quiet();
        let short = run(&mut artisan(&[arguments[0], "-h"])).quiet();
        let global = short.split_once("Global options:\n").unwrap().1.split("\n\n").next().unwrap();
        assert_eq!(global.lines().count(), 6, "one line each: {short}");
        assert!(short.lines().all(|line| line.chars().count() <= 100), "{short}");
        assert!(short.contains("(see more with '--help')") && !short.contains("--cacert"), "{short}");
        assert!(
            help.contains("--cacert")
                && help.contains("NO_PROXY")
                && help.lines().count() > 2 * short.lines().count()
        );
        let (own, global) = help.split_once("Global options:\n").unwrap();
        for option in ["--fake", "--output", "json", "--base-url", "--keys"] {
            assert!(global.contains(option) && !own.contains(&format!(" {option} ")), "{option}: {help}");
        }
        let takes_no_more = ["list-apps", "list-segments"].contains(&arguments[0]);
        let example = help
            .lines()
            .any(|line| line.contains(&format!("artisan {} ", arguments[0])) && !line.starts_with("Usage"));
        assert!(takes_no_more || example, "{help}");
    }
    run(&mut artisan(&[])).failed(2);
}
