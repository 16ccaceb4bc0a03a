//! The verdict on an answer, stated a second time. A test and a fuzz target compare the library with it.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use useartisan::machine::{Event, Exchange, Machine, Step, WaitForJob};
use useartisan::{Api, Endpoint, ErrorKind, JobId, Polling, Retry, Sent};

/// The expected verdict.
#[derive(Debug, PartialEq)]
pub struct Expected {
    /// `None` for an output.
    pub error: Option<ErrorKind>,
    /// Whether the service may have acted on a POST.
    pub unknown: bool,
    /// Whether a GET is sent again.
    pub retried: bool,
    /// Whether a wait that knows its job waits it out, and does not count it as a refusal.
    pub waited_out: bool,
}

/// The table. `output`: whether the body has what the endpoint reads.
pub fn verdict(status: u16, body: &[u8], output: bool) -> Expected {
    // One byte order mark is skipped.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let says = Says::of(body);
    let is_there = says.as_ref().is_some_and(|says| says.is_there);
    let own = (is_there || output || body.is_empty() && [401, 403, 404].contains(&status))
        && ![408, 499, 502, 504].contains(&status)
        && !(520..=530).contains(&status);
    let failed = own && says.as_ref().is_some_and(|says| says.success == Some(false));
    let reason = says.and_then(|says| says.error).unwrap_or_default().to_lowercase();
    let is_absence = reason.contains("does not exist") || reason.contains("could not find");
    let (busy, denied) = ([429, 503].contains(&status), [401, 403].contains(&status));
    let outage = !own && !busy && (status >= 500 || [408, 499].contains(&status));

    let absent = own && [404, 410].contains(&status) || failed && is_absence;
    let error = match status {
        200..=299 if output => None,
        300..=399 => Some(ErrorKind::Redirect),
        _ if denied => Some(ErrorKind::AccessDenied),
        _ if absent && !busy => Some(ErrorKind::NotFound),
        200..=299 if !failed && reason.is_empty() => Some(ErrorKind::UnexpectedBody),
        _ => Some(ErrorKind::Rejected),
    };
    Expected {
        unknown: error == Some(ErrorKind::UnexpectedBody) || outage || status >= 500 && !failed && !busy,
        retried: busy || outage,
        waited_out: busy || outage || status >= 500 && !failed,
        error,
    }
}

/// What a JSON object says of its call. `None` if that is unclear.
struct Says {
    /// Whether it has `success` or `error`, with any value.
    is_there: bool,
    success: Option<bool>,
    /// The reason; empty if `error` gives none.
    error: Option<String>,
}

impl Says {
    fn of(body: &[u8]) -> Option<Self> {
        let Members(members) = serde_json::from_str(std::str::from_utf8(body).ok()?).ok()?;
        let named =
            |wanted| members.iter().filter(move |(name, _)| name == wanted).map(|(_, json)| json.get());
        if named("success").count() > 1 || named("error").count() > 1 {
            return None;
        }
        let text = |json: &str| serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned());
        let is_there = named("success").chain(named("error")).next().is_some();
        let success = match named("success").next().map(|json| text(json).to_ascii_lowercase().parse()) {
            None => None,
            Some(Ok(success)) => Some(success),
            // An unclear answer gives no reason either.
            Some(Err(_)) => return Some(Says { is_there, success: None, error: None }),
        };
        let error =
            named("error").next().map(text).map(|text| if text == "null" { String::new() } else { text });
        Some(Says { is_there, success, error })
    }
}

/// The members of an object in order, without loss.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

/// Compares the verdict of a wait that knows its job with the table. `status_of_it`: whether the body has a status of the job
/// that is neither complete nor failed.
pub fn hold_in_a_wait(api: &Api, job: &JobId, status: u16, body: &[u8], status_of_it: bool) {
    let expected = verdict(status, body, status_of_it);
    let shown = || format!("a wait, {status} {}", String::from_utf8_lossy(body));
    let once = Polling::default().with_refusals(1, Duration::ZERO);
    let mut wait = WaitForJob::new(api, job).just_started().polling(once).options(Retry::none());
    wait.step(Duration::ZERO, Event::Start).unwrap();
    let (head, ()) = http::Response::builder().status(status).body(()).unwrap().into_parts();
    let mut step = wait.step(Duration::ZERO, Event::Head(head));
    if let Ok(Step::Read { .. }) = step {
        let bytes = bytes::Bytes::copy_from_slice(body);
        step = wait.step(Duration::ZERO, Event::Body { bytes, complete: true });
    }
    match step {
        Ok(Step::Sleep(_)) => assert!(expected.waited_out || expected.error.is_none(), "{}", shown()),
        Ok(_) => panic!("{}: a step of another kind", shown()),
        Err(error) => {
            assert!(!expected.waited_out, "{}: {error}", shown());
            let vanished = expected.error.map(|kind| match kind {
                ErrorKind::NotFound => ErrorKind::JobVanished,
                other => other,
            });
            assert_eq!(Some(error.kind()), vanished, "{}: {error}", shown());
        }
    }
}

/// Compares the library's verdict on an answer with the table.
pub fn hold<E: Endpoint>(api: &Api, call: &E, status: u16, body: &[u8], output: bool) {
    let expected = verdict(status, body, output);
    let shown = || format!("{} {status} {}", call.name(), String::from_utf8_lossy(body));
    let response = http::Response::builder().status(status).body(body).unwrap();
    let is_get = call.request(api).method() == "GET";
    if let Err(error) = call.parse(response) {
        assert_eq!(Some(error.kind()), expected.error, "{}: {error}", shown());
        assert_eq!(error.is_not_found(), expected.error == Some(ErrorKind::NotFound), "{}: {error}", shown());
        assert_eq!(error.sent() == Sent::Maybe, expected.unknown, "{}: {error}", shown());
    } else {
        assert_eq!(expected.error, None, "{}", shown());
    }

    let mut exchange = Exchange::new(api, call);
    let Ok(Step::Send { .. }) = exchange.step(Duration::ZERO, Event::Start) else { panic!("{}", shown()) };
    let (head, ()) = http::Response::builder().status(status).body(()).unwrap().into_parts();
    let mut step = exchange.step(Duration::ZERO, Event::Head(head));
    if let Ok(Step::Read { .. }) = step {
        let bytes = bytes::Bytes::copy_from_slice(body);
        step = exchange.step(Duration::ZERO, Event::Body { bytes, complete: true });
    }
    match step {
        Ok(Step::Sleep(_)) => assert!(is_get && expected.retried, "{}: sent again", shown()),
        Ok(Step::Done(_)) => assert_eq!(expected.error, None, "{}", shown()),
        Ok(_) => panic!("{}: a step of another kind", shown()),
        Err(error) => {
            assert!(!(is_get && expected.retried), "{}: {error}", shown());
            assert_eq!(error.sent() == Sent::Maybe, expected.unknown, "{}: {error}", shown());
        }
    }
}
