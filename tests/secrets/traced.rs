//! The spans and events of the feature `tracing`, field by field. Promise 8: they have no key and no text of the service.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use useartisan::fake::{FakeArtisan, Fault};
use useartisan::{Client, Credentials, JobId, JobStatus, Polling, Retry};

/// Records each span and event as a line: `span 1 info useartisan.call endpoint=list_apps`.
#[derive(Clone, Default)]
struct Everything {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Everything {
    fn say(&self, what: String, told: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(what);
        told(&mut fields);
        self.lines.lock().unwrap().push(fields.0);
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

fn heading(metadata: &Metadata<'_>) -> String {
    format!("{} {}", metadata.level().as_str().to_lowercase(), metadata.name())
}

impl Subscriber for Everything {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "useartisan"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.spans.fetch_add(1, Ordering::Relaxed) + 1;
        self.say(format!("span {id} {}", heading(span.metadata())), |fields| span.record(fields));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.say(format!("in {}", span.into_u64()), |fields| values.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let parent = event.parent().map_or(String::new(), |parent| format!("in {} ", parent.into_u64()));
        self.say(format!("{parent}{}", heading(event.metadata())), |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {
        self.say("entered".to_owned(), |_| {});
    }

    fn exit(&self, _: &Id) {}

    fn try_close(&self, id: Id) -> bool {
        self.say(format!("end of {}", id.into_u64()), |_| {});
        true
    }
}

/// The lines recorded during a call.
fn told(what: impl FnOnce()) -> Vec<String> {
    let everything = Everything::default();
    tracing::subscriber::with_default(everything.clone(), what);
    let lines = everything.lines.lock().unwrap();
    lines.clone()
}

fn fake() -> (FakeArtisan, Client<FakeArtisan>, JobId) {
    let fake = FakeArtisan::with_credentials(Credentials::new("public-canary", "secret-canary").unwrap())
        .add_sample_data();
    let job = JobId::from(fake.jobs().remove(0));
    let client = fake.client().options(Retry::default().with_backoff(Duration::ZERO, Duration::ZERO));
    (fake, client, job)
}

#[test]
fn a_call_is_a_span() {
    let (_, client, _) = fake();
    let told = told(|| drop(client.list_apps().send_blocking().unwrap()));
    let expected = [
        "span 1 info useartisan.call endpoint=list_apps",
        "in 1 attempts=1",
        "in 1 elapsed_ms=0",
        "in 1 status=200",
        "end of 1",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_retry_is_an_event_in_it() {
    let (fake, client, _) = fake();
    fake.fail_next(Fault::not_sent());
    fake.fail_next(Fault::status(StatusCode::SERVICE_UNAVAILABLE).retry_after(2));
    fake.fail_next(Fault::failure("public-canary does not exist"));
    let told = told(|| drop(pollster::block_on(client.list_apps().send()).unwrap_err()));
    let expected = [
        "span 1 info useartisan.call endpoint=list_apps",
        "in 1 warn useartisan.retry attempt=1 wait_ms=0 error=Transport",
        "in 1 warn useartisan.retry attempt=2 wait_ms=2000 error=Rejected status=503",
        "in 1 attempts=3",
        "in 1 elapsed_ms=2000",
        "in 1 status=200",
        "in 1 error=NotFound",
        "end of 1",
    ];
    assert_eq!(told, expected);
}

/// The time of a call covers all its attempts and the waits between them.
#[test]
fn a_call_that_comes_right_in_the_end_tells_its_time() {
    let (fake, client, _) = fake();
    fake.fail_next(Fault::status(StatusCode::SERVICE_UNAVAILABLE).retry_after(2));
    let told = told(|| drop(client.list_apps().send_blocking().unwrap()));
    assert_eq!(told[2..], ["in 1 attempts=2", "in 1 elapsed_ms=2000", "in 1 status=200", "end of 1"]);
}

/// A download that starts again is one call.
#[test]
fn a_download_that_starts_again_is_one_span() {
    let (fake, client, job) = fake();
    fake.set_status(&job, JobStatus::Complete);
    fake.fail_next(Fault::cut_body(9));
    let told = told(|| drop(client.download_job(&job).bytes_blocking(100_000).unwrap()));
    let expected = [
        "span 1 info useartisan.call endpoint=download_job",
        "in 1 attempts=1",
        "in 1 elapsed_ms=0",
        "in 1 status=200",
        "in 1 warn useartisan.retry attempt=1 wait_ms=0 error=Transport status=200",
        "in 1 attempts=2",
        "in 1 elapsed_ms=0",
        "in 1 status=200",
        "end of 1",
    ];
    assert_eq!(told, expected);
}

/// An unknown status is text of the service, and is not recorded.
#[test]
fn each_answer_of_a_wait_is_an_event() {
    let (fake, client, job) = fake();
    let mut next = ["secret-canary".parse().unwrap(), JobStatus::Running, JobStatus::Complete].into_iter();
    fake.set_status(&job, JobStatus::Queued);
    let (changed, id) = (fake.clone(), job.clone());
    // The shortest interval, which jitter does not shorten.
    let polling = Polling::default().with_interval(Duration::ZERO, Duration::ZERO);
    let wait =
        client.wait_for_job(&job).polling(polling).options(Retry::none()).on_progress(move |progress| {
            if progress.polls == 2 {
                changed.fail_next(Fault::status(http::StatusCode::BAD_GATEWAY));
            } else if let Some(status) = next.next() {
                changed.set_status(&id, status);
            }
        });
    let told = told(|| drop(wait.send_blocking().unwrap()));
    let polls: Vec<_> = told.iter().filter(|line| line.contains("poll")).collect();
    let expected = [
        "debug useartisan.poll polls=1 status=QUEUED elapsed_ms=0",
        "debug useartisan.poll polls=2 status=other elapsed_ms=100",
        "debug useartisan.poll polls=3 status=other elapsed_ms=200 error=Rejected",
        "debug useartisan.poll polls=4 status=RUNNING elapsed_ms=300",
        "debug useartisan.poll polls=5 status=COMPLETE elapsed_ms=400",
    ];
    assert_eq!(polls, expected);
    assert_eq!(told.iter().filter(|line| line.starts_with("span")).count(), 5);
}

/// Promise 8: on every failure, even if the service echoes the keys.
#[test]
fn no_key_and_no_text_is_told() {
    let faults = || {
        [
            Fault::echo(),
            Fault::failure("secret-canary"),
            Fault::html_page(),
            Fault::redirect("https://public-canary/?secret-canary"),
            Fault::status(StatusCode::TOO_MANY_REQUESTS).body("secret-canary"),
            Fault::content_coding("secret-canary"),
            Fault::cut_body(3),
            Fault::stalled(3),
            Fault::interrupted(),
            Fault::timed_out(),
            Fault::empty(),
        ]
    };
    let (fake, client, job) = fake();
    let app = useartisan::AppId::from(fake.apps().remove(0));
    let segment = useartisan::SegmentId::from(fake.segments(&app).remove(0));
    let told = told(|| {
        for index in 0..faults().len() {
            for call in 0..4 {
                fake.fail_next(faults()[index].clone().times(5));
                match call {
                    0 => drop(client.list_apps().send_blocking()),
                    1 => drop(client.download_job(&job).bytes_blocking(1000)),
                    2 => drop(client.export_segment(&app, &segment).send_and_wait_blocking()),
                    _ => drop(client.get_job(&job).send_raw_blocking()),
                }
                fake.clear_faults();
            }
        }
    });
    assert!(told.len() > 300, "{}", told.len());
    for line in told {
        for secret in ["canary", job.as_str(), app.as_str(), segment.as_str(), "http", "/"] {
            assert!(!line.contains(secret), "{line}");
        }
        assert!(line != "entered");
    }
}
