//! Promises 23, 26 and 27: what the machines do under any order of events, in virtual time.

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use useartisan::machine::{Event, Exchange, Export, Machine, Nudge, Settings, Step, WaitForJob};
use useartisan::{
    Endpoint, Error, ErrorKind, Failure, FailureKind, JobId, ListApps, Polling, Retry, Sent, Wait,
};

use crate::support::cases::cases;
use crate::{JOB_TEXTS, MINUTE, api, export_segment};

const POLICY_DEADLINE: Duration = Duration::from_secs(100);

fn policy() -> Retry {
    Retry::default().with_attempts(3).with_deadline(POLICY_DEADLINE)
}

/// What can happen, as data: so that a sequence of it is a list of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    Status(u16, Option<&'static str>),
    Failed(FailureKind),
    Text(&'static str, bool),
    Woke,
    WokeEarly,
    ClockJumped,
    ClockWentBack,
}

use Choice::{ClockJumped, ClockWentBack, Failed, Status, Text, Woke, WokeEarly};

const AFTER_SEND: [Choice; 9] = [
    Status(200, None),
    Status(404, None),
    Status(503, None),
    Status(429, Some("retry-after: 1")),
    Status(502, Some("retry-after: 18446744073709551615")),
    Status(302, Some("location: https://elsewhere.example/")),
    Failed(FailureKind::NotSent),
    Failed(FailureKind::Interrupted),
    Failed(FailureKind::TimedOut),
];
const AFTER_READ: [Choice; 4] = [
    Text(r#"{"apps":[],"job":"7","jobs":[{"id":"8","status":"QUEUED"}]}"#, true),
    Text("", false),
    Text(r#"{"success":false,"error":"no"}"#, true),
    Failed(FailureKind::Interrupted),
];
const AFTER_SLEEP: [Choice; 4] = [Woke, WokeEarly, ClockJumped, ClockWentBack];

/// A virtual clock, and the events it makes of choices.
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
                Event::Failed(Failure::new(kind, "scripted"))
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
        Step::Send { .. } => &AFTER_SEND,
        Step::Read { .. } => &AFTER_READ,
        Step::Sleep(_) => &AFTER_SLEEP,
        Step::Done(_) => &[],
        other => panic!("a step without choices: {}", std::any::type_name_of_val(other)),
    }
}

/// One run of a call along `path`; returns how many choices there are at its end, or that it has ended.
fn run<E: Endpoint>(endpoint: E, path: &[usize]) -> Option<usize> {
    let post = endpoint.request(api()).method() == "POST";
    let mut exchange = Exchange::new(api(), endpoint).options(CallOptions::default().with_retry(policy()).with_seed(7));
    let mut world = World::default();
    let mut step = exchange.step(world.now, Event::Start);
    let (mut sends, mut slept, mut known, mut status) = (1, Duration::ZERO, Sent::No, 0);
    for &index in path {
        let told = step.as_ref().expect("the path goes on");
        let choice = choices(told)[index];
        let sleep = if let Step::Sleep(sleep) = told { *sleep } else { Duration::ZERO };
        known = known.max(match choice {
            Failed(FailureKind::NotSent) => Sent::No,
            Failed(_) if matches!(told, Step::Send { .. }) => Sent::Maybe,
            Status(502, _) => Sent::Maybe,
            // A success that cannot be read.
            Failed(_) | Text(_, false) if status == 200 => Sent::Maybe,
            Woke | WokeEarly | ClockJumped | ClockWentBack => Sent::No,
            _ => Sent::Answered,
        });
        if let Status(head, _) = choice {
            status = head;
        }
        // By a clock that stands or goes back, no time has passed.
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
            assert_ended(exchange, world.now);
        }
    }
    None
}

/// After its end a machine sends nothing, whatever it is told.
fn assert_ended<M: Machine>(mut machine: M, now: Duration) {
    for choice in AFTER_SEND.into_iter().chain(AFTER_READ).chain(AFTER_SLEEP) {
        let event = World { now }.event(choice, Duration::ZERO);
        let error = machine.step(now, event).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
    }
}

/// Every sequence of events of a call, to its end. Returns how many there are.
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

/// Promises 23 and 26, exhaustively: attempts and deadline hold, a POST is sent at most once after bytes may have
/// left, what is known of the request is told rightly, and nothing is sent after the end.
#[test]
fn every_sequence_of_events_keeps_the_promises() {
    let (gets, posts) = (explore(&ListApps::new()), explore(&export_segment()));
    assert!(gets > 10_000 && posts > 300, "{gets} sequences for a GET, {posts} for a POST");
}

/// A request, and what came to it.
type Asked = (String, Choice);

/// Drives a machine by random events until it ends; returns what it came to, and each request with what came to it.
/// No sleep ends after `deadline`, by a clock that counts only forward.
fn trace<M: Machine>(
    machine: &mut M,
    random: &mut Rng,
    deadline: Duration,
) -> (Result<M::Output, Error>, Vec<Asked>) {
    let mut world = World::default();
    let (mut sent, mut event) = (Vec::new(), Event::Start);
    let (mut last, mut elapsed) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..100_000 {
        elapsed += world.now.saturating_sub(last);
        last = world.now;
        let (choice, slept) = match machine.step(world.now, event) {
            Err(error) => return (Err(error), sent),
            Ok(Step::Done(output)) => return (Ok(output), sent),
            Ok(Step::Send { request, .. }) => {
                // Mostly well, so that traces are long.
                let index = if random.usize(..8) == 0 { random.usize(..AFTER_SEND.len()) } else { 0 };
                sent.push((format!("{} {}", request.method(), request.uri().path()), AFTER_SEND[index]));
                (AFTER_SEND[index], Duration::ZERO)
            }
            Ok(Step::Read { .. }) => match random.usize(..10) {
                0 => (AFTER_READ[random.usize(..AFTER_READ.len())], Duration::ZERO),
                _ => (Text(JOB_TEXTS[random.usize(..60).min(random.usize(..6))], true), Duration::ZERO),
            },
            Ok(Step::Sleep(duration)) => {
                assert!(
                    duration.is_zero() || elapsed + duration <= deadline,
                    "sleeps {duration:?} after {elapsed:?}"
                );
                let index = if random.usize(..10) == 0 { random.usize(..AFTER_SLEEP.len()) } else { 0 };
                (AFTER_SLEEP[index], duration)
            }
            Ok(_) => panic!("an unknown step"),
        };
        event = world.event(choice, slept);
    }
    panic!("no end after 100,000 events");
}

/// Promise 27: waiting for a job ends, in one of its ways, whatever happens.
#[test]
fn waiting_ends_in_random_traces() {
    let mut random = Rng::with_seed(0x5EED);
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let (mut complete, mut kinds) = (0, std::collections::HashMap::new());
    for seed in 0..cases(20_000, 1_000_000) as u64 {
        let nudge = Nudge::new();
        let wait = Wait::new().polling(polling);
        let wait = if seed % 2 == 0 { wait.nudged_by(&nudge) } else { wait };
        let mut machine = WaitForJob::new(api(), JobId::from_static("7"))
            .options(CallOptions::default().with_retry(policy()).with_seed(seed))
            .waiting(wait);
        let (outcome, sent) = trace(&mut machine, &mut random, 10 * MINUTE);
        assert!(sent.iter().all(|(request, _)| request == "GET /public/api/jobs/7"));
        match outcome {
            Ok(job) => {
                assert_eq!(job.status().as_str(), "COMPLETE");
                complete += 1;
            }
            Err(error) => *kinds.entry(error.kind()).or_insert(0) += 1,
        }
        assert_ended(machine, Duration::ZERO);
    }
    assert!(complete > 100, "{complete}");
    for kind in [ErrorKind::JobFailed, ErrorKind::JobVanished, ErrorKind::TimedOut, ErrorKind::Rejected] {
        assert!(kinds.get(&kind).is_some_and(|&count| count > 0), "{kind:?} never came: {kinds:?}");
    }
}

/// Promises 23 and 27: an export ends, and starts its job at most once after bytes may have left.
#[test]
fn an_export_ends_in_random_traces_and_starts_once() {
    let mut random = Rng::with_seed(0xE59);
    let (mut done, mut unknown) = (0, 0);
    for seed in 0..cases(20_000, 1_000_000) as u64 {
        let wait = Wait::new().polling(Polling::default().with_deadline(10 * MINUTE));
        let settings = CallOptions::default().with_retry(policy()).with_seed(seed);
        let mut machine = Export::new(api(), export_segment()).options(settings).waiting(wait);
        // Its start, its wait and its download have each a deadline of their own, held to where they are tested.
        let (outcome, sent) = trace(&mut machine, &mut random, Duration::MAX);
        let posts: Vec<_> = sent.iter().filter(|(request, _)| request.starts_with("POST")).collect();
        let lists = sent.iter().filter(|(request, _)| request == "GET /public/api/jobs").count();
        let repeated = posts.split_last().map_or(&[][..], |(_, before)| before);
        assert!(
            repeated.iter().all(|(_, came)| *came == Failed(FailureKind::NotSent)),
            "seed {seed}: {sent:?}"
        );
        match outcome {
            Ok(exported) => {
                done += 1;
                assert_eq!((exported.job.id().as_str(), lists), ("7", 0));
            }
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                unknown += 1;
                assert!((1..=3).contains(&lists), "listed once, with its retries: {sent:?}");
                assert_eq!(sent.last().unwrap().0, "GET /public/api/jobs");
            }
            Err(_) => assert_eq!(lists, 0, "{sent:?}"),
        }
        assert_ended(machine, Duration::ZERO);
    }
    assert!(done > 100 && unknown > 100, "{done} done, {unknown} unknown");
}
