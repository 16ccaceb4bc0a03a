//! Answers, good and bad.

use super::*;
use crate::endpoint::{Endpoint, ListApps};

fn failed(status: u16, headers: &[(&str, &str)], body: &str) -> Error {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    ListApps::new().parse(response.body(body.to_owned()).unwrap()).unwrap_err()
}

/// An endpoint without an output: whatever reports a failure, or is not the service's, is an error.
#[test]
fn an_empty_answer_is_no_failure() {
    let outcome = |status: u16, body: &str| {
        let response = Response::builder().status(status).body(body.to_owned()).unwrap();
        super::empty("delete_note", &response)
    };
    for body in ["", " \r\n", "\u{feff}", "{}", r#"{"success":true,"response":7}"#, r#"{"error":null}"#] {
        outcome(200, body).unwrap();
        outcome(204, body).unwrap();
    }
    for (status, body, kind) in [
        (200, r#"{"success":false}"#, ErrorKind::Rejected),
        (200, r#"{"error":"locked"}"#, ErrorKind::Rejected),
        (200, r#"{"success":false,"error":"note does not exist"}"#, ErrorKind::NotFound),
        (404, r#"{"success":false,"error":"note does not exist"}"#, ErrorKind::NotFound),
        (401, "", ErrorKind::AccessDenied),
        (302, "", ErrorKind::Redirect),
        (500, "", ErrorKind::Rejected),
        (200, r#"{"success":"perhaps"}"#, ErrorKind::UnexpectedBody),
        (200, "[]", ErrorKind::UnexpectedBody),
        (200, "<html>", ErrorKind::UnexpectedBody),
    ] {
        let error = outcome(status, body).unwrap_err();
        assert_eq!((error.kind(), error.endpoint()), (kind, Some("delete_note")), "{status} {body}");
    }
}

/// Promise 19: an error names the place of unexpected JSON.
#[test]
fn a_body_that_was_not_expected_is_placed() {
    for (body, told) in [
        ("", "the body is empty where JSON was expected"),
        (" \n", "the body is empty where JSON was expected"),
        ("<html>", "the body is markup where JSON was expected"),
        ("[]", "invalid type: sequence, expected an object at line 1 column 1 (byte 0)"),
        (
            "{\"apps\":[\n  {\"id\":7}]}",
            "invalid type: integer `7`, expected a valid app id at line 2 column 9 (byte 18)",
        ),
        (
            "{\"apps\":\"gone\"}",
            "invalid type: string of 4 bytes, expected a sequence at line 1 column 14 (byte 13)",
        ),
        ("{\"apps\":[]", "EOF while parsing an object at line 1 column 10 (byte 9)"),
        ("{\"apps\":[]}]", "trailing characters at line 1 column 12 (byte 11)"),
        ("{\"apps\":[],\"apps\":[]}", "duplicate field `apps` at line 1 column 17 (byte 16)"),
        ("{\"apps\":[{\"name\":\"x\"}]}", "missing field `id`"),
        (
            "{\"success\":\"maybe\",\"apps\":[]}",
            "invalid value: string of 5 bytes, expected `success` to be true or false",
        ),
        ("{}", "missing field `apps` at line 1 column 2 (byte 1)"),
        // An array of the fields' values is not an object.
        (
            "{\"apps\":[[\"5550dd57\",\"x\"]]}",
            "invalid type: sequence, expected an object at line 1 column 9 (byte 8)",
        ),
        ("{\"response\":[[]]}", "invalid type: sequence, expected an object at line 1 column 12 (byte 11)"),
    ] {
        let error = failed(200, &[], body);
        assert_eq!(
            (error.kind(), error.endpoint()),
            (ErrorKind::UnexpectedBody, Some("list_apps")),
            "{body}"
        );
        assert!(error.to_string().contains(told), "{body}: {error}");
        assert_eq!(error.body(), body.as_bytes());
    }
}

/// An empty envelope beside a flat answer is ignored.
#[test]
fn a_null_response_counts_as_absent() {
    let apps = |body: &str| ListApps::new().parse(Response::new(body.to_owned()));
    assert!(apps(r#"{"success":"True","response":null,"apps":[]}"#).unwrap().is_empty());
    assert_eq!(apps(r#"{"response":null}"#).unwrap_err().kind(), ErrorKind::UnexpectedBody);
}

/// An answer may start with one byte order mark (RFC 8259, section 8.1), a success and a failure alike.
#[test]
fn a_byte_order_mark_is_passed_over() {
    let parse = |body: &str| ListApps::new().parse(Response::new(body.to_owned()));
    assert!(parse("\u{feff}{\"apps\":[]}").unwrap().is_empty());
    assert_eq!(json::<Vec<u8>>("mine", &Response::new("\u{feff} [1]")).unwrap(), [1]);
    for (status, kind) in [(200, ErrorKind::Rejected), (404, ErrorKind::NotFound)] {
        let error = failed(status, &[], "\u{feff}{\"success\":false,\"error\":\"no\"}");
        assert_eq!((error.kind(), error.api_message()), (kind, Some("no")));
    }
    for body in ["\u{feff}\u{feff}{\"apps\":[]}", "{\"apps\":\u{feff}[]}", "{\"apps\":[]}\u{feff}"] {
        assert_eq!(parse(body).unwrap_err().kind(), ErrorKind::UnexpectedBody);
    }
    let empty = parse("\u{feff}").unwrap_err();
    assert!(empty.to_string().contains("the body is empty where JSON was expected"), "{empty}");
}

/// Promise 19: an error gives the place of bad UTF-8, even in ignored members.
#[test]
fn what_is_not_utf8_is_refused_where_nobody_looks_as_well() {
    let body: &[u8] = b"{\"other\":\n \"\xff\",\"apps\":[]}";
    let error = ListApps::new().parse(Response::new(body)).unwrap_err();
    let told = "the body is not UTF-8, as JSON is at line 2 column 3 (byte 12)";
    assert!(error.to_string().contains(told), "{error}");
    let error = json::<Vec<u8>>("mine", &Response::new(body)).unwrap_err();
    assert!(error.to_string().contains(told), "{error}");
}

/// Promise 18: a content coding is refused by name and not decoded. The requested one is not a coding.
#[test]
fn a_content_coding_is_refused_by_name() {
    for (coding, told) in [("gzip", "gzip"), ("identity, br", "br"), ("x-zip", "x-zip")] {
        let error = failed(200, &[("content-encoding", coding)], "{\"apps\":[]}");
        assert_eq!(error.kind(), ErrorKind::ContentCoding);
        assert!(error.to_string().contains(&format!("`{told}`")), "{error}");
    }
    for coding in ["identity", "Application/JSON", ""] {
        let response = Response::builder().header("content-encoding", coding).body("{\"apps\":[]}").unwrap();
        assert!(ListApps::new().parse(response).unwrap().is_empty());
    }
}

/// Promise 2: a redirect is an error of its own, with its location.
#[test]
fn a_redirect_tells_where_it_points() {
    for status in [300, 301, 302, 303, 304, 307, 308, 399] {
        let error = failed(status, &[("location", "https://evil.example/")], "");
        assert_eq!((error.kind(), error.location()), (ErrorKind::Redirect, Some("https://evil.example/")));
    }
}

/// Promise 20: every status has an outcome, with any body.
#[test]
fn every_status_has_an_outcome() {
    for status in 100..=999 {
        for body in ["", "{\"apps\":[]}", "<html>"] {
            let response = Response::builder().status(status).body(body).unwrap();
            match ListApps::new().parse(response) {
                Ok(_) => assert!((200..300).contains(&status) && body.starts_with('{')),
                Err(error) => {
                    assert_eq!(error.status().unwrap().as_u16(), status);
                    let kind = match status {
                        200..=299 => ErrorKind::UnexpectedBody,
                        300..=399 => ErrorKind::Redirect,
                        401 | 403 => ErrorKind::AccessDenied,
                        // HTML is not from the service, so it doesn't mean `not found`.
                        404 if body != "<html>" => ErrorKind::NotFound,
                        410 if body.starts_with('{') => ErrorKind::NotFound,
                        _ => ErrorKind::Rejected,
                    };
                    assert_eq!(error.kind(), kind, "{status} {body}");
                }
            }
        }
    }
}

/// Promise 21: `success` false is a failure under any status, in any place and form.
#[test]
fn a_failure_is_one_whatever_the_status() {
    for status in [200, 201, 400, 403, 500, 503] {
        for (body, message) in [
            (r#"{"success":false,"error":"no"}"#, Some("no")),
            (r#"{"error":"no","apps":[],"success":"False"}"#, Some("no")),
            (r#"{"success":"FALSE","response":null}"#, None),
            (r#"{"success":false,"response":"text","error":""}"#, None),
            (r#"{"success":false,"error":{"code":7}}"#, Some(r#"{"code":7}"#)),
        ] {
            let error = failed(status, &[], body);
            let kind = if status == 403 { ErrorKind::AccessDenied } else { ErrorKind::Rejected };
            assert_eq!((error.kind(), error.api_message()), (kind, message), "{status} {body}");
        }
    }
    assert_eq!(
        failed(403, &[], r#"{"error":"your address is not allowed"}"#).api_message(),
        Some("your address is not allowed")
    );
}

/// A reason is bounded, and says if it was cut.
#[test]
fn a_long_reason_is_cut_visibly() {
    let error = failed(200, &[], &format!(r#"{{"success":false,"error":"{}"}}"#, "é".repeat(1 << 20)));
    assert_eq!(error.api_message().unwrap().len(), 4096);
    assert!(error.to_string().ends_with("é…\" (2097152 bytes)"));
    let error = json::<u8>("mine", &Response::new(format!("\"{}\"", "x".repeat(1 << 20)))).unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
}

/// Text from the server is escaped in `Display`, and `Debug` shows only its length.
#[test]
fn text_from_the_server_is_escaped() {
    let error = failed(500, &[], r#"{"error":"line\nbreak \u001b[31m"}"#);
    assert!(error.to_string().ends_with(r#": "line\nbreak \u{1b}[31m""#), "{error}");
    assert!(!format!("{error:?}").contains("break"));
}

#[test]
fn a_type_of_ones_own_is_read_bare_or_from_the_envelope() {
    for body in ["[1,2]", r#"{"success":true,"response":[1,2]}"#] {
        assert_eq!(json::<Vec<u8>>("mine", &Response::new(body)).unwrap(), [1, 2]);
    }
    for (body, kind) in [
        (r#"{"success":"false","error":"no"}"#, ErrorKind::Rejected),
        (r#"{"response":"x"}"#, ErrorKind::UnexpectedBody),
        (r#"{"response":null,"error":"no","success":"False"}"#, ErrorKind::Rejected),
        (r#"{"success":false}"#, ErrorKind::Rejected),
        (r#"{"success":"No","response":[1]}"#, ErrorKind::UnexpectedBody),
        (r#"{"success":0,"response":[1]}"#, ErrorKind::UnexpectedBody),
        (r#"{"success":null,"response":[1]}"#, ErrorKind::UnexpectedBody),
        (r#"{"response":[1],"response":[1]}"#, ErrorKind::UnexpectedBody),
        (r#"{"other":[1]}"#, ErrorKind::UnexpectedBody),
        ("[1", ErrorKind::UnexpectedBody),
    ] {
        let error = json::<Vec<u8>>("mine", &Response::new(body)).unwrap_err();
        assert_eq!((error.kind(), error.endpoint()), (kind, Some("mine")), "{body}");
    }
}
