//! Promise 8: no Debug, Display or error shows a key, even if the server echoes it.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use crate::support::canary::{
    PUBLIC, SECRET, assert_clean, assert_debug_clean, assert_error_clean, credentials,
};
use http::Response;
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::machine::{Event, Exchange, Export, Machine, Step, WaitForJob};
use useartisan::{
    Api, AppId, Client, Credentials, DownloadJob, Endpoint, ErrorKind, ExportSegment, JobId, Limits,
    ListApps, Retry, SegmentId, Sent, TransportError, redacted,
};

fn api() -> Api {
    Api::new("https://artisan.example", credentials()).unwrap()
}

fn segment() -> ExportSegment {
    ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("segment"))
}

/// Types with keys do not show them.
#[test]
fn what_holds_the_keys_does_not_show_them() {
    let (api, client) = (api(), Client::new(api(), ()));
    assert_debug_clean("Credentials", &credentials());
    assert_debug_clean(
        "ApiBuilder",
        &Api::builder("https://artisan.example").credentials(credentials()).header("x-token", SECRET),
    );
    assert_debug_clean("Api", &api);
    assert_debug_clean("Path", &api.path("/x"));
    assert_debug_clean("Client", &client);
    assert_debug_clean("Call", &client.list_apps());
    assert_debug_clean("WaitCall", &client.wait_for_job(JobId::from_static("7")));
    assert_debug_clean("Request", &client.list_apps().request());
    assert_clean("redacted", &redacted(&client.list_apps().request()).to_string());
    assert_debug_clean("redacted", &redacted(&client.list_apps().request()));
    assert_debug_clean("FakeArtisan", &FakeArtisan::with_credentials(credentials()));

    let mut exchange = Exchange::new(&api, ListApps::new());
    assert_debug_clean("Exchange", &exchange);
    assert_debug_clean("Step", &exchange.step(Duration::ZERO, Event::Start));
    let echo = Response::builder().header("x-echo", format!("Token token=\"{SECRET}\""));
    let (head, ()) = echo.body(()).unwrap().into_parts();
    assert_debug_clean("Event::Head", &Event::Head(head.clone()));
    assert_debug_clean("Event::Body", &Event::Body { bytes: SECRET.into(), complete: true });
    assert_debug_clean("Step::Read", &exchange.step(Duration::ZERO, Event::Head(head)));
    assert_debug_clean("Exchange, reading", &exchange);
    assert_debug_clean("WaitForJob", &WaitForJob::new(&api, JobId::from_static("7")));
    assert_debug_clean("Export", &Export::new(&api, segment()));
}

/// The error about a refused key does not show it.
#[test]
fn a_refused_key_is_not_shown() {
    for (public, secret) in
        [(format!("{PUBLIC}\""), SECRET.to_owned()), (PUBLIC.to_owned(), format!("{SECRET}\n"))]
    {
        assert_error_clean("Credentials::new", &Credentials::new(public, secret).unwrap_err());
    }
    let header = Api::builder("https://artisan.example")
        .no_credentials()
        .header("x-token", format!("{SECRET}\n"))
        .build();
    assert_error_clean("ApiBuilder::build", &header.unwrap_err());
}

/// The forms of an echoed key in a body.
fn echoes() -> Vec<(&'static str, String)> {
    vec![
        ("as they are", format!("you sent {SECRET} and {PUBLIC}")),
        (
            "in a page",
            format!("<html><pre>Authorization: Token token=\"{SECRET}\"\r\npublic-api-key: {PUBLIC}</pre>"),
        ),
        (
            "in a table",
            format!("<td>Token token=&quot;{SECRET}&quot;</td><td>HTTP_PUBLIC_API_KEY={PUBLIC}</td>"),
        ),
        ("in JSON", format!(r#"{{"success":false,"error":"Token token=\"{SECRET}\", {PUBLIC}"}}"#)),
        ("in JSON, slashes escaped", format!(r#"{{"error":"{}"}}"#, SECRET.replace('/', "\\/"))),
        (
            "as JSON of another kind",
            format!(r#"{{"apps":"{SECRET}","jobs":"{SECRET}","_id":"{PUBLIC}\u0000"}}"#),
        ),
        ("at a cut", format!("{}{SECRET}", ".".repeat(4096 - 10))),
    ]
}

/// Every error of every endpoint is clean, for every echo under every status, in the methods that know the keys.
#[test]
fn what_a_server_echoes_is_replaced() {
    fn each(call: &impl Endpoint, what: &str, body: &str) {
        for status in [200, 302, 401, 500] {
            let response = || {
                let response =
                    Response::builder().status(status).header("x-echo", format!("Token token=\"{SECRET}\""));
                response
                    .header("location", format!("https://evil.example/?{PUBLIC}"))
                    .body(body.to_owned())
                    .unwrap()
            };
            let what = format!("{} {status} {what}", call.name());
            let error = api().parse(call, response()).map(drop).unwrap_err();
            assert_error_clean(&what, &error);

            let mut exchange = Exchange::new(&api(), call).options(Retry::none());
            exchange.step(Duration::ZERO, Event::Start).map(drop).unwrap();
            let (head, body) = response().into_parts();
            let error = match exchange.step(Duration::ZERO, Event::Head(head)) {
                Err(error) => error,
                Ok(_) => {
                    let event = Event::Body { bytes: body.into(), complete: true };
                    exchange.step(Duration::ZERO, event).map(drop).unwrap_err()
                }
            };
            assert_error_clean(&what, &error);
        }
    }
    for (what, body) in echoes() {
        crate::each_endpoint!(call, _right => each(&call, what, &body));
    }
}

/// If only the start of a body was read, no part of a key is left at its end.
#[test]
fn a_key_that_a_limit_cuts_is_removed() {
    let call = ListApps::new();
    for (status, kind) in [(500, ErrorKind::Rejected), (200, ErrorKind::Limit)] {
        for length in 0..SECRET.len() {
            let bytes = format!("<p>{}", &SECRET[..length]);
            let limits = Limits::default().with_body(bytes.len() - 1).with_error_body(bytes.len());
            let mut exchange = Exchange::new(&api(), &call).options(limits).options(Retry::none());
            exchange.step(Duration::ZERO, Event::Start).map(drop).unwrap();
            let (head, ()) = Response::builder().status(status).body(()).unwrap().into_parts();
            exchange.step(Duration::ZERO, Event::Head(head)).map(drop).unwrap();
            let event = Event::Body { bytes: bytes.into(), complete: false };
            let error = exchange.step(Duration::ZERO, event).map(drop).unwrap_err();
            assert_eq!((error.kind(), error.body()), (kind, &b"<p>"[..]), "{status} {length}");
        }
    }
}

/// The same over a backend and in downloads, and for a failure in the middle of one.
#[test]
fn a_client_shows_no_key_whatever_goes_wrong() {
    let faults: [fn() -> Fault; 8] = [
        Fault::echo,
        Fault::html_page,
        Fault::not_sent,
        Fault::interrupted,
        Fault::timed_out,
        || Fault::failure(format!("{SECRET} is not the key of {PUBLIC}")),
        || Fault::redirect("http://evil.example/?key=CANARY/secret+key-9876543210"),
        || Fault::cut_body(7),
    ];
    for fault in faults {
        let fake = FakeArtisan::with_credentials(credentials());
        fake.add_sample_data();
        let client = fake.client().options(Limits::default().with_kept_body(1 << 20)).options(Retry::none());
        let job = JobId::from_static("5584566b7d891ce0ab000001");
        let script = || drop(fake.fail_next(fault()));
        script();
        assert_error_clean("list_apps", &client.list_apps().send_blocking().unwrap_err());
        script();
        assert_error_clean("download", &client.download_job(&job).bytes_blocking(1 << 20).unwrap_err());
        script();
        let profiles =
            client.download_job(&job).profiles_blocking().and_then(Iterator::collect::<Result<Vec<_>, _>>);
        assert_error_clean("profiles", &profiles.unwrap_err());
    }
    let fake = FakeArtisan::with_credentials(credentials());
    fake.add_sample_data();
    let job = JobId::from_static("5584566b7d891ce0ab000001");
    fake.set_result(
        &job,
        format!(r#"{{"artisanUserIds":[{{"a":"b"}}],"success":false,"error":"{SECRET}"}}"#),
    );
    let client = fake.client();
    for error in [
        client.download_job(&job).bytes_blocking(1 << 20).unwrap_err(),
        client.download_job(&job).profiles_blocking().unwrap().last().unwrap().unwrap_err(),
        client.download_job(&job).send_blocking().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_error_clean("a failure in a download", &error);
    }
}

/// The message about an unknown status has no key. No Debug shows a redirect's location.
#[test]
fn machines_in_their_middle_and_at_their_end_show_no_key() {
    let (api, job) = (api(), JobId::from_static("7"));
    let told = |wait: &mut WaitForJob, at: u64, body: String| {
        let (head, ()) = Response::new(()).into_parts();
        let now = Duration::from_secs(at);
        drop(wait.step(now, Event::Head(head)));
        let step = wait.step(now, Event::Body { bytes: body.into(), complete: true });
        assert_debug_clean("WaitForJob", wait);
        assert_debug_clean("Step", &step);
        step
    };
    let mut wait = WaitForJob::new(&api, &job);
    drop(wait.step(Duration::ZERO, Event::Start));
    let status = format!(r#"{{"_id":"7","status":"{SECRET}"}}"#);
    drop(told(&mut wait, 0, status.clone()));
    drop(wait.step(Duration::from_secs(1_000_000), Event::Woke));
    let error = told(&mut wait, 1_000_001, status).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_error_clean("the deadline of a wait", &error);

    let mut open = Exchange::open(&api, DownloadJob::new(&job));
    drop(open.step(Duration::ZERO, Event::Start));
    let moved =
        Response::builder().status(302).header("location", format!("https://store.example/x?sig={SECRET}"));
    let step = open.step(Duration::ZERO, Event::Head(moved.body(()).unwrap().into_parts().0));
    assert_debug_clean("a redirect's step", &step);
    assert_debug_clean("an exchange that was redirected", &open);
}

/// The printed error is one line, without control characters for a terminal.
#[test]
fn an_error_is_one_line() {
    fn line(error: &impl Display) -> String {
        error.to_string()
    }
    let body = r#"{"success":false,"error":"a\r\nb\u001b[31m\u202e"}"#;
    let told = line(&ListApps::new().parse(Response::new(body)).unwrap_err());
    assert!(told.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{told:?}");
}

/// K2: the answer to a start has the job's id. An id that is a key is refused.
#[test]
fn an_id_that_is_a_key_is_refused() {
    let (head, ()) = Response::new(()).into_parts();
    let answer = format!(r#"{{"job":"{SECRET}"}}"#);
    let mut exchange = Exchange::new(&api(), segment());
    let mut export = Export::new(&api(), segment());
    for machine in [&mut exchange as &mut dyn Machine<Output = _>, &mut Named(&mut export)] {
        machine.step(Duration::ZERO, Event::Start).unwrap();
        machine.step(Duration::ZERO, Event::Head(head.clone())).unwrap();
        let body = Event::Body { bytes: answer.clone().into(), complete: true };
        let error = machine.step(Duration::ZERO, body).unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::OutcomeUnknown, Sent::Maybe));
        assert_error_clean("an id that is a key", &error);
    }

    // An id from the caller is not shown, whatever happens.
    let mut wait = WaitForJob::new(&api(), JobId::new(SECRET).unwrap()).options(Retry::none());
    wait.step(Duration::ZERO, Event::Start).unwrap();
    let (mut gone, ()) = Response::new(()).into_parts();
    gone.status = http::StatusCode::NOT_FOUND;
    wait.step(Duration::ZERO, Event::Head(gone)).unwrap();
    let body = r#"{"success":false,"error":"Could not find job"}"#;
    let error = wait.step(Duration::ZERO, Event::Body { bytes: body.into(), complete: true }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobVanished);
    assert_error_clean("a job that is gone", &error);
}

/// An export without a look at its output.
struct Named<'a>(&'a mut Export<ExportSegment>);

impl Machine for Named<'_> {
    type Output = useartisan::QueuedJob;

    fn step(&mut self, now: Duration, event: Event) -> Result<Step<Self::Output>, useartisan::Error> {
        Ok(match self.0.step(now, event)? {
            Step::Send { request, timeouts } => Step::Send { request, timeouts },
            Step::Read { limit, timeouts } => Step::Read { limit, timeouts },
            Step::Sleep(pause) => Step::Sleep(pause),
            _ => panic!("an export of a key"),
        })
    }
}

/// K3 and K4: a long coding, and a header named by a key.
#[test]
fn a_head_shows_no_key() {
    let long = format!("{SECRET}-and-so-on-{}", "x".repeat(48));
    let api =
        Api::new("https://artisan.example", Credentials::new("Public-Key_0123", &long).unwrap()).unwrap();
    for (name, value) in [("content-encoding", &*long), ("x-public-key_0123", "x"), ("x-echo", &long)] {
        let response = Response::builder().status(500).header(name, value).body("").unwrap();
        let error = api.parse(&ListApps::new(), response).unwrap_err();
        assert_error_clean(name, &error);
        let shown = format!("{error} {:?}", error.headers());
        assert!(!shown.to_lowercase().contains("public-key_0123"), "{shown}");
    }
}

/// K1: your own backend may put the whole request into its error. An error without a key is not changed.
#[test]
fn a_backend_that_quotes_the_request_shows_no_key() {
    let failing = |quoting: bool| {
        let backend = useartisan::backends::from_fn(move |request: http::Request<bytes::Bytes>, _| {
            let told = if quoting {
                format!("{:?}", request.headers()["public-api-key"].to_str())
            } else {
                "no".into()
            };
            Err::<Response<&[u8]>, _>(TransportError::interrupted(io::Error::other(told)))
        });
        Client::new(api(), backend).list_apps().options(Retry::none()).send_blocking().unwrap_err()
    };
    let (quoting, plain) = (failing(true), failing(false));
    assert_error_clean("an error that quotes the request", &quoting);
    assert!(std::error::Error::source(&quoting).unwrap().to_string().contains("[redacted]"));
    assert!(std::error::Error::source(&plain).unwrap().downcast_ref::<io::Error>().is_some());
}
