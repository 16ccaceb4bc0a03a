//! What the three backends send and receive, against servers on raw sockets.

use useartisan::{
    AppId, ErrorKind, ExportSegment, GetProfile, ListApps, ListSegments, ProfileId, SegmentId, Sent,
};

use crate::support::clients::{Backend, api};
use crate::support::directory::Directory;
use crate::support::server::{self, Server, header, headers};

const APPS: &str = r#"{"apps":[{"id":"5550dd57","name":"Demo"}]}"#;
const EMPTY_EXPORT: &str = r#"{"artisanUserIds":[]}"#;

/// Backends return any status with its body, and do not turn it into an error.
#[test]
fn every_status_is_an_answer() {
    for status in [200, 201, 400, 401, 403, 404, 407, 418, 429, 500, 503, 599] {
        let server = Server::with_body(status, "told");
        for backend in server.backends() {
            let response = backend.send_raw(ListApps::new()).unwrap();
            assert_eq!(response.status(), status, "{}", backend.name());
            assert_eq!(response.body(), "told", "{}", backend.name());
        }
        assert_eq!(server.hits(), 3, "one request for each backend");
    }
}

/// Promise 10: only the documented headers, those that HTTP needs, and reqwest's `accept` are sent.
#[test]
fn only_the_documented_headers_go_out() {
    let server = Server::with_body(200, APPS);
    let segment = ExportSegment::new(AppId::from_static("a"), SegmentId::from_static("b"));
    for backend in server.backends() {
        backend.send(ListApps::new()).unwrap();
        backend.send_raw(segment.clone()).unwrap();
        let [get, post] = server.take_requests().try_into().unwrap();

        let host = server.address().to_string();
        let mut expected = vec![
            ("accept-encoding", "application/json"),
            ("authorization", "Token token=\"CANARY/secret+key-9876543210\""),
            ("content-type", "application/json"),
            ("host", &host),
            ("public-api-key", "CANARY/public+key-0123456789"),
        ];
        if backend.name() == "reqwest" {
            expected.push(("accept", "*/*"));
        }
        expected.sort_unstable();
        assert_eq!(sorted(&get), expected, "{}", backend.name());
        assert!(get.starts_with("GET /public/api/apps HTTP/1.1\r\n"), "{}", backend.name());

        expected.push(("content-length", "19"));
        expected.sort_unstable();
        assert_eq!(sorted(&post), expected, "{}", backend.name());
        assert!(post.starts_with("POST /public/api/apps/a/segments/b/export HTTP/1.1\r\n"));
        assert!(post.ends_with("\r\n\r\n{\"callback_url\":\"\"}"), "{}", backend.name());
    }
}

fn sorted(request: &str) -> Vec<(&str, &str)> {
    let known = ["accept", "accept-encoding", "authorization", "content-type", "content-length", "host"];
    let lower = |name| known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name);
    let mut sorted: Vec<_> = headers(request).map(|(name, value)| (lower(name), value)).collect();
    sorted.sort_unstable();
    sorted
}

/// Promise 10: a User-Agent is sent if one is set.
#[test]
fn a_user_agent_goes_out_where_one_is_set() {
    let server = Server::with_body(200, APPS);
    let api = useartisan::Api::builder(server.api().base_url()).no_credentials();
    for backend in Backend::all(&api.user_agent("dashboard/2").build().unwrap()) {
        backend.send(ListApps::new()).unwrap();
        let [request] = server.take_requests().try_into().unwrap();
        assert_eq!(header(&request, "user-agent"), Some("dashboard/2"), "{}", backend.name());
        assert_eq!(header(&request, "authorization"), None, "{}", backend.name());
    }
}

/// Promise 5: an id is exactly one path segment on the wire too, and a closing slash is kept.
#[test]
fn an_id_is_one_segment_on_the_wire() {
    let server = Server::with_body(200, r#"{"segments":[]}"#);
    for backend in server.backends() {
        for (id, segment) in [
            ("a/b?c#d%2e", "a%2Fb%3Fc%23d%252e"),
            ("..%2f", "..%252f"),
            ("...", "..."),
            (".a", ".a"),
            ("a\\b;c=d&e@f:g", "a%5Cb%3Bc%3Dd%26e%40f%3Ag"),
            ("ü ü", "%C3%BC%20%C3%BC"),
            ("%2e%2e", "%252e%252e"),
        ] {
            let call = GetProfile::new(AppId::from_static("app"), ProfileId::artisan(id).unwrap());
            let _ = backend.send_raw(call).unwrap();
            let [request] = server.take_requests().try_into().unwrap();
            let line = format!("GET /public/api/apps/app/users/{segment} HTTP/1.1\r\n");
            assert!(request.starts_with(&line), "{}: {request}", backend.name());
        }
        backend.send(ListSegments::new(AppId::from_static("app"))).unwrap();
        let [request] = server.take_requests().try_into().unwrap();
        assert!(request.starts_with("GET /public/api/apps/app/segments/ HTTP/1.1\r\n"), "{}", backend.name());
    }
}

/// Promise 18: a content coding that was not requested is returned raw. `tests/faults` shows that the core refuses it.
#[test]
fn a_content_coding_is_left_as_it_is() {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: 4\r\n\r\n");
        let server = Server::answering([head.as_bytes(), b"\x1f\x8b\x08\x00"].concat());
        for backend in server.backends() {
            let response = backend.send_raw(ListApps::new()).unwrap();
            assert_eq!(response.headers()["content-encoding"], coding, "{}", backend.name());
            assert_eq!(response.headers()["content-length"], "4", "{}", backend.name());
            assert_eq!(response.body(), &b"\x1f\x8b\x08\x00"[..], "{}", backend.name());
        }
    }
}

/// A repeated header is returned twice.
#[test]
fn duplicate_headers_are_kept() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nx-twice: one\r\ncontent-length: 2\r\nX-Twice: two\r\n\r\n{}");
    for backend in server.backends() {
        let response = backend.send_raw(ListApps::new()).unwrap();
        let twice: Vec<_> = response.headers().get_all("x-twice").iter().collect();
        assert_eq!(twice, ["one", "two"], "{}", backend.name());
    }
}

/// Promise 12: if only the document shows that a body was cut, the document's check finds it.
#[test]
fn a_cut_document_is_an_error_whichever_way_it_is_read() {
    let directory = Directory::new("cut-document");
    let path = directory.file("export.json");
    for cut in 0..EMPTY_EXPORT.len() {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\n\r\n{}", &EMPTY_EXPORT[..cut]));
        for backend in server.backends() {
            for outcome in [
                backend.bytes(usize::MAX).map(|_| ()),
                backend.chunks().map(|_| ()),
                backend.save(&path).map(|_| ()),
            ] {
                assert_eq!(
                    outcome.unwrap_err().kind(),
                    ErrorKind::UnexpectedBody,
                    "{} {cut}",
                    backend.name()
                );
            }
            assert!(directory.names().is_empty(), "{}", backend.name());
        }
    }
}

/// Promise 23: a failure before anything was sent says so. `tests/faults` shows that no other failure does.
#[test]
fn a_request_that_could_not_be_sent_says_so() {
    for backend in Backend::all(&api(&format!("http://{}", server::refusing()))) {
        let error = backend.send(ListApps::new()).unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::No), "{}", backend.name());
        assert!(std::error::Error::source(&error).is_some(), "{}", backend.name());
    }
}
