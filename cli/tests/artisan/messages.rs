//! Messages: what is wrong, and what to do.

use std::fs;

use crate::program::{APP, COMPLETE, PUBLIC_KEY, SECRET_KEY, SEGMENT, Service, artisan, run};
use useartisan_test_support::directory::Directory;
use useartisan_test_support::server::Server;

/// If an id is not found, the message names the command that lists such ids, and no other.
#[test]
fn what_is_not_there_is_told_with_where_to_look() {
    let service = Service::new();
    for (arguments, named, not_named) in [
        (&["get-profile", APP, "nobody"][..], "--shared", "list-jobs"),
        (&["get-profile", "no-app", "nobody"], "list-apps", "list-jobs"),
        (&["list-segments", "no-app"], "list-apps", "list-jobs"),
        (&["export-segment", APP, "no-segment"], "list-segments APP", "list-jobs"),
        (&["export-profiles", "no-app", "user"], "list-apps", "list-jobs"),
        (&["get-job", "no-job"], "list-jobs", "list-apps"),
        (&["download-job", "no-job"], "list-jobs", "list-apps"),
    ] {
        let err = service.run(arguments).failed(3);
        assert!(err.contains(named) && !err.contains(not_named), "{err}");
        assert!(err.starts_with(&format!("artisan: {}: not found", arguments[0])), "{err}");
        assert!(!err.contains("refused"), "{err}");
    }
}

/// If a base URL is unusable, the message says what to write instead.
#[test]
fn a_base_url_that_cannot_be_used_is_told() {
    let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
    for (url, words) in [
        ("http://artisan.example", &["another machine", "https://", "http://localhost:PORT"][..]),
        ("HTTP://artisan.example/x", &["another machine"]),
        ("artisan.example", &["no scheme", "https://artisan.example"]),
        ("https://user:pass@artisan.example", &["userinfo"]),
    ] {
        for from_environment in [false, true] {
            let mut command = artisan(&["list-apps"]);
            match from_environment {
                true => command.env("ARTISAN_URL", url),
                false => command.args(["--base-url", url]),
            };
            let err = run(command.envs(keys)).failed(2);
            assert!(words.iter().all(|word| err.contains(word)) && !err.contains("allow_plain"), "{err}");
        }
    }
    // The program finds that before it asks for keys.
    for url in ["http://artisan.example", "artisan.example"] {
        let err = run(&mut artisan(&["list-apps", "--base-url", url])).failed(2);
        assert!(!err.contains("ARTISAN_PUBLIC_KEY"), "{err}");
    }
    for (command, said) in [
        (artisan(&["list-apps"]).env("ARTISAN_URL", ""), "ARTISAN_URL is empty"),
        (
            artisan(&["list-apps", "--base-url", ""]).env("ARTISAN_URL", "https://artisan.example"),
            "--base-url is empty",
        ),
    ] {
        let err = run(command.envs(keys)).failed(2);
        assert!(err.contains(said) && err.contains("there is no default"), "{err}");
    }
}

/// A message names the variable that is not text.
#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    let service = Service::new();
    let wrong: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"http://\xff");
    for name in ["ARTISAN_URL", "ARTISAN_PUBLIC_KEY", "ARTISAN_SECRET_KEY", "HTTPS_PROXY"] {
        let err = run(service.artisan(&["list-apps"]).env(name, wrong)).failed(2);
        assert_eq!(err, format!("artisan: the variable {name} is not UTF-8\n"));
    }
    let mut command = service.artisan(&["list-apps"]);
    let err = run(command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("no_proxy", wrong)).failed(2);
    assert_eq!(err, "artisan: the variable no_proxy is not UTF-8\n");
}

/// A port that answers https in plain text is reported.
#[test]
fn https_to_a_plain_port_is_told() {
    let server = Server::serving(|_, mut stream, _| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 1000]);
        let _ =
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        useartisan_test_support::server::close(&mut stream);
    });
    let url = format!("https://{}", server.address());
    let mut command = artisan(&["list-apps", "--base-url", &url]);
    command.env("ARTISAN_PUBLIC_KEY", PUBLIC_KEY).env("ARTISAN_SECRET_KEY", SECRET_KEY);
    let secure = crate::tls::Secure::new("cli-plain-port");
    command.env("SSL_CERT_FILE", &secure.authority);
    let err = run(&mut command).failed(8);
    assert!(err.contains("does not speak TLS") && err.contains("port of the base URL"), "{err}");
}

/// The message about a file of keys has a command that works in a shell, whatever the file's name.
#[cfg(unix)]
#[test]
fn a_file_of_keys_that_cannot_be_used_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let service = Service::new();
    let err = service.run(&["list-apps", "--keys", "."]).failed(2);
    assert!(err.contains("`.` is a directory") && !err.contains("chmod"), "{err}");

    let directory = Directory::new("cli-chmod");
    let file = directory.file("it's; touch y; #");
    fs::write(&file, format!("ARTISAN_PUBLIC_KEY={PUBLIC_KEY}\nARTISAN_SECRET_KEY={SECRET_KEY}\n")).unwrap();
    fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let err = service.run(&["list-apps", "--keys", file.to_str().unwrap()]).failed(2);
    let command = err.split('`').find(|part| part.starts_with("chmod ")).unwrap();
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", command]).current_dir(directory.file("")).status().unwrap().success());
    service.run(&["list-apps", "--keys", file.to_str().unwrap()]).quiet();
    assert_eq!(directory.names(), ["it's; touch y; #"]);
}

/// Empty and repeated names in `--columns` are reported.
#[test]
fn columns_without_a_name_are_told() {
    let service = Service::new();
    for columns in ["", " ", "age,", ",age"] {
        let csv = ["download-job", COMPLETE, "--format", "csv", "--columns", columns];
        let err = service.run(&csv).failed(2);
        assert!(err.contains("--columns has an empty name") && err.contains("sharedUserId,age"), "{err}");
    }
    let err = service.run(&["download-job", COMPLETE, "--format", "csv", "--columns", "age,age"]).failed(2);
    assert!(err.contains("--columns names \"age\" twice"), "{err}");
}

/// A job's id is the service's text. In a command to paste, it stays one word and never becomes an option.
#[cfg(unix)]
#[test]
fn a_hint_is_quoted_for_the_shell() {
    for job in ["x; touch y; #", "$(touch y)", "it's", "-f", "--help"] {
        let answer = serde_json::json!({ "job": job }).to_string();
        let server = Server::serving(move |number, mut stream, seen| {
            seen.push(useartisan_test_support::server::read_request(&mut stream));
            let body = if number == 0 { &*answer } else { r#"{"success":false,"error":"busy"}"# };
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            std::io::Write::write_all(&mut stream, format!("{head}{body}").as_bytes()).unwrap();
        });
        let directory = Directory::new("cli-pasted");
        let url = format!("http://{}", server.address());
        let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
        let export = ["export-segment", APP, SEGMENT, "--wait", "--wait-timeout", "0s", "--base-url", &url];
        let err = run(artisan(&export).envs(keys)).failed(5);
        let command = err.lines().find_map(|line| line.split_once("to go on: artisan ")).unwrap().1;
        server.take_requests();
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &format!("exec {} {command}", crate::program::ARTISAN)]);
        let ran = run(shell.current_dir(directory.file("")).envs(keys));
        assert!(ran.code != Some(0) && ran.code != Some(2), "{job}: {command}: {ran:?}");
        let asked = server.take_requests();
        assert!(asked.iter().all(|request| request.starts_with("GET /public/api/jobs/")), "{job}: {asked:?}");
        assert_eq!(directory.names(), [""; 0], "{job}");
    }
}

/// A message about a malformed time names the field without escapes.
#[test]
fn a_time_that_cannot_be_read_is_told() {
    let service = Service::new();
    let job = r#"{"jobs":[{"id":"j","status":"QUEUED","created_at":"soon"}]}"#;
    service.fake.fail_next(useartisan::fake::Fault::status(http::StatusCode::OK).body(job));
    let ran = service.run(&["list-jobs"]);
    assert!(!ran.err.contains("\\'"), "{ran:?}");
}

/// The jobs that a start with unknown outcome may have made are quoted as well.
#[cfg(unix)]
#[test]
fn a_candidate_is_quoted_for_the_shell() {
    let jobs = r#"{"jobs":[{"id":"x; touch y; #","status":"QUEUED"},{"id":"--help","status":"QUEUED"}]}"#;
    let server = Server::serving(move |_, mut stream, seen| {
        let request = useartisan_test_support::server::read_request(&mut stream);
        let (status, body) = if request.starts_with("POST ") { (502, "") } else { (200, jobs) };
        seen.push(request);
        let head =
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        std::io::Write::write_all(&mut stream, format!("{head}{body}").as_bytes()).unwrap();
    });
    let url = format!("http://{}", server.address());
    let keys = [("ARTISAN_PUBLIC_KEY", PUBLIC_KEY), ("ARTISAN_SECRET_KEY", SECRET_KEY)];
    let err = run(artisan(&["export-segment", APP, SEGMENT, "--base-url", &url]).envs(keys)).failed(7);
    let commands: Vec<_> = err.lines().filter_map(|line| line.strip_prefix("  it may be: ")).collect();
    let begin = format!("artisan --base-url {url} get-job -- ");
    assert_eq!(commands, [format!("{begin}'x; touch y; #'"), format!("{begin}--help")]);
}
