//! Promises 21 and 39: the verdict on every answer, against an independent table. Downloads and starts of jobs agree with it.

use http::StatusCode;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{Api, AppId, Credentials, Endpoint, Error, ErrorKind, JobId, SegmentId, Sent};

use crate::support::directory::Directory;
use crate::support::verdict_model::{hold, hold_in_a_wait};

const APP: AppId = AppId::from_static("550dd57f330eb93d8700000c");
const SEGMENT: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");
const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");

/// Bodies that are not an output of any endpoint.
const BODIES: [&[u8]; 28] = [
    b"",
    b" \n",
    b"<html>502 Bad Gateway</html>",
    b"{}",
    b"null",
    b"42",
    b"[]",
    b"not JSON",
    br#"{"message":"Endpoint request timed out"}"#,
    br#"{"status":"RUNNING"}"#,
    br#"{"success":true}"#,
    br#"{"success":"True","response":{}}"#,
    br#"{"success":false}"#,
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf{\"success\":false}",
    br#"{"success":"no","error":"gone, it does not exist"}"#,
    br#"{"success":false,"error":null}"#,
    br#"{"success":false,"error":"no"}"#,
    br#"{"success":"FALSE","error":{"code":7},"response":"x"}"#,
    br#"{"success":false,"error":"Profile with the key 7 does not exist."}"#,
    br#"{"error":"Could not find job","success":"false"}"#,
    br#"{"error":"result expired"}"#,
    br#"{"error":"Could not find job"}"#,
    br#"{"error":""}"#,
    br#"{"success":0,"error":"no"}"#,
    br#"{"success":"no","error":"no"}"#,
    br#"{"success":null}"#,
    b"{\"success\":false,\"error\":\"\xff\"}",
];

/// Every status × body × endpoint, by hand and in an exchange, GET and POST.
#[test]
fn every_answer_gets_its_verdict() {
    fn endpoint<E: Endpoint>(call: &E, right: &str) {
        let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
        let cut = &right.as_bytes()[..right.len() / 2];
        let enveloped = format!(r#"{{"response":{right},"success":"TRUE"}}"#);
        // Above 599, statuses are mistakes.
        for status in (100..600).chain((600..=999).step_by(57)) {
            let is_result = call.name() != "download_job" || !(201..=299).contains(&status);
            for body in BODIES.into_iter().chain([cut]) {
                hold(&api, call, status, body, false);
            }
            // The decoder stops at the first sign of a failure, and does not see a second.
            if call.name() != "download_job" {
                hold(&api, call, status, br#"{"success":false,"error":"no","error":"no"}"#, false);
            }
            if is_result {
                hold(&api, call, status, right.as_bytes(), true);
                hold(&api, call, status, enveloped.as_bytes(), true);
            }
        }
    }

    crate::each_endpoint!(call, right => endpoint(&call, right));
}

/// Every status × body in a wait that knows its job.
#[test]
fn every_answer_gets_its_verdict_in_a_wait() {
    let api = Api::new("https://artisan.example", Credentials::new("public", "secret").unwrap()).unwrap();
    let right = br#"{"_id":"5584566b7d891ce0ab000001","status":"RUNNING"}"#;
    for status in (100..600).chain((600..=999).step_by(57)) {
        for body in BODIES.into_iter().chain([&right[..20]]) {
            hold_in_a_wait(&api, &JOB, status, body, false);
        }
        hold_in_a_wait(&api, &JOB, status, right, true);
    }
}

/// A failure instead of a result has the same outcome in every way to read it, and touches no file.
#[test]
fn a_download_that_is_no_result_is_an_error() {
    type Read = fn(&useartisan::Client<FakeArtisan>, &std::path::Path) -> Result<(), Error>;
    let ways: [(&str, Read); 4] = [
        ("send", |client, _| client.download_job(JOB).send_blocking().map(drop)),
        ("records", |client, _| {
            client.download_job(JOB).open_blocking()?.profiles().collect::<Result<Vec<_>, _>>().map(drop)
        }),
        ("bytes", |client, _| client.download_job(JOB).bytes_blocking(1 << 20).map(drop)),
        ("save", |client, path| client.download_job(JOB).save_blocking(path).map(drop)),
    ];
    let directory = Directory::new("verdict");
    let path = directory.file("export.json");
    std::fs::write(&path, "good").unwrap();
    let fake = FakeArtisan::with_sample_data();
    for (name, read) in ways {
        for (status, document, kind, reason) in [
            (200, r#"{"error":"result expired"}"#, ErrorKind::Rejected, Some("result expired")),
            (200, r#"{"success":true,"error":["a", 1]}"#, ErrorKind::Rejected, Some(r#"["a", 1]"#)),
            (200, r#"{"success":false,"error":{"code":7}}"#, ErrorKind::Rejected, Some(r#"{"code":7}"#)),
            (200, r#"{"success":false,"error":7}"#, ErrorKind::Rejected, Some("7")),
            (200, r#"{"success":"False"}"#, ErrorKind::Rejected, None),
            (200, r#"{"success":0}"#, ErrorKind::UnexpectedBody, None),
            (200, r#"{"success":"no","error":"x"}"#, ErrorKind::UnexpectedBody, None),
            (200, "null", ErrorKind::UnexpectedBody, None),
            (200, "7", ErrorKind::UnexpectedBody, None),
            (200, r#"{"status":"RUNNING"}"#, ErrorKind::UnexpectedBody, None),
            (200, r#"{"response":null}"#, ErrorKind::UnexpectedBody, None),
            (200, r#"{"artisanUserIds":[1]}"#, ErrorKind::UnexpectedBody, None),
            (200, r#"{"artisanUserIds":[[{}]]}"#, ErrorKind::UnexpectedBody, None),
            (200, "[1, 2]", ErrorKind::UnexpectedBody, None),
            (202, r#"{"status":"RUNNING"}"#, ErrorKind::UnexpectedBody, None),
            (206, r#"{"artisanUserIds":[{}]}"#, ErrorKind::UnexpectedBody, None),
            (202, r#"{"success":false,"error":"not yet"}"#, ErrorKind::Rejected, Some("not yet")),
        ] {
            fake.fail_next(Fault::status(StatusCode::from_u16(status).unwrap()).body(document));
            let error = read(&fake.client(), &path).unwrap_err();
            assert_eq!((error.kind(), error.api_message()), (kind, reason), "{name}: {document}: {error}");
            assert_eq!((error.endpoint(), error.status().unwrap().as_u16()), (Some("download_job"), status));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "good", "{name}: {document}");
        }
        fake.fail_next(Fault::failure("Job 7 does not exist."));
        assert!(read(&fake.client(), &path).unwrap_err().is_not_found(), "{name}");
    }
}

/// A list in a saved result may have any name, may be empty, and may be in `response` or alone.
#[test]
fn a_result_is_kept_whatever_its_list_is_called() {
    let fake = FakeArtisan::with_sample_data();
    for document in [
        r#"{"profiles":[]}"#,
        r#"{"page":1,"tags":["x"],"profiles":[{"a":[1,[]]},{}]}"#,
        r#"{"success":"True","response":{"profiles":[{}]}}"#,
        r#"{"response":[{}]}"#,
        r#"{"error":"","\ud800":[]}"#,
        r#"{"error":"1 of 3 left out","profiles":[{}]}"#,
        "[]",
        "[{},{\"a\":[[]]}]",
    ] {
        fake.fail_next(Fault::status(StatusCode::OK).body(document));
        assert_eq!(fake.client().download_job(JOB).bytes_blocking(1 << 20).unwrap(), document);
    }
}

/// An answer that may come from a proxy leaves the outcome of a POST unknown.
#[test]
fn a_lost_answer_leaves_the_outcome_unknown() {
    let fake = FakeArtisan::with_sample_data();
    for (status, body, unknown) in [
        (524, "<html>A timeout occurred</html>", true),
        (408, "", true),
        (499, "", true),
        (520, r#"{"success":false,"error":"no"}"#, true),
        (500, "Internal Server Error", true),
        (500, r#"{"error":"no"}"#, true),
        (504, r#"{"message":"Endpoint request timed out"}"#, true),
        (200, "<html>Sign in</html>", true),
        (500, r#"{"success":false,"error":"no"}"#, false),
        (503, "<html>Back soon</html>", false),
        (404, "<html>No such page</html>", false),
    ] {
        let fault = Fault::status(StatusCode::from_u16(status).unwrap()).body(body);
        fake.fail_next_for("export_segment", fault.clone());
        let error = fake.client().export_segment(APP, SEGMENT).send_blocking().unwrap_err();
        assert_eq!(error.sent() == Sent::Maybe, unknown, "{status} {body}");
        fake.fail_next_for("export_segment", fault);
        let error = fake.client().export_segment(APP, SEGMENT).send_and_wait_blocking().unwrap_err();
        assert_eq!(error.kind() == ErrorKind::OutcomeUnknown, unknown, "{status} {body}: {error}");
    }
}
