//! Promises 23, 26 and 27: the machines under any order of events, in virtual time.

mod traces;

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use useartisan::machine::{Event, Exchange, Export, Machine, Step, WaitForJob};
use useartisan::{
    CallOptions, Endpoint, Error, ErrorKind, JobId, JobNotifier, ListApps, Polling, Retry, Sent,
    TransportError, TransportErrorKind,
};

use crate::support::cases::cases;
use crate::{JOB_TEXTS, MINUTE, api, export_segment};

const POLICY_DEADLINE: Duration = Duration::from_secs(100);

fn policy() -> Retry {
    Retry::default().with_attempts(3).with_deadline(POLICY_DEADLINE)
}

fn options(seed: u64) -> CallOptions {
    CallOptions::default().with_retry(policy()).with_seed(seed)
}

/// Events as data, so that a sequence of them is a list of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    Status(u16, Option<&'static str>),
    Failed(TransportErrorKind),
    Text(&'static str, bool),
    Woke,
    WokeEarly,
    ClockJumped,
    ClockWentBack,
}

use Choice::{ClockJumped, ClockWentBack, Failed, Status, Text, Woke, WokeEarly};

/// The outcomes of a request. The exhaustive exploration uses the first ten.
const AFTER_SEND: [Choice; 14] = [
    Status(200, None),
    Status(404, None),
    Status(500, None),
    Status(503, None),
    Status(429, Some("retry-after: 1")),
    Status(524, Some("retry-after: 18446744073709551615")),
    Status(302, Some("location: https://elsewhere.example/")),
    Failed(TransportErrorKind::NotSent),
    Failed(TransportErrorKind::Interrupted),
    Failed(TransportErrorKind::TimedOut),
    Status(403, None),
    Status(408, None),
    Status(502, None),
    Failed(TransportErrorKind::Other),
];
const OWN: &str = r#"{"apps":[],"job":"7","jobs":[{"id":"8","status":"QUEUED"}]}"#;
const REFUSED: &str = r#"{"success":false,"error":"no"}"#;
/// The outcomes of a body. The exhaustive exploration uses the first five.
const AFTER_READ: [Choice; 7] = [
    Text(OWN, true),
    Text("<html>Please stand by</html>", true),
    Text("", false),
    Text(REFUSED, true),
    Failed(TransportErrorKind::Interrupted),
    Text(r#"{"success":true,"apps":["#, true),
    Text(r#"{"message":"Endpoint request timed out"}"#, true),
];
const AFTER_SLEEP: [Choice; 4] = [Woke, WokeEarly, ClockJumped, ClockWentBack];

/// A virtual clock, and the events that it makes of choices.
#[derive(Default)]
struct World {
    now: Duration,
}

impl World {
    fn event(&mut self, choice: Choice, slept: Duration) -> Event {
        let second = Duration::from_secs(1);
        match choice {
            Status(status, header) => {
                let mut response = http::Response::builder().status(status);
                if let Some((name, value)) = header.and_then(|header| header.split_once(": ")) {
                    response = response.header(name, value);
                }
                self.now += second;
                Event::Head(response.body(()).unwrap().into_parts().0)
            }
            Failed(kind) => {
                self.now += second;
                Event::Failed(TransportError::new(kind, "scripted"))
            }
            Text(bytes, complete) => Event::Body { bytes: Bytes::from_static(bytes.as_bytes()), complete },
            Woke => {
                self.now += slept;
                Event::Woke
            }
            WokeEarly => Event::Woke,
            ClockJumped => {
                self.now += 1000 * MINUTE;
                Event::Woke
            }
            ClockWentBack => {
                self.now = self.now.saturating_sub(10 * MINUTE);
                Event::Woke
            }
        }
    }
}

fn choices<T>(step: &Step<T>) -> &'static [Choice] {
    match step {
        Step::Send { .. } => &AFTER_SEND[..10],
        Step::Read { .. } => &AFTER_READ[..5],
        Step::Sleep(_) => &AFTER_SLEEP,
        Step::Done(_) => &[],
    }
}

/// Runs a call along `path`. Returns the number of choices at its end, or that the call has ended.
fn run<E: Endpoint>(endpoint: E, path: &[usize]) -> Option<usize> {
    let post = endpoint.request(api()).method() == "POST";
    let mut exchange = Exchange::new(api(), endpoint).options(options(7));
    let mut world = World::default();
    let mut step = exchange.step(world.now, Event::Start);
    let (mut sends, mut slept, mut known, mut status) = (1, Duration::ZERO, Sent::No, 0);
    for &index in path {
        let told = step.as_ref().expect("the path goes on");
        let choice = choices(told)[index];
        let sleep = if let Step::Sleep(sleep) = told { *sleep } else { Duration::ZERO };
        known = known.max(match (choice, status) {
            (Failed(TransportErrorKind::NotSent), _) => Sent::No,
            (Failed(_), _) if matches!(told, Step::Send { .. }) => Sent::Maybe,
            (Status(..) | Woke | WokeEarly | ClockJumped | ClockWentBack, _) => Sent::No,
            (_, 524) => Sent::Maybe,
            (Text(REFUSED, true), _) => Sent::Answered,
            // An unreadable success, and a failure that does not come from the service.
            (_, 200 | 500) => Sent::Maybe,
            _ => Sent::Answered,
        });
        if let Status(head, _) = choice {
            status = head;
        }
        // If the clock stands still or goes back, no time passes.
        slept += if choice == Woke { sleep } else { Duration::ZERO };
        let event = world.event(choice, sleep);
        step = exchange.step(world.now, event);
        if let Ok(Step::Send { timeouts, .. }) = &step {
            sends += 1;
            assert!(!post || known == Sent::No, "a POST was sent again: {path:?}");
            assert!(!timeouts.total.is_zero() && timeouts.total <= POLICY_DEADLINE, "{path:?}");
        }
        assert!(sends <= 3, "{sends} attempts: {path:?}");
        assert!(slept < POLICY_DEADLINE, "slept past the deadline: {path:?}");
    }
    match step {
        Ok(step) if choices(&step).is_empty() => assert_ended(exchange, world.now),
        Ok(step) => return Some(choices(&step).len()),
        Err(error) => {
            assert_eq!((error.attempts(), error.sent()), (sends, known), "{path:?}: {error}");
            let unknown = error.kind() == ErrorKind::OutcomeUnknown;
            assert_eq!(unknown, post && known == Sent::Maybe, "{path:?}: {error}");
            assert_ended(exchange, world.now);
        }
    }
    None
}

/// After its end a machine sends nothing, on any event.
fn assert_ended<M: Machine>(mut machine: M, now: Duration) {
    for choice in AFTER_SEND.into_iter().chain(AFTER_READ).chain(AFTER_SLEEP) {
        let event = World { now }.event(choice, Duration::ZERO);
        let error = machine.step(now, event).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
    }
}

/// Runs every sequence of events of a call. Returns their number.
fn explore<E: Endpoint + Clone>(endpoint: &E) -> usize {
    let (mut ends, mut path) = (0, Vec::new());
    let mut open = vec![(0, 0)];
    while let Some((depth, index)) = open.pop() {
        path.truncate(depth);
        if depth > 0 {
            path[depth - 1] = index;
        }
        assert!(path.len() < 20, "no end: {path:?}");
        match run(endpoint.clone(), &path) {
            None => ends += 1,
            Some(count) => {
                path.push(0);
                open.extend((0..count).map(|index| (depth + 1, index)));
            }
        }
    }
    ends
}

/// Promises 23 and 26, exhaustively: attempts and deadline are kept, a POST is sent at most once after bytes may have left, the
/// error says correctly what is known of the request, and nothing is sent after the end.
#[test]
fn every_sequence_of_events_keeps_the_promises() {
    let (gets, posts) = (explore(&ListApps::new()), explore(&export_segment()));
    assert!(gets > 10_000 && posts > 300, "{gets} sequences for a GET, {posts} for a POST");
}
