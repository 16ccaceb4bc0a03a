//! Exit codes: one for each class of failure, with nothing on stdout and a hint.

use std::process::Command;

use useartisan::fake::Fault;
use useartisan::{AppId, SegmentId};

use crate::program::{APP, ARTISAN, COMPLETE, QUEUED, SEGMENT, Service, artisan, run, run_fake};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::refusing;

const EXPORT: [&str; 3] = ["export-segment", APP, SEGMENT];

/// Wrong usage is found before anything is sent.
#[test]
fn wrong_usage_is_2_and_sends_nothing() {
    let service = Service::new();
    for arguments in [
        &["list-app"][..],
        &["get-job"],
        &["get-job", ".."],
        &["get-profile", APP, ""],
        &["export-profiles", APP],
        &["export-profiles", APP, "a,b"],
        &["export-profiles", APP, "a", "--ids", "file"],
        &["export-segment", APP, SEGMENT, "-f", "/nowhere/at/all.csv"],
        &["export-segment", APP, SEGMENT, "--wait-timeout", "1h"],
        &["get-job", COMPLETE, "--wait-timeout", "1h"],
        &["download-job", COMPLETE, "--wait-timeout", "1h"],
        &["list-apps", "-f", "json"],
        &["list-apps", "--output", "csv"],
        &["export-segment", APP, SEGMENT, "--callback-url", "nowhere"],
        &["download-job", COMPLETE, "--columns", "age"],
        &["download-job", COMPLETE, "--format", "csv", "--columns", "age,age"],
        &["download-job", COMPLETE, "--format", "csv", "--columns", "age,"],
        &["download-job", COMPLETE, "--format", "csv", "--columns", "age, age"],
        &["download-job", COMPLETE, "--format", "csv", "--columns", "*,other"],
        &["list-apps", "--base-url", "http://example.com"],
        &["list-apps", "--secret-key", "x"],
        &["fake", "--result-size", "lots"],
    ] {
        let err = service.run(arguments).failed(2);
        assert!(!err.is_empty(), "{arguments:?}");
    }
    assert!(service.requests().is_empty());
}

/// Messages about wrong values use the command line's words.
#[test]
fn a_value_that_is_not_understood_is_told_what_it_may_be() {
    let service = Service::new();
    for time in ["soon", "1d", "90", "-5s", ""] {
        let timeout = format!("--wait-timeout={time}");
        let err = service.run(&["get-job", QUEUED, "--wait", &timeout]).failed(2);
        assert!(err.contains("is not a time such as 90s, 30m or 6h"), "{time}: {err}");
    }
    for status in ["DONE", ""] {
        let err = service.run(&["list-jobs", "--status", status]).failed(2);
        assert!(err.contains("QUEUED, RUNNING, COMPLETE and FAILED"), "{status}: {err}");
    }
    assert!(service.requests().is_empty());
}

/// A file that cannot be created is reported before a job is started, and before the program asks for keys.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_made_is_2_and_starts_nothing() {
    let service = Service::new();
    let directory = Directory::new("cli-no-file");
    let new_directory = directory.file("new/");
    let inside_a_file = directory.file("file/result.csv");
    std::fs::write(directory.file("file"), "").unwrap();
    let nobody_may_write = std::path::Path::new("/proc/self/result.json");
    for file in [std::path::Path::new("/"), &new_directory, &inside_a_file, nobody_may_write] {
        let file = file.to_str().unwrap();
        for command in [&EXPORT[..], &["download-job", COMPLETE]] {
            for format in ["json", "ndjson", "csv"] {
                let arguments = [command, &["-f", file, "--format", format]].concat();
                let err = service.run(&arguments).failed(2);
                assert!(err.contains(file) && !err.contains("to go on"), "{err}");
                assert_eq!(run(&mut artisan(&arguments)).failed(2), err);
            }
        }
    }
    assert!(service.requests().is_empty());
    assert_eq!(directory.names(), ["file"]);
}

#[test]
fn what_is_not_there_is_3() {
    let service = Service::new();
    for arguments in [
        &["get-profile", APP, "nobody"][..],
        &["list-segments", "no-app"],
        &["get-job", "no-job"],
        &["get-job", "no-job", "--wait"],
        &["download-job", "no-job"],
    ] {
        service.run(arguments).failed(3);
    }
}

/// A 404 with another server's page does not concern ids, so the hint is about the base URL.
#[test]
fn a_page_that_is_not_the_services_names_the_base_url() {
    let service = Service::new();
    for (endpoint, command) in [("list_apps", &["list-apps"][..]), ("export_segment", &EXPORT)] {
        for status in [404, 405] {
            let fault = Fault::status(http::StatusCode::from_u16(status).unwrap());
            service.fake.fail_next_for(endpoint, fault.body("<html>nginx</html>"));
            let err = service.run(command).failed(1);
            assert!(err.contains("--base-url") && !err.contains("`artisan list-apps`"), "{err}");
        }
    }
    let err = service.run(&["get-profile", APP, "nobody"]).failed(3);
    assert!(!err.contains("--base-url") && err.contains("`artisan list-apps`"), "{err}");
}

/// Wrong keys and a wrong address look alike, so the hint names both.
#[test]
fn a_refusal_is_4_and_names_the_allow_list() {
    let service = Service::new();
    let wrong_keys = run(service.artisan(&["list-apps"]).env("ARTISAN_SECRET_KEY", "wrong")).failed(4);
    assert!(wrong_keys.contains("401") && wrong_keys.contains("allow-list"), "{wrong_keys}");
    service.fake.refuse_address(true);
    let wrong_address = service.run(&["list-apps"]).failed(4);
    assert!(wrong_address.contains("403") && wrong_address.contains("allow-list"), "{wrong_address}");
}

/// When the wait ends, the job goes on, and a message has the command to go on with it.
#[test]
fn a_wait_that_ends_is_5_and_tells_how_to_go_on() {
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let directory = Directory::new("cli-go-on");
    let file = directory.file("it's all.csv");
    let plan = ["-f", file.to_str().unwrap(), "--columns", "age,*", "--wait-timeout", "0s"];
    let err = service.run(&[&EXPORT[..], &plan].concat()).failed(5);
    let command = err.lines().find_map(|line| line.split_once("to go on: artisan ")).unwrap().1;
    let job = service.fake.jobs().last().unwrap().id().clone();
    assert!(command.contains(job.as_str()), "{command}");

    service.fake.set_status(&job, useartisan::JobStatus::Complete).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec {} {command}", ARTISAN)]);
    let settings = service.artisan(&[]);
    shell.envs(settings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(&mut shell).waited();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("age,other\n29,"));

    let err = service.run(&["get-job", QUEUED, "--wait", "--wait-timeout", "0s"]).failed(5);
    assert!(err.contains(&format!("get-job {QUEUED} --wait\n")), "{err}");
}

/// A job of `--fake` is gone when its command ends, so no command goes on with it.
#[test]
fn a_wait_in_memory_that_ends_advises_nothing() {
    for more in [&["--wait"][..], &["-f", "-"]] {
        let err = run_fake(&[&EXPORT[..], more, &["--wait-timeout", "0s"]].concat()).failed(5);
        assert!(!err.contains("to go on"), "{err}");
    }
}

#[test]
fn a_job_that_fails_is_6() {
    let service = Service::new();
    service.fake.fail_jobs_after(1);
    let err = service.run(&[&EXPORT[..], &["-f", "-"]].concat()).failed(6);
    assert!(err.contains("start the export again") && !err.contains("to go on"), "{err}");
}

/// If an answer is lost on its way, the job may exist. The message names the jobs that it may be.
#[test]
fn a_start_of_unknown_outcome_is_7() {
    let service = Service::new();
    for more in [&[][..], &["--wait"]] {
        service.fake.fail_next_for("export_segment", Fault::interrupted().after_acting());
        let err = service.run(&[&EXPORT[..], more].concat()).failed(7);
        assert!(err.contains("artisan list-jobs"), "{err}");
        assert!(err.contains(" get-job -- "), "{err}");
        let posts = service.requests().into_iter().filter(|line| line.starts_with("POST ")).count();
        assert_eq!(posts, 1);
    }

    // If the jobs cannot be listed either, they are requested only once.
    service.fake.fail_next_for("export_segment", Fault::interrupted().after_acting());
    service.fake.fail_next_for("list_jobs", Fault::interrupted());
    let err = service.run(&EXPORT).failed(7);
    assert!(err.contains("artisan list-jobs") && err.contains("listing the jobs failed"), "{err}");
    assert_eq!(service.requests().len(), 2);
}

/// The message names a few of many such jobs.
#[test]
fn an_unknown_outcome_names_the_newest_jobs() {
    let service = Service::new();
    for _ in 0..20 {
        service.fake.add_job(AppId::new(APP).unwrap(), SegmentId::new(SEGMENT).unwrap());
    }
    service.fake.fail_next_for("export_segment", Fault::interrupted().after_acting());
    let err = service.run(&EXPORT).failed(7);
    assert_eq!(err.matches("it may be: artisan ").count(), 5, "{err}");
}

#[test]
fn a_service_out_of_reach_is_8() {
    let service = Service::new();
    service.fake.fail_next(Fault::status(http::StatusCode::SERVICE_UNAVAILABLE).times(100));
    service.run(&["list-apps"]).failed(8);
    let settings = [("ARTISAN_PUBLIC_KEY", "a"), ("ARTISAN_SECRET_KEY", "b")];
    let url = format!("http://{}", refusing());
    let err = run(artisan(&["list-apps", "--base-url", &url]).envs(settings)).failed(8);
    assert!(err.to_lowercase().contains("refused") && err.contains("--base-url"), "{err}");
}

/// A script may wait for a job that is not ready, but not for one that has failed.
#[test]
fn a_job_that_is_not_ready_is_9() {
    let service = Service::new();
    service.fake.move_jobs_by_hand();
    let err = service.run(&["download-job", QUEUED]).failed(9);
    assert!(err.contains(&format!("job {QUEUED} is QUEUED: it has no result yet")), "{err}");
    assert!(err.contains("add --wait"), "{err}");
    service.fake.set_status(useartisan::JobId::new(QUEUED).unwrap(), useartisan::JobStatus::Failed).unwrap();
    let err = service.run(&["download-job", QUEUED]).failed(6);
    assert!(err.contains("is FAILED") && !err.contains("--wait"), "{err}");
    // If the status is unavailable, the refusal is printed unchanged.
    service.fake.fail_next_for("get_job", Fault::empty());
    let err = service.run(&["download-job", QUEUED]).failed(1);
    assert!(err.contains("FAILED, not COMPLETE"), "{err}");
}

/// Every other failure, with a hint if there is one.
#[test]
fn another_failure_is_1() {
    let service = Service::new();
    for (fault, word) in [
        (Fault::status(http::StatusCode::BAD_REQUEST).body("<html>"), ""),
        (Fault::empty(), "base URL"),
        (Fault::redirect("https://example.com/"), "--base-url"),
        (Fault::failure("no such luck"), "no such luck"),
    ] {
        service.fake.fail_next(fault);
        let ran = service.run(&["list-apps"]);
        assert!(ran.code != Some(0) && ran.out.is_empty() && ran.err.contains(word), "{ran:?}");
    }
}

/// An error of the disk is printed with the name of the file, for each format.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_10_and_names_the_file() {
    let service = Service::new();
    for arguments in [&["list-apps"][..], &["download-job", COMPLETE]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let err = run(service.artisan(arguments).stdout(full)).failed(10);
        assert!(err.contains("No space"), "{err}");
    }
    for format in ["json", "ndjson", "csv"] {
        let err = service.run(&["download-job", COMPLETE, "-f", "/dev/full", "--format", format]).failed(10);
        assert!(err.contains("/dev/full") && err.contains("No space"), "{format}: {err}");
    }
}

/// No key is printed, even if a server echoes it. `run` searches all output for keys.
#[test]
fn an_echoed_key_is_not_printed() {
    let service = Service::new();
    service.fake.fail_next(Fault::echo().times(100));
    service.run(&["list-apps", "--output", "json"]).failed(8);
    service.run(&["download-job", COMPLETE]).failed(8);
}
