//! Forged callbacks, and their outcomes.

use http::Method;
use serde_json::json;
use useartisan::{ErrorKind, callback};

use super::{JOB, api, form, outcome, request};
use crate::support::cases::on_a_small_stack;

const FOREIGN: &str = "is neither under https://proxy.example/artisan nor under https://artisantools.com";
const SLASHES: &str = "begins with two slashes, which lead to another host";
const OTHER_PATH: &str = "has a path other than /public/api/jobs/{id} and /public/api/jobs/{id}/download";
const ENCODED: &str = "has an encoded slash, backslash or percent sign in its job id";
const CHARACTER: &str = "has a character that no URL holds at byte";

/// Refused addresses: the address, and the rule or the id's flaw that the error names.
const REFUSED: &[(&str, &str)] = &[
    // Another origin.
    ("https://evil.example/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com.evil.example/public/api/jobs/1/download", FOREIGN),
    ("https://evilartisantools.com/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com./public/api/jobs/1/download", FOREIGN),
    ("https://artisan%74ools.com/public/api/jobs/1/download", FOREIGN),
    ("https://evil.example/https://artisantools.com/public/api/jobs/1/download", FOREIGN),
    ("https:///public/api/jobs/1/download", FOREIGN),
    ("https:/artisantools.com/public/api/jobs/1/download", FOREIGN),
    ("https:////artisantools.com/public/api/jobs/1/download", FOREIGN),
    // Another scheme.
    ("http://artisantools.com/public/api/jobs/1/download", FOREIGN),
    ("ftp://artisantools.com/public/api/jobs/1/download", FOREIGN),
    ("file:///public/api/jobs/1/download", FOREIGN),
    ("javascript://artisantools.com/public/api/jobs/1/download", FOREIGN),
    ("a-b.c+1://artisantools.com/public/api/jobs/1/download", FOREIGN),
    // Port tricks.
    ("https://artisantools.com:8443/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com:80/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com:/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com:0443/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com:443:443/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com:443.evil.example/public/api/jobs/1/download", FOREIGN),
    // Userinfo.
    ("https://artisantools.com@evil.example/public/api/jobs/1/download", "has userinfo"),
    ("https://artisantools.com:443@evil.example/public/api/jobs/1/download", "has userinfo"),
    ("https://user:pass@artisantools.com/public/api/jobs/1/download", "has userinfo"),
    ("//artisantools.com@evil.example/public/api/jobs/1/download", "has userinfo"),
    // Network paths and backslashes.
    ("//evil.example/public/api/jobs/1/download", SLASHES),
    ("//artisantools.com/public/api/jobs/1/download", SLASHES),
    ("///public/api/jobs/1/download", SLASHES),
    ("/\\evil.example/public/api/jobs/1/download", "at byte 1"),
    ("\\\\evil.example/public/api/jobs/1/download", "at byte 0"),
    ("https:\\\\evil.example/public/api/jobs/1/download", "at byte 6"),
    ("https://artisantools.com\\@evil.example/public/api/jobs/1/download", "at byte 24"),
    ("/public/api/jobs/1\\download", CHARACTER),
    // Another prefix.
    ("/evil/public/api/jobs/1/download", FOREIGN),
    ("/artisanal/public/api/jobs/1/download", FOREIGN),
    ("https://proxy.example/public/api/jobs/1/download", FOREIGN),
    ("https://proxy.example/evil/public/api/jobs/1/download", FOREIGN),
    ("https://artisantools.com/artisan/public/api/jobs/1/download", FOREIGN),
    ("https://proxy.example/artisan//public/api/jobs/1/download", FOREIGN),
    // Traversal.
    ("/public/api/jobs/../apps/1/users/2", OTHER_PATH),
    ("/public/api/jobs/1/../2/download", OTHER_PATH),
    ("/x/../public/api/jobs/1/download", FOREIGN),
    ("/artisan/%2e%2e/public/api/jobs/1/download", FOREIGN),
    ("/public/api/jobs/../download", "job id is `..`, which a URL cannot carry as a segment"),
    ("/public/api/jobs/%2e%2E/download", "job id is `..`, which a URL cannot carry as a segment"),
    ("/public/api/jobs/./download", "job id is `.`, which a URL cannot carry as a segment"),
    // More or other segments.
    ("/public/api/jobs/1/delete", OTHER_PATH),
    ("/public/api/jobs/1/download/2", OTHER_PATH),
    ("/public/api/jobs/1//download", OTHER_PATH),
    ("/public/api/jobs/1//", OTHER_PATH),
    ("/public/api/jobs/1/%64ownload", OTHER_PATH),
    ("/public/api/jobs//download", "job id is empty"),
    ("/public/api/jobs/", "job id is empty"),
    // Ids that hide more than one segment.
    ("/public/api/jobs/1%2F..%2F..%2Fapps/download", ENCODED),
    ("/public/api/jobs/1%2fx/download", ENCODED),
    ("/public/api/jobs/1%252Fx/download", ENCODED),
    ("/public/api/jobs/%252e%252e/download", ENCODED),
    ("/public/api/jobs/1%5C..%5Cx/download", ENCODED),
    ("/public/api/jobs/1%zz/download", ENCODED),
    ("/public/api/jobs/1%/download", ENCODED),
    ("/public/api/jobs/%FF%FE/download", "has a job id that is not UTF-8 when decoded"),
    ("/public/api/jobs/%C0%AF/download", "has a job id that is not UTF-8 when decoded"),
    ("/public/api/jobs/1%0d%0aHost:%20evil/download", "job id has a control character at byte 1"),
    ("/public/api/jobs/1%00/download", "job id has a control character at byte 1"),
    ("/public/api/jobs/%C2%85/download", "job id has a control character at byte 0"),
    // Characters.
    ("/public/api/jobs/1\r\nHost: evil/download", CHARACTER),
    ("/public/api/jobs/1\tx/download", CHARACTER),
    ("/public/api/jobs/1 x/download", CHARACTER),
    ("/public/api/jobs/1<evil>/download", CHARACTER),
    ("/public/api/jobs/{1}/download", CHARACTER),
    ("/public/api/jobs/1\0/download", CHARACTER),
    ("/public/api/jobs/1\u{7f}/download", CHARACTER),
    ("/public/api/jobs/1\u{202e}/download", CHARACTER),
    ("/public/api/jobs/ü/download", CHARACTER),
    ("https://artisantools.com\u{2024}evil/public/api/jobs/1/download", CHARACTER),
    ("https://evil.example\u{ff0f}x/public/api/jobs/1", CHARACTER),
];

/// Promise 31: a forged address is refused by name in every form, and is not repeated.
#[test]
fn a_forged_address_is_refused_by_name() {
    let api = api("https://proxy.example/artisan");
    for (address, rule) in REFUSED {
        let pair = form(&[("path", address)]);
        let document = json!({ "path": address }).to_string();
        for (query, content_type, body) in [
            (&*pair, "", ""),
            ("", "application/x-www-form-urlencoded", &*pair),
            ("", "application/json", &*document),
        ] {
            let request = request(Method::POST, query, content_type, body.as_bytes());
            let error = callback::parse(&api, &request).expect_err(address);
            let message = error.to_string();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{address:?}");
            assert!(message.contains(rule), "{address:?}: {message}");
            assert!(message.starts_with("callback address ") || message.starts_with("job id "), "{message}");
            assert!(!format!("{error:?} {error}").contains("evil"), "{address:?}: {message}");
        }
    }
}

/// Promise 31: a hidden address is not found.
#[test]
fn a_hidden_address_says_nothing() {
    let api = api("https://proxy.example/artisan");
    for address in [
        "https:artisantools.com/public/api/jobs/1/download",
        "artisantools.com/public/api/jobs/1/download",
        "public/api/jobs/1/download",
        "./public/api/jobs/1/download",
        "@evil.example/public/api/jobs/1/download",
        "/public/api/jobs%2F1%2Fdownload",
        "/public/api/jobs%252F1%252Fdownload",
        "/public/api/%6Aobs/1/download",
        "/PUBLIC/API/JOBS/1/download",
        "/public/api/./jobs/1/download",
        "/public//api/jobs/1/download",
        "\\public\\api\\jobs\\1\\download",
        "https://evil.example/?u=https://artisantools.com/public/api/jobs/1/download",
        "https://evil.example?/public/api/jobs/1/download",
        "https://evil.example#/public/api/jobs/1/download",
        "data:text/plain,/public/api/jobs/1/download",
        "4https://artisantools.com/public/api/jobs/1/download",
        "://artisantools.com/public/api/jobs/1/download",
        "mailto:/public",
        "\0/public/api/jobs/1/download",
        "\u{feff}/public/api/jobs/1/download",
    ] {
        let body = json!({ "path": address }).to_string();
        let request = request(Method::POST, &form(&[("path", address)]), "application/json", body.as_bytes());
        assert_eq!(outcome(&api, &request), "not said", "{address:?}");
    }
}

/// Promise 31: several jobs mean at most "a job finished". A forgery does not spoil a correct address beside it.
#[test]
fn several_addresses() {
    let api = api("https://artisantools.com");
    let path = |id: &str| format!("/public/api/jobs/{id}/download");
    let (one, two, evil) = (path(JOB), path("2"), format!("https://evil.example{}", path("3")));
    let said = format!("job {JOB}");
    for (query, body, expected) in [
        (
            form(&[("a", &one), ("b", &one)]),
            json!([one, "/public/api/jobs/5584a2c77d891c3d1f00000%31"]),
            &*said,
        ),
        (form(&[("a", &one), ("b", &evil)]), json!([evil, one]), &*said),
        (form(&[("a", &one)]), json!([two]), "not said"),
        (form(&[("a", &one), ("b", &two)]), json!({}), "not said"),
        (form(&[("a", &one), ("a", &two)]), json!({ "path": one }), "not said"),
        (String::new(), json!([one, two, path("3"), one]), "not said"),
        (form(&[("a", &two)]), json!([one, evil]), "not said"),
        (form(&[("a", &evil)]), json!(["done"]), "callback address is not under https://artisantools.com"),
    ] {
        let request = request(Method::POST, &query, "application/json", body.to_string().as_bytes());
        assert_eq!(outcome(&api, &request), expected, "{query} {body}");
    }
    // If several rules are broken, the error names the first.
    let pairs = form(&[("a", "//x/public/api/jobs/1"), ("b", "/public/api/jobs/.")]);
    assert_eq!(outcome(&api, &request(Method::GET, &pairs, "", b"")), format!("callback address {SLASHES}"));
    // Both members of one name count, because two parsers may read such a document differently.
    let twice = format!(r#"{{"path":"{one}","path":"{two}"}}"#);
    assert_eq!(outcome(&api, &request(Method::POST, "", "application/json", twice.as_bytes())), "not said");
}

/// Promise 31: a body of a JSON type must be JSON. Other unreadable bytes are ignored.
#[test]
fn unreadable_bodies() {
    let api = api("https://artisantools.com");
    const JSON: &str = "application/json";
    let cases: [(&str, &[u8], &str); 10] = [
        (JSON, b"/public/api/jobs/1/download", "callback body is not JSON, at line 1 column 1"),
        (JSON, b"path=%2Fpublic%2Fapi%2Fjobs%2F1", "callback body is not JSON, at line 1 column 1"),
        (JSON, b"{\n\"path\":", "callback body is not JSON, at line 2 column 7"),
        (JSON, b"[\"/public/api/jobs/1\"] x", "callback body is not JSON, at line 1 column 24"),
        (JSON, b"\xEF\xBB\xBF[]", "not said"),
        (JSON, b"[\"\xFF\"]", "callback body is not JSON: not UTF-8 at byte 2"),
        ("", b"\xFF/public/api/jobs/1/download", "not said"),
        ("text/plain", b"/public/api/jobs/1\xFF/download", "not said"),
        ("application/x-www-form-urlencoded", b"path=/public/api/jobs/1/download&x=\xFF", "not said"),
        ("application/octet-stream", b"\x1F\x8B\x08\x00\x00\x00", "not said"),
    ];
    for (content_type, body, expected) in cases {
        let request = request(Method::POST, "", content_type, body);
        assert_eq!(outcome(&api, &request), expected, "{content_type} {}", body.escape_ascii());
        if let Err(error) = callback::parse(&api, &request) {
            assert_eq!(error.kind(), ErrorKind::UnexpectedBody);
        }
    }
    // Such a body does not hide an address in the query.
    let query = "path=%2Fpublic%2Fapi%2Fjobs%2F7%2Fdownload";
    let beside = callback::parse(&api, &request(Method::POST, query, JSON, b"finished")).unwrap();
    assert_eq!(beside.job().map(useartisan::JobId::as_str), Some("7"));
    for json_type in ["text/json", "Application/JSON ; charset=utf-8", "application/vnd.artisan+json;v=1"] {
        let request = request(Method::POST, "", json_type, b"x");
        assert_eq!(outcome(&api, &request), "callback body is not JSON, at line 1 column 1", "{json_type}");
    }
}

/// Promise 31: over a limit, an error names it. At the limit, the callback is read.
#[test]
fn sizes_are_bounded() {
    let api = api("https://artisantools.com");
    let padded = |length: usize| format!("/public/api/jobs/{JOB}{}", " ".repeat(length - 41)).into_bytes();
    let long_query = |length: usize| format!("/public/api/jobs/{JOB}?{}", "x".repeat(length - 42));
    let long_id = format!("/public/api/jobs/{}", "x".repeat(513));
    for (query, body, expected, kind) in [
        ("", padded(callback::MAX_BODY), &*format!("job {JOB}"), None),
        (
            "",
            padded(callback::MAX_BODY + 1),
            "callback body is 65537 bytes long, over the limit of 65536",
            Some(ErrorKind::Limit),
        ),
        (&long_query(callback::MAX_QUERY), vec![], &*format!("job {JOB}"), None),
        (
            &long_query(callback::MAX_QUERY + 1),
            vec![],
            "callback query is 16385 bytes long, over the limit of 16384",
            Some(ErrorKind::Limit),
        ),
        (
            "",
            long_id.into_bytes(),
            "job id is 513 bytes long, over the limit of 512",
            Some(ErrorKind::InvalidInput),
        ),
    ] {
        let request = request(Method::POST, query, "text/plain", &body);
        assert_eq!(outcome(&api, &request), expected);
        assert_eq!(callback::parse(&api, &request).err().map(|error| error.kind()), kind);
    }
}

/// Promises 22 and 31: the largest and deepest callbacks, on a small stack.
#[test]
fn many_and_deep_is_only_much() {
    let path = r#""/public/api/jobs/1/download""#;
    let foreign = r#""//x/public/api/jobs/1/""#;
    let bodies = [
        (format!("{}{path}{}", "[".repeat(32_000), "]".repeat(32_000)), "job 1"),
        (format!("{}{path}{}", r#"{"":"#.repeat(13_000), "}".repeat(13_000)), "job 1"),
        (format!("[{path}{}]", format!(",{path}").repeat(2_000)), "job 1"),
        (format!("[{path}{}]", ",0".repeat(32_000)), "job 1"),
        (format!("[{path}{}]", format!(",{foreign}").repeat(2_000)), "job 1"),
        ("[".repeat(65_536), "callback body is not JSON, at line 1 column 65536"),
        (format!("\"{}", "\\".repeat(65_535)), "callback body is not JSON, at line 1 column 65536"),
    ];
    let run = move || {
        let api = api("https://artisantools.com");
        for (body, expected) in bodies {
            let request = request(Method::POST, "", "application/json", body.as_bytes());
            assert_eq!(outcome(&api, &request), expected);
        }
        for body in ["&".repeat(65_536), "=".repeat(65_536), "%2F".repeat(21_845), "/".repeat(65_536)] {
            assert_eq!(outcome(&api, &request(Method::POST, "", "", body.as_bytes())), "not said");
        }
    };
    on_a_small_stack(run);
}
