//! Ctrl-C: the program ends at once, with the code that shells expect, and leaves no file.

use std::fs;
use std::io::{BufRead, BufReader, Read};

use useartisan::JobId;
use useartisan::fake::Fault;

use crate::program::{APP, COMPLETE, SEGMENT, Service, artisan, signal, until, wait};
use useartisan_test_support::directory::Directory;

/// In the middle of a download that has stalled: the file is the old one, with nothing beside it.
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
    ] {
        service.fake.fail_next_for("download_job", Fault::stalled(1000));
        let path = file.to_str().unwrap();
        let download = ["download-job", COMPLETE, "--format", format, "-f", path];
        let child = service.artisan(&download).spawn().unwrap();
        until("the download", || !directory.parts().is_empty() && !service.fake.requests().is_empty());
        signal(name, &child);
        let err = wait(child).failed(code);
        assert_eq!(err, "", "{format}");
        assert_eq!(directory.names(), ["result"], "{format} {name}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
        service.requests();
    }
}

/// In a wait: the job's id has been told, to go on with.
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

/// A job that was started is told although nobody has been able to ask for it yet.
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

/// Where nobody reads the pipe that it writes to, Ctrl-C is heard all the same.
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
