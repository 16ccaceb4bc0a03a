//! Promises 19 and 20: each endpoint has an outcome for every answer, under every status.

use http::{Response, StatusCode};
use useartisan::{Endpoint, Error, ErrorKind, ListApps, Sent};

type Parse = Box<dyn Fn(u16, &[u8]) -> Result<(), Error>>;

/// The outcome of an endpoint for an answer, and a correct answer for it.
fn endpoints() -> Vec<(&'static str, Parse, &'static [u8])> {
    fn parses<E: Endpoint + 'static>(call: E) -> (&'static str, Parse) {
        let name = call.name();
        let parse = move |status, body: &[u8]| {
            call.parse(Response::builder().status(status).body(body).unwrap()).map(drop)
        };
        (name, Box::new(parse))
    }
    let mut endpoints = Vec::new();
    crate::each_endpoint!(call, right => {
        let (name, parse) = parses(call);
        endpoints.push((name, parse, right.as_bytes()));
    });
    endpoints
}

/// Promise 19: the error says what was wrong with the body, and keeps its first 4 KiB.
#[test]
fn bad_bodies_are_typed_errors_of_each_endpoint() {
    let long = format!("<html>{}</html>", "x".repeat(100_000));
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 12] = [
        b"",
        b" \r\n",
        b"<!doctype html><title>Sign in</title>",
        long.as_bytes(),
        b"null",
        b"7",
        b"\"apps\"",
        b"[]",
        deep.as_bytes(),
        br#"{"apps":7,"jobs":7,"attributes":7,"job":7,"_id":7,"artisanUserIds":7}"#,
        b"{\"success\":true,\"response\":{\"apps\":[",
        b"\x1f\x8b\x08\x00\xff\xfe{}",
    ];
    for (name, parse, right) in endpoints() {
        parse(200, right).unwrap();
        for body in bodies {
            let error = parse(200, body).unwrap_err();
            let shown = String::from_utf8_lossy(body.get(..40).unwrap_or(body));
            assert_eq!(error.kind(), ErrorKind::UnexpectedBody, "{name}: {shown}: {error}");
            // Nobody knows whether the service acted on a request after such an answer.
            assert_eq!((error.endpoint(), error.sent()), (Some(name), Sent::Maybe));
            assert_eq!(error.status(), Some(StatusCode::OK));
            assert_eq!(error.body(), &body[..body.len().min(4096)]);
            assert!(error.to_string().len() < 500 && !error.to_string().contains(char::is_control));
        }
    }
}

/// The place of an error in the body. Errors also name their call by its method.
#[test]
fn an_error_says_where() {
    let error = ListApps::new().parse(Response::new("{\n\"apps\": 7}")).unwrap_err();
    let position = error.position().unwrap();
    assert_eq!((position.line, position.column, position.offset), (2, 9, 10));
}

/// Promise 20: with a correct body, with none, and with a page.
#[test]
fn every_status_of_each_endpoint_has_an_outcome() {
    for (name, parse, right) in endpoints() {
        for status in 100..=999 {
            for body in [right, b"", b"<html>"] {
                let expected = match status {
                    200 if body == right => None,
                    // Only 200 has a result.
                    201..=299 if body == right && name != "download_job" => None,
                    200..=299 => Some(ErrorKind::UnexpectedBody),
                    300..=399 => Some(ErrorKind::Redirect),
                    401 | 403 => Some(ErrorKind::AccessDenied),
                    404 if body != b"<html>" => Some(ErrorKind::NotFound),
                    410 if body == right => Some(ErrorKind::NotFound),
                    _ => Some(ErrorKind::Rejected),
                };
                let outcome = parse(status, body);
                assert_eq!(outcome.as_ref().err().map(Error::kind), expected, "{name} {status}");
                if let Err(error) = outcome {
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
                }
            }
        }
    }
}

/// The first 4 KiB of a reason are kept, up to a character's end. `Display` says if it was longer.
#[test]
fn a_reason_is_kept_up_to_its_limit() {
    let failed = |reason: &str| {
        let body = format!(r#"{{"success":false,"error":"{reason}"}}"#);
        ListApps::new().parse(Response::new(body)).unwrap_err()
    };
    let kept = |reason: &str| failed(reason).api_message().map(str::len);
    assert_eq!(kept("no"), Some(2));
    assert_eq!(kept(""), None);
    let null = ListApps::new().parse(Response::new(r#"{"success":false,"error":null}"#)).unwrap_err();
    assert_eq!(null.api_message(), None);
    assert_eq!(kept(&"x".repeat(4096)), Some(4096));
    assert_eq!(kept(&"x".repeat(4097)), Some(4096));
    assert_eq!(kept(&format!("{}é", "x".repeat(4095))), Some(4097), "a character is not cut");
    assert!(failed(&"x".repeat(4096)).to_string().ends_with("xxx\""));
    assert!(failed(&"x".repeat(4097)).to_string().ends_with("xxx…\" (4097 bytes)"));
    assert!(failed("a\\nb").to_string().ends_with(": \"a\\nb\""));
}

#[test]
fn what_was_expected_is_told() {
    for (body, told) in [
        (r#"{"response":7}"#, "invalid type: integer `7`, expected an object"),
        (r#"{"response":{"apps":7}}"#, "invalid type: integer `7`, expected a"),
        ("7", "invalid type: integer `7`, expected an object"),
        (
            r#"{"success":"perhaps"}"#,
            "invalid value: string of 7 bytes, expected `success` to be true or false",
        ),
    ] {
        let error = ListApps::new().parse(Response::new(body)).unwrap_err().to_string();
        assert!(error.contains(told), "{body}: {error}");
    }
}

/// An envelope's content is read, and not the envelope itself.
#[test]
fn an_envelope_is_not_taken_for_what_it_should_hold() {
    type Open = std::collections::BTreeMap<String, serde_json::Value>;
    let read = |body: &'static str| useartisan::endpoint::json::<Open>("mine", &Response::new(body));
    assert_eq!(read(r#"{"success":true,"response":{"a":1}}"#).unwrap().len(), 1);
    assert_eq!(read(r#"{"a":1,"b":2}"#).unwrap().len(), 2);
    assert_eq!(read(r#" {"success":true,"response":7}"#).unwrap_err().kind(), ErrorKind::UnexpectedBody);
}

/// A message of the caller's own type is shown escaped, and up to 200 characters of it.
#[test]
fn what_a_type_says_is_bounded() {
    struct Says<const LENGTH: usize>;

    impl<'de, const LENGTH: usize> serde::Deserialize<'de> for Says<LENGTH> {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Err(serde::de::Error::custom("é\n".repeat(LENGTH / 2)))
        }
    }

    fn told<const LENGTH: usize>() -> String {
        useartisan::endpoint::json::<Says<LENGTH>>("mine", &Response::new("7")).err().unwrap().to_string()
    }

    assert!(told::<200>().contains(&"é\\n".repeat(100)), "{}", told::<200>());
    assert!(told::<202>().contains(": a message of 303 bytes"), "{}", told::<202>());
}
