//! All forms that an honest callback may have.

use http::{Method, Request};
use serde_json::json;

use super::{JOB, api, form, outcome, request};

const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

/// A base URL and the roots that a job's address may have under it.
const ROOTS: [(&str, &[&str]); 4] = [
    (
        "https://artisantools.com",
        &["", "https://artisantools.com", "https://artisantools.com:443", "HTTPS://ArtisanTools.COM"],
    ),
    (
        "https://proxy.example/artisan",
        &[
            "",
            "/artisan",
            "https://proxy.example/artisan",
            "https://Proxy.Example:443/artisan",
            "https://artisantools.com",
        ],
    ),
    ("http://127.0.0.1:8080", &["", "http://127.0.0.1:8080", "https://artisantools.com"]),
    // A prefix that looks like a job's address itself.
    (
        "http://[::1]/public/api/jobs/7",
        &["/public/api/jobs/7", "http://[::1]/public/api/jobs/7", "http://[::1]:80/public/api/jobs/7"],
    ),
];

/// What may follow the id.
const TAILS: [&str; 7] = ["/download", "", "/", "/download/", "/download?token=a%2Fb&x=1", "#top", "?"];

/// All forms of one address, by name: query, content type, body.
fn ways(address: &str) -> Vec<(&'static str, String, &'static str, String)> {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let one = form(&[("path", address)]);
    let among = form(&[("run", "7"), ("status", "COMPLETE"), ("url", address), ("empty", "")]);
    let name: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    let object = json!({"status": "COMPLETE", "download_path": address}).to_string();
    let deep = json!([1, null, {"jobs": {"_id": "x", "end": null, "result_url": [[address]]}}]).to_string();
    let text = json!(address).to_string();
    let none = String::new;
    vec![
        ("query, a value", one.clone(), "", none()),
        ("query, among others", among.clone(), "", none()),
        ("query, twice", format!("{one}&again={name}"), "", none()),
        ("query, as it is", address.split('#').next().unwrap().to_owned(), "", none()),
        ("query, encoded as a whole", name.clone(), "", none()),
        ("query, a JSON type without a body", one.clone(), JSON, " \r\n".to_owned()),
        ("query and body alike", one.clone(), JSON, object.clone()),
        ("form body", one.clone(), FORM, among.clone()),
        ("form body with a charset", none(), "Application/X-WWW-Form-URLEncoded; charset=utf-8", among),
        ("form body, encoded as a whole", none(), FORM, name),
        ("form body without a type", none(), "", one.clone()),
        ("form body of another type", none(), "multipart/form-data", one),
        ("text body", none(), "text/plain; charset=utf-8", address.to_owned()),
        ("text body with white space around", none(), "text/plain", format!("\r\n {address}\t\r\n")),
        ("text body without a type", none(), "", address.to_owned()),
        ("text body of a form's type", none(), FORM, address.to_owned()),
        ("JSON object", none(), JSON, object.clone()),
        ("JSON object with a charset", none(), "Application/JSON; charset=utf-8", object.clone()),
        ("JSON by suffix", none(), "application/vnd.artisan+json", object.clone()),
        ("JSON without a type", none(), "", object.clone()),
        ("JSON of a form's type", none(), FORM, object),
        ("JSON, deep", none(), "text/json", deep),
        ("JSON, a string alone", none(), JSON, text.clone()),
        ("JSON, escaped slashes", none(), "text/plain", text.replace('/', "\\/")),
        ("JSON, a name", none(), JSON, format!("{{{text}:true}}")),
    ]
}

/// Promise 31: the job is found in every method × place and form × root × tail.
#[test]
fn every_form_says_the_job() {
    let mut tried = 0;
    for (base_url, roots) in ROOTS {
        let api = api(base_url);
        for (root, tail) in roots.iter().flat_map(|root| TAILS.map(|tail| (root, tail))) {
            let address = format!("{root}/public/api/jobs/{JOB}{tail}");
            for (way, query, content_type, body) in ways(&address) {
                for method in METHODS {
                    let request = request(method.clone(), &query, content_type, body.as_bytes());
                    assert_eq!(outcome(&api, &request), format!("job {JOB}"), "{method} {way}: {address}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 15 * 7 * 25 * 7);
}

/// Promise 31: an id is decoded once for each layer that encoded it, and no further.
#[test]
fn an_id_is_decoded_once() {
    let api = api("https://artisantools.com");
    for (encoded, id) in [
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("%35584", "5584"),
        ("%C3%BC", "ü"),
        ("a%3Fb%23c", "a?b#c"),
        ("a;v=1,2:3@4", "a;v=1,2:3@4"),
        ("download", "download"),
        (&"%78".repeat(512), &"x".repeat(512)),
    ] {
        let address = format!("/public/api/jobs/{encoded}/download");
        for (way, query, content_type, body) in ways(&address) {
            let request = request(Method::POST, &query, content_type, body.as_bytes());
            assert_eq!(outcome(&api, &request), format!("job {id}"), "{way}: {address}");
        }
    }
}

/// Promise 31: an unencoded form value is not an address, because of its colon.
#[test]
fn a_form_need_not_be_encoded() {
    let api = api("https://artisantools.com");
    let body = format!("path=https://artisantools.com/public/api/jobs/{JOB}/download");
    for (query, body) in [("", body.as_str()), (body.as_str(), "")] {
        assert_eq!(outcome(&api, &request(Method::POST, query, "", body.as_bytes())), format!("job {JOB}"));
    }
}

/// Promise 31: it is useful to know that a job finished, even if the callback does not say which.
#[test]
fn which_job_may_be_left_unsaid() {
    let api = api("https://proxy.example/artisan");
    let other = "https://bucket.s3.example/exports/jobs/1.json?Signature=a%2Fb";
    for (query, content_type, body) in [
        ("", "", ""),
        ("", "application/json", ""),
        ("run=7", "text/plain", "done"),
        ("job_id=5584a2c7", "application/json", r#"{"id":"5584a2c7","status":"COMPLETE"}"#),
        ("", "application/json", "[null,true,1e400,{}]"),
        ("", "application/json", &json!({ "result_url": other }).to_string()),
        ("", "text/plain", other),
        ("", "text/plain", "/public/api/jobs"),
        ("", "text/plain", "/public/api/apps/1/users/2"),
        ("", "text/plain", "Done: see /public/api/jobs/5584a2c7/download"),
        ("", "text/html", "<a href=\"/public/api/jobs/5584a2c7/download\">done</a>"),
        ("", "multipart/form-data; boundary=x", "--x\r\n\r\n/public/api/jobs/1/download\r\n--x--"),
        ("", "text/plain", r#"{"path":"/public/api/jobs/1/download""#),
    ] {
        let request = request(Method::POST, query, content_type, body.as_bytes());
        assert_eq!(outcome(&api, &request), "not said", "{query} {content_type} {body}");
    }
}

/// Promise 31: the id comes from the query or the body, never from the caller's own path.
#[test]
fn the_path_of_the_request_itself_says_nothing() {
    let request = Request::get("/public/api/jobs/5584a2c7/download").body(Vec::new()).unwrap();
    assert_eq!(outcome(&api("https://artisantools.com"), &request), "not said");
}
