//! `-v`, `-vv` and `-q`.

use http::StatusCode;
use useartisan::fake::Fault;

use crate::program::{APP, COMPLETE, SEGMENT, Service};

/// The log's lines, without their times.
fn lines(err: &str) -> Vec<&str> {
    let lines = err.lines().filter_map(|line| line.strip_prefix("artisan: ")?.split_once(" s  "));
    lines
        .map(|(seconds, line)| {
            assert!(seconds.trim().parse::<f64>().is_ok(), "{err}");
            line
        })
        .collect()
}

/// Each attempt and each retry has a line, with the request and the answer. `run` searches them for keys.
#[test]
fn attempts_and_retries_are_logged() {
    let service = Service::new();
    service.fake.fail_next(Fault::status(StatusCode::SERVICE_UNAVAILABLE).times(2));
    let ran = service.run(&["list-apps", "-v"]);
    assert!(ran.code == Some(0) && ran.out.contains("Demo App 1"), "{ran:?}");
    let log = lines(&ran.err);
    assert_eq!(log.len(), 5, "{ran:?}");
    let asked = format!("GET {}/public/api/apps: ", service.base_url());
    for (line, start) in log.iter().zip([
        &format!("{asked}503 Service Unavailable after "),
        "list-apps: attempt 1 failed (Rejected), trying again in ",
        &format!("{asked}503 "),
        "list-apps: attempt 2 failed (Rejected), trying again in ",
        &format!("{asked}200 OK after "),
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    // Level 2 also has the time-outs, and how the call ended.
    let more = service.run(&["-vv", "list-apps"]);
    let log = lines(&more.err);
    assert_eq!(log.len(), 3, "{more:?}");
    assert!(log[0].contains("begins: connect 10s, answer 30s, stall 30s, in all 120s"), "{more:?}");
    assert!(log[2].starts_with("list-apps ended: attempts 1, elapsed ms "), "{more:?}");
}

/// Each poll of a wait has a line, even if its answer is ignored.
#[test]
fn polls_are_logged() {
    let service = Service::new();
    service.fake.fail_next_for("get_job", Fault::status(StatusCode::NOT_FOUND).body("<html>"));
    let ran = service.run(&["export-segment", APP, SEGMENT, "--wait", "-v"]);
    assert!(ran.code == Some(0), "{ran:?}");
    let log = lines(&ran.err);
    assert!(log.iter().any(|line| line.starts_with("wait: poll 1: -, passed over: ")), "{ran:?}");
    assert!(
        log.iter().any(|line| line.starts_with("wait: poll ") && line.ends_with(": COMPLETE")),
        "{ran:?}"
    );
    assert!(log[0].starts_with("POST "), "{ran:?}");
}

/// The query of a redirect's address may be a secret, so it is not logged. A key that a server echoes is not logged either.
#[test]
fn nothing_secret_is_logged() {
    let service = Service::new();
    let target = format!("{}/elsewhere?signature=s3same", service.base_url());
    service.fake.fail_next_for("download_job", Fault::redirect(&target));
    let ran = service.run(&["download-job", COMPLETE, "-vv"]);
    assert!(
        !ran.err.contains("s3same") || !lines(&ran.err).iter().any(|line| line.contains("s3same")),
        "{ran:?}"
    );
    service.fake.fail_next(Fault::echo().times(100));
    let ran = service.run(&["list-apps", "-vv"]);
    assert!(lines(&ran.err).len() > 10, "{ran:?}");
}

/// With `-q` only errors are printed.
#[test]
fn quiet_says_only_what_went_wrong() {
    let service = Service::new();
    let out = service.run(&[
        "-q",
        "export-segment",
        APP,
        SEGMENT,
        "-f",
        "-",
        "--format",
        "csv",
        "--columns",
        "nothing",
    ]);
    assert_eq!(out.quiet(), "nothing\n\"\"\n\"\"\n");
    service.run(&["get-job", COMPLETE, "--wait", "--quiet"]).quiet();
    assert!(service.run(&["-q", "get-job", "no-job"]).failed(3).contains("list-jobs"));
    service.run(&["-q", "-v", "list-apps"]).failed(2);
}
