//! Signals: the program ends at once, with the code that shells expect, and leaves no partial file.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use useartisan::JobId;
use useartisan::fake::Fault;

use crate::program::{APP, COMPLETE, PUBLIC_KEY, SECRET_KEY, SEGMENT, Service, artisan, signal, until, wait};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::{Server, refusing};

/// A signal during a stalled download leaves the old file, with nothing beside it.
#[test]
fn a_download_to_a_file_leaves_nothing() {
    let service = Service::new();
    let directory = Directory::new("cli-interrupted");
    let file = directory.file("result");
    fs::write(&file, "old").unwrap();
    for (format, name, code) in [
        ("json", "INT", 130),
        ("ndjson", "INT", 130),
        ("csv", "INT", 130),
        ("json", "TERM", 143),
        ("csv", "TERM", 143),
        ("json", "HUP", 129),
        ("ndjson", "HUP", 129),
        ("json", "QUIT", 131),
        ("csv", "QUIT", 131),
    ] {
        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let path = file.to_str().unwrap();
        let download = ["download-job", COMPLETE, "--format", format, "-f", path];
        let child = listening(&mut service.artisan(&download)).spawn().unwrap();
        until("the download", || !directory.parts().is_empty() && !service.fake.requests().is_empty());
        signal(name, &child);
        let err = wait(child).failed(code);
        assert_eq!(err, "", "{format}");
        assert_eq!(directory.names(), ["result"], "{format} {name}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
        service.requests();
    }
}

/// The same program with hang-ups enabled, because the tests may run under `nohup`.
fn listening(command: &mut Command) -> Command {
    through_env("--default-signal=HUP", command)
}

/// The same program, started through `env`.
fn through_env(option: &str, command: &Command) -> Command {
    let mut env = Command::new("env");
    env.arg(option).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => env.env(name, value),
            None => env.env_remove(name),
        };
    }
    env.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    env
}

/// Hang-ups that `nohup` ignores stay ignored.
#[cfg(target_os = "linux")]
#[test]
fn a_hang_up_that_is_ignored_stays_so() {
    let service = Service::new();
    service.fake.fail_next_for("download_job", Fault::stalled(20));
    let download = ["download-job", COMPLETE];
    let child = through_env("--ignore-signal=HUP", &service.artisan(&download)).spawn().unwrap();
    until("the download", || !service.fake.requests().is_empty());
    signal("HUP", &child);
    std::thread::sleep(std::time::Duration::from_millis(300));
    signal("TERM", &child);
    assert_eq!(wait(child).code, Some(143));
}

/// While the request that starts a job is under way, its outcome is unknown. The message says so, and advises what to do.
#[test]
fn a_start_under_way_is_7() {
    for (name, other) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let server = Server::new(|_| std::thread::sleep(std::time::Duration::from_secs(60)));
        let url = format!("http://{}", server.address());
        let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
        for (arguments, code) in [
            (&["export-segment", APP, SEGMENT][..], 7),
            (&["export-profiles", APP, "user", "-f", "-"], 7),
            (&["list-apps"], other),
        ] {
            let mut command = artisan(&[arguments, &["--base-url", &url]].concat());
            let child = listening(command.envs(keys)).spawn().unwrap();
            until("the request", || server.hits() == 1);
            server.take_requests();
            signal(name, &child);
            let err = wait(child).failed(code);
            match code {
                7 => assert!(
                    err.contains("it is not known whether the job was started")
                        && err.ends_with(&format!(": artisan --base-url {url} list-jobs\n")),
                    "{err}"
                ),
                _ => assert_eq!(err, ""),
            }
        }
    }
}

/// A start that could not be sent, and waits for another attempt, has started nothing.
#[test]
fn a_start_that_waits_for_another_attempt_is_130() {
    let url = format!("http://{}", refusing());
    let export = ["export-segment", APP, SEGMENT, "-v", "--base-url", &url];
    let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
    // The length of the pause is random. The signal comes in one that is long enough.
    for _ in 0..50 {
        let mut child = artisan(&export).envs(keys).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        let is_waiting = |told: &str| {
            let wait = told.rsplit_once("trying again in ").and_then(|(_, wait)| wait.strip_suffix(" ms\n"));
            wait.is_some_and(|wait| wait.parse::<u64>().is_ok_and(|wait| wait > 400))
        };
        while !is_waiting(&told) && err.read_line(&mut told).unwrap() > 0 {}
        if is_waiting(&told) {
            signal("INT", &child);
            err.read_to_string(&mut told).unwrap();
            assert!(!told.contains("is not known"), "{told}");
            wait(child).failed(130);
            return;
        }
        wait(child);
    }
    panic!("no wait was long enough");
}

/// During a wait, the job's id has been printed already.
#[test]
fn a_wait_has_told_its_job() {
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let mut child = service.artisan(&["export-segment", APP, SEGMENT, "--wait"]).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    err.read_line(&mut told).unwrap();
    let job = service.fake.jobs().last().unwrap().id().clone();
    assert_eq!(told, format!("artisan: waiting for job {job}\n"));
    signal("INT", &child);
    err.read_to_string(&mut told).unwrap();
    assert!(
        told.contains("; to go on: artisan ") && told.ends_with(&format!(" get-job {job} --wait\n")),
        "{told}"
    );
    wait(child).failed(130);
}

/// The id of a started job is printed even before the first answer of the wait.
#[test]
fn a_start_is_told_before_the_first_answer_of_the_wait() {
    let service = Service::new();
    service.fake.fail_next_for("get_job", Fault::status(http::StatusCode::SERVICE_UNAVAILABLE).times(1000));
    let export = ["export-segment", APP, SEGMENT, "-f", "-", "--format", "csv"];
    let child = service.artisan(&export).spawn().unwrap();
    let asked = |request: &useartisan::fake::Recorded| request.endpoint() == Some("get_job");
    until("a first question", || service.fake.requests().iter().any(asked));
    signal("INT", &child);
    let err = wait(child).failed(130);
    let job = service.fake.jobs().last().unwrap().id().clone();
    assert!(err.starts_with(&format!("artisan: waiting for job {job}\n")), "{err}");
    assert!(err.ends_with(&format!(" download-job {job} --wait -f - --format csv\n")), "{err}");
}

/// A signal ends the program even if it is blocked by a pipe that nobody reads.
#[test]
fn a_pipe_that_nobody_reads_holds_nothing_up() {
    let service = Service::new();
    let profile = r#"{"age":"29"},"#.repeat(100_000);
    let result = format!(r#"{{"artisanUserIds":[{profile}{{}}]}}"#);
    service.fake.set_result(JobId::new(COMPLETE).unwrap(), result).unwrap();
    let mut child = service.artisan(&["download-job", COMPLETE, "--format", "ndjson"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 100]).unwrap();
    signal("INT", &child);
    wait(child).failed(130);
}

#[test]
fn the_fake_on_a_port_ends() {
    let mut child = artisan(&["fake", "--port", "0"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    signal("INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
