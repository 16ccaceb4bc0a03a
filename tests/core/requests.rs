//! The exact requests: method, URI, every header, body (published reference, "Every request" and "Endpoints"). Promises 5, 9 and 10,
//! and promise 28 for the default time-outs.

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use http::Request;
use useartisan::machine::{Event, Exchange, Machine, Step};
use useartisan::{
    Api, AppId, CallbackUrl, Client, Credentials, DownloadJob, Endpoint, ExportProfiles, ExportSegment,
    GetJob, GetProfile, JobId, JobStatus, ListApps, ListJobs, ListSegments, Polling, ProfileId, ProfileIds,
    Retry, SegmentId, redacted,
};

use crate::support::cases::{cases, pick};

const APP: AppId = AppId::from_static("557ade8b7d891cee96000001");
const SEGMENT: SegmentId = SegmentId::from_static("557ee4697d891cd26f000003");
const JOB: JobId = JobId::from_static("5584566b7d891ce0ab000001");

fn credentials() -> Credentials {
    Credentials::new("PUBLIC_KEY", "SECRET_KEY").unwrap()
}

/// Every endpoint and variant, with its request.
fn table(api: &Api) -> Vec<(&'static str, Request<Bytes>, &'static str, &'static str, &'static str)> {
    let url = || CallbackUrl::new("http://192.168.1.5:8080/done").unwrap();
    let artisan = || ProfileIds::artisan(["555652247d891c8b7a000002", "15652247d891c8b7a000504"]).unwrap();
    let shared = || ProfileIds::shared_user(["shared_id_1", "shared_id_2"]).unwrap();
    let user = ProfileId::artisan("a/b?c#d%2e").unwrap();
    let shared_user = ProfileId::shared_user("z5k5x7tcpmmr5p4on3aw").unwrap();
    let segment = || ExportSegment::new(APP, SEGMENT);
    macro_rules! rows {
        ($($call:expr, $method:literal, $path:literal, $body:literal;)*) => {
            vec![$({ let call = $call; (call.name(), call.request(api), $method, $path, $body) }),*]
        };
    }
    rows! {
        ListApps::new(), "GET", "/public/api/apps", "";
        GetProfile::new(APP, user), "GET",
            "/public/api/apps/557ade8b7d891cee96000001/users/a%2Fb%3Fc%23d%252e", "";
        GetProfile::new(APP, shared_user), "GET",
            "/public/api/apps/557ade8b7d891cee96000001/users/shared_id/z5k5x7tcpmmr5p4on3aw", "";
        ExportProfiles::new(APP, artisan()), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/users/export",
            r#"{"ids":"555652247d891c8b7a000002,15652247d891c8b7a000504","callback_url":""}"#;
        ExportProfiles::new(APP, artisan()).callback_url(url()), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/users/export",
            r#"{"ids":"555652247d891c8b7a000002,15652247d891c8b7a000504","callback_url":"http://192.168.1.5:8080/done"}"#;
        ExportProfiles::new(APP, shared()), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/users/shared_id/export",
            r#"{"ids":"shared_id_1,shared_id_2","callback_url":""}"#;
        ExportProfiles::new(APP, shared()).callback_url(url()), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/users/shared_id/export",
            r#"{"ids":"shared_id_1,shared_id_2","callback_url":"http://192.168.1.5:8080/done"}"#;
        ListSegments::new(APP), "GET", "/public/api/apps/557ade8b7d891cee96000001/segments/", "";
        segment(), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/segments/557ee4697d891cd26f000003/export",
            r#"{"callback_url":""}"#;
        segment().callback_url(url()), "POST",
            "/public/api/apps/557ade8b7d891cee96000001/segments/557ee4697d891cd26f000003/export",
            r#"{"callback_url":"http://192.168.1.5:8080/done"}"#;
        ListJobs::new(), "GET", "/public/api/jobs", "";
        ListJobs::new().status(JobStatus::Queued), "GET", "/public/api/jobs?status=QUEUED", "";
        ListJobs::new().status(JobStatus::Running), "GET", "/public/api/jobs?status=RUNNING", "";
        ListJobs::new().status(JobStatus::Complete), "GET", "/public/api/jobs?status=COMPLETE", "";
        ListJobs::new().status(JobStatus::Failed), "GET", "/public/api/jobs?status=FAILED", "";
        GetJob::new(JOB), "GET", "/public/api/jobs/5584566b7d891ce0ab000001", "";
        DownloadJob::new(JOB), "GET", "/public/api/jobs/5584566b7d891ce0ab000001/download", "";
    }
}

/// Promises 9 and 10: the five documented headers and no other, both keys marked sensitive.
#[test]
fn every_request_is_what_the_wire_contract_says() {
    for base_url in ["https://artisan.example", "https://proxy.example:8443/artisan/"] {
        let api = Api::builder(base_url).credentials(credentials()).build().unwrap();
        for (name, request, method, path, body) in table(&api) {
            let uri = format!("{}{path}", base_url.trim_end_matches('/'));
            assert_eq!((request.method().as_str(), request.uri().to_string()), (method, uri), "{name}");
            assert_eq!(request.body(), body, "{name}");
            assert_documented_headers(name, &request);
        }
        crate::each_endpoint!(call, _right => assert_documented_headers(call.name(), &call.request(&api)));
    }
}

/// All headers of a request.
fn assert_documented_headers(name: &str, request: &Request<Bytes>) {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap(), value.is_sensitive()))
        .collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            ("accept-encoding", "application/json", false),
            ("authorization", "Token token=\"SECRET_KEY\"", true),
            ("content-type", "application/json", false),
            ("public-api-key", "PUBLIC_KEY", true),
        ],
        "{name}"
    );
}

/// Promise 28: the default time-outs are as documented, and none is infinite.
#[test]
fn every_deadline_is_finite_by_default() {
    fn asks_for<E: Endpoint, T>(mut exchange: Exchange<E, T>) -> [u64; 4] {
        let step = exchange.step(Duration::ZERO, Event::Start);
        let Step::Send { timeouts, .. } = step.unwrap() else { panic!("nothing is sent") };
        [timeouts.connect, timeouts.head, timeouts.stall, timeouts.total].map(|timeout| timeout.as_secs())
    }
    let api = Api::new("https://artisan.example", credentials()).unwrap();
    crate::each_endpoint!(call, _right => {
        assert_eq!(asks_for(Exchange::new(&api, call)), [10, 30, 30, 2 * 60]);
    });
    assert_eq!(asks_for(Exchange::open(&api, DownloadJob::new(JOB))), [10, 30, 30, 6 * 60 * 60]);
    // The waits, which cover several calls.
    assert_eq!(Retry::default().deadline, Duration::from_secs(5 * 60));
    assert_eq!(Polling::default().deadline, Duration::from_secs(6 * 60 * 60));
}

/// The client's methods build the same requests as the endpoints.
#[test]
fn a_client_asks_for_the_same() {
    let client = Client::new(Api::new("https://artisan.example", credentials()).unwrap(), ());
    let url = CallbackUrl::new("http://192.168.1.5:8080/done").unwrap();
    let ids = ProfileIds::artisan(["555652247d891c8b7a000002", "15652247d891c8b7a000504"]).unwrap();
    let calls = [
        client.list_apps().request(),
        client.get_profile(APP, ProfileId::artisan("a/b?c#d%2e").unwrap()).request(),
        client.export_profiles(&APP, &ids).callback_url(&url).request(),
        client.list_segments(&APP).request(),
        client.export_segment(&APP, &SEGMENT).callback_url(url).request(),
        client.list_jobs().request(),
        client.list_jobs().status(JobStatus::Complete).request(),
        client.get_job(&JOB).request(),
        client.download_job(&JOB).request(),
        client.call(ListApps::new()).request(),
    ];
    let table: Vec<_> = table(client.api()).into_iter().map(|row| redacted(&row.1).to_string()).collect();
    for (call, row) in calls.iter().zip([0, 1, 4, 7, 9, 10, 13, 15, 16, 0]) {
        assert_eq!(redacted(call).to_string(), table[row]);
    }
}

/// Extra headers are sent, marked sensitive except for User-Agent. Without credentials, no key is sent.
#[test]
fn settings_of_an_api_show_in_its_requests() {
    let api = Api::builder("http://127.0.0.1:8080")
        .no_credentials()
        .user_agent("my-app/1.0")
        .header("X-Trace", "7")
        .build()
        .unwrap();
    let request = ListApps::new().request(&api);
    assert_eq!(
        redacted(&request).to_string(),
        "GET /public/api/apps HTTP/1.1\nhost: 127.0.0.1:8080\naccept-encoding: application/json\n\
         content-type: application/json\nuser-agent: my-app/1.0\nx-trace: [redacted]\n"
    );
    assert_eq!(request.headers()["x-trace"], "7");
}

#[test]
fn a_bad_setting_is_refused_by_name() {
    let build = |name: &str, value: &str| {
        Api::builder("https://artisan.example").no_credentials().header(name, value).build()
    };
    for (name, value, told) in [
        ("Authorization", "x", "header `authorization` is set by the library or the transport"),
        ("public-api-key", "x", "header `public-api-key` is set by the library or the transport"),
        ("accept-encoding", "gzip", "header `accept-encoding` is set by the library or the transport"),
        ("Host", "evil.example", "header `host` is set by the library or the transport"),
        ("content-length", "0", "header `content-length` is set by the library or the transport"),
        ("x y", "x", "header name `x y` is not a token"),
        ("x-y", "a\r\nb: c", "header `x-y` has a value with a control character"),
    ] {
        assert_eq!(build(name, value).unwrap_err().to_string(), told);
    }
    for name in ["connection", "content-type", "expect", "te", "trailer", "transfer-encoding", "upgrade"] {
        assert!(build(name, "x").unwrap_err().to_string().contains("is set by the library"), "{name}");
    }
    let error = Api::builder("https://artisan.example").build().unwrap_err();
    assert_eq!(error.to_string(), "credentials are missing: set them, or call no_credentials");
    let plain = || Api::builder("http://proxy.example").credentials(credentials());
    assert!(plain().build().unwrap_err().to_string().contains("plain http"));
    assert_eq!(plain().allow_plain_http().build().unwrap().base_url(), "http://proxy.example");
}

#[test]
fn extra_headers_are_bounded() {
    let many = |count: usize| {
        let api = Api::builder("https://artisan.example").no_credentials();
        (0..count).fold(api, |api, n| api.header(format!("x-{n}"), "1")).build()
    };
    assert_eq!(ListApps::new().request(&many(32).unwrap()).headers().len(), 34);
    assert_eq!(many(33).unwrap_err().to_string(), "headers are more than 32");
    let long = |length: usize| {
        Api::builder("https://artisan.example").no_credentials().header("x-y", "v".repeat(length)).build()
    };
    assert!(long(8192).is_ok());
    let told = "header `x-y` is 8193 bytes long, over the limit of 8192";
    assert_eq!(long(8193).unwrap_err().to_string(), told);
}

/// Errors replace a value of 8 bytes or more, like the keys. They do not replace a shorter value or the User-Agent.
#[test]
fn an_extra_header_is_replaced_in_errors() {
    let kept = |name: &str, value: &str| {
        let api =
            Api::builder("https://artisan.example").no_credentials().header(name, value).build().unwrap();
        let echo = http::Response::builder().status(500).body(format!("it was {value}.")).unwrap();
        String::from_utf8(api.parse(&ListApps::new(), echo).unwrap_err().body().to_vec()).unwrap()
    };
    assert!(!kept("x-token", "12345678").contains("12345678"));
    assert_eq!(kept("x-token", "1234567"), "it was 1234567.");
    assert_eq!(kept("user-agent", "dashboard/2"), "it was dashboard/2.");
}

/// A random text of `length` characters, many of them dangerous in a path.
fn text(random: &mut Rng, length: usize) -> String {
    const SAMPLE: &[char] = &[
        '/', '\\', '?', '#', '%', '.', '2', 'e', 'E', 'F', ':', '@', '&', ';', '=', '+', ' ', '~', '-', '_',
        'a', 'Z', '0', '\u{a0}', 'é', 'ß', '中', '\u{202e}', '\u{feff}', '😀', '"', '\'', '<', '>', '|', '^',
        '`', '{', '}', '[',
    ];
    (0..length)
        .map(|_| match random.usize(..4) {
            0 => random.char(..),
            _ => pick(random, SAMPLE),
        })
        .collect()
}

/// Promise 5: an id is exactly one segment, encoded once. The parsed URL keeps its origin, prefix and number of segments, and
/// decoding returns the id. 1,000,000 with `USEARTISAN_FULL=1`, else a sample.
#[test]
fn an_id_is_exactly_one_segment() {
    let api = Api::builder("https://proxy.example/a%20b").credentials(credentials()).build().unwrap();
    let count = cases(50_000, 1_000_000);
    let (mut random, mut refused) = (Rng::with_seed(0x1D), 0);
    for round in 0..count {
        let id = text(&mut random, round % 13);
        let Ok(app) = AppId::new(&id) else {
            let harmful = id.is_empty() || id == "." || id == ".." || id.chars().any(char::is_control);
            assert!(harmful || id.len() > 512, "{id:?} was refused");
            refused += 1;
            continue;
        };
        assert!(!id.chars().any(char::is_control), "{id:?} was taken");
        let uri = ListSegments::new(app).request(&api).uri().to_string();
        let url = url::Url::parse(&uri).unwrap();
        assert_eq!(url.as_str(), uri);
        assert_eq!(url.origin().ascii_serialization(), "https://proxy.example");
        let segments: Vec<_> = url.path_segments().unwrap().collect();
        let ["a%20b", "public", "api", "apps", encoded, "segments", ""] = segments.as_slice() else {
            panic!("{id:?} became {uri}");
        };
        assert_eq!(percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap(), id);
        assert_eq!((url.query(), url.fragment()), (None, None));
    }
    assert!(refused > count / 20, "too few bad ids were tried: {refused}");
}

/// Promise 4: a base URL is refused, or every request has its origin and prefix. 100,000 with `USEARTISAN_FULL=1`, else a
/// sample.
#[test]
fn a_generated_base_url_is_refused_or_kept() {
    let count = cases(20_000, 100_000);
    let (mut random, mut kept) = (Rng::with_seed(0xBA5E), 0);
    for round in 0..count {
        let tail = text(&mut random, round % 9);
        let base = format!("https://host.example{}{tail}", if round % 3 == 0 { "" } else { "/" });
        let Ok(api) = Api::builder(&base).no_credentials().build() else { continue };
        kept += 1;
        let uri = ListApps::new().request(&api).uri().to_string();
        let (url, given) = (url::Url::parse(&uri).unwrap(), url::Url::parse(&base).unwrap());
        assert_eq!(url.origin(), given.origin(), "{base}");
        assert_eq!(url.path(), format!("{}/public/api/apps", given.path().trim_end_matches('/')), "{base}");
        assert_eq!((url.query(), url.username(), url.password()), (None, "", None), "{base}");
    }
    assert!(kept > count / 20, "too few base URLs were kept: {kept}");
}
