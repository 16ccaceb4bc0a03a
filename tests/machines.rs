//! Promises 23, 26 and 27: what the machines do under any order of events, in virtual time.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use useartisan::machine::{Event, Exchange, Export, Machine, Nudge, Settings, StartJob, Step, WaitForJob};
use useartisan::{
    Api, AppId, Credentials, Endpoint, Error, ErrorKind, ExportSegment, Failure, FailureKind, GetJob, JobId,
    ListApps, Polling, Retry, SegmentId, Sent, Wait,
};

const MINUTE: Duration = Duration::from_secs(60);
const POLICY_DEADLINE: Duration = Duration::from_secs(100);

fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| Api::new(Credentials::new("public", "secret").unwrap()))
}

fn export_segment() -> ExportSegment {
    ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("segment"))
}

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
    let mut exchange = Exchange::new(api(), endpoint).settings(Settings::new().retry(policy()).seed(7));
    let mut world = World::default();
    let mut step = exchange.step(world.now, Event::Start);
    let (mut sends, mut slept, mut known) = (1, Duration::ZERO, Sent::No);
    for &index in path {
        let told = step.as_ref().expect("the path goes on");
        let choice = choices(told)[index];
        let sleep = if let Step::Sleep(sleep) = told { *sleep } else { Duration::ZERO };
        known = known.max(match choice {
            Failed(FailureKind::NotSent) => Sent::No,
            Failed(_) if matches!(told, Step::Send { .. }) => Sent::Maybe,
            Status(502, _) => Sent::Maybe,
            Woke | WokeEarly | ClockJumped | ClockWentBack => Sent::No,
            _ => Sent::Answered,
        });
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

/// xorshift64*, for traces that can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

/// How many random traces to try: all of a promise's with `USEARTISAN_FULL=1`, else a sample.
fn traces() -> u64 {
    if std::env::var_os("USEARTISAN_FULL").is_some() { 1_000_000 } else { 20_000 }
}

const JOB_TEXTS: [&str; 6] = [
    r#"{"_id":"7","status":"QUEUED","job":"7"}"#,
    r#"{"_id":"7","status":"RUNNING","job":"7"}"#,
    r#"{"_id":"7","status":"PAUSED"}"#,
    r#"{"_id":"7","status":"COMPLETE","job":"7","artisanUserIds":[]}"#,
    r#"{"_id":"7","status":"FAILED"}"#,
    r#"{"success":false,"error":"Job 7 does not exist."}"#,
];

/// Drives a machine by random events until it ends; returns what it came to, and how often it sent.
fn trace<M: Machine>(
    machine: &mut M,
    random: &mut Random,
    deadline: Duration,
) -> (Result<M::Output, Error>, Vec<String>) {
    let mut world = World::default();
    let mut sent = Vec::new();
    let mut event = Event::Start;
    for _ in 0..100_000 {
        let (choice, slept) = match machine.step(world.now, event) {
            Err(error) => return (Err(error), sent),
            Ok(Step::Done(output)) => return (Ok(output), sent),
            Ok(Step::Send { request, .. }) => {
                sent.push(format!("{} {}", request.method(), request.uri().path()));
                // Mostly well, so that traces are long.
                let index = if random.below(8) == 0 { random.below(AFTER_SEND.len()) } else { 0 };
                (AFTER_SEND[index], Duration::ZERO)
            }
            Ok(Step::Read { .. }) => match random.below(10) {
                0 => (AFTER_READ[random.below(AFTER_READ.len())], Duration::ZERO),
                _ => (Text(JOB_TEXTS[random.below(60).min(random.below(6))], true), Duration::ZERO),
            },
            Ok(Step::Sleep(duration)) => {
                assert!(duration <= deadline, "sleeps past the deadline");
                let index = if random.below(10) == 0 { random.below(AFTER_SLEEP.len()) } else { 0 };
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
    let mut random = Random(0x5EED);
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let (mut complete, mut kinds) = (0, std::collections::HashMap::new());
    for seed in 0..traces() {
        let nudge = Nudge::new();
        let wait = Wait::new().polling(polling);
        let wait = if seed % 2 == 0 { wait.nudged_by(&nudge) } else { wait };
        let mut machine = WaitForJob::new(api(), JobId::from_static("7"))
            .settings(Settings::new().retry(policy()).seed(seed))
            .waiting(wait);
        let (outcome, sent) = trace(&mut machine, &mut random, 10 * MINUTE);
        assert!(sent.iter().all(|request| request == "GET /public/api/jobs/7"));
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
    let mut random = Random(0xE59);
    let (mut done, mut unknown) = (0, 0);
    for seed in 0..traces() {
        let wait = Wait::new().polling(Polling::default().with_deadline(10 * MINUTE));
        let mut machine = Export::new(api(), export_segment()).waiting(wait);
        let (outcome, sent) =
            trace(&mut machine, &mut Random(random.below(usize::MAX) as u64 | 1), 10 * MINUTE);
        let posts = sent.iter().filter(|request| request.starts_with("POST")).count();
        let lists = sent.iter().filter(|request| *request == "GET /public/api/jobs").count();
        assert!(posts <= 4, "seed {seed}: {sent:?}");
        match outcome {
            Ok(exported) => {
                done += 1;
                assert_eq!((exported.job.id().as_str(), lists), ("7", 0));
            }
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                unknown += 1;
                assert!((1..=4).contains(&lists), "listed once, with its retries: {sent:?}");
                assert_eq!(sent.last().unwrap(), "GET /public/api/jobs");
            }
            Err(_) => assert_eq!(lists, 0, "{sent:?}"),
        }
        assert_ended(machine, Duration::ZERO);
    }
    assert!(done > 100 && unknown > 100, "{done} done, {unknown} unknown");
}

/// Answers a machine's requests from a script, its sleeps at once; returns what it came to.
fn play<M: Machine>(
    mut machine: M,
    script: &[(u16, &'static str)],
) -> (Result<M::Output, Error>, Vec<Duration>) {
    let (mut now, mut pauses, mut event) = (Duration::ZERO, Vec::new(), Event::Start);
    let mut script = script.iter();
    let mut body = "";
    loop {
        event = match machine.step(now, event) {
            Err(error) => return (Err(error), pauses),
            Ok(Step::Done(output)) => return (Ok(output), pauses),
            Ok(Step::Send { .. }) => {
                let (status, text) = *script.next().expect("the script is long enough");
                body = text;
                Event::Head(http::Response::builder().status(status).body(()).unwrap().into_parts().0)
            }
            Ok(Step::Read { .. }) => Event::Body { bytes: body.into(), complete: true },
            Ok(Step::Sleep(pause)) => {
                now += pause;
                pauses.push(pause);
                Event::Woke
            }
            Ok(_) => panic!("an unknown step"),
        };
    }
}

/// Promise 27: the intervals grow, the deadline is kept to the second, and the error names the last status.
#[test]
fn an_unknown_status_counts_as_not_finished_until_the_deadline() {
    let polling = Polling::default()
        .with_interval(Duration::from_secs(4), Duration::from_secs(9))
        .with_deadline(Duration::from_secs(30));
    let wait = WaitForJob::new(api(), JobId::from_static("7")).waiting(Wait::new().polling(polling));
    let (outcome, pauses) = play(wait, &[(200, JOB_TEXTS[2]); 9]);
    assert_eq!(pauses, [4, 6, 9, 9, 2].map(Duration::from_secs));
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TimedOut, Sent::Answered));
    assert_eq!(error.to_string(), "get_job: job 7 still had status PAUSED after 6 answers in 30.0s");
}

/// Promise 27: a service that is out of reach for a while ends no wait; one that stays so ends it at the deadline,
/// with the cause.
#[test]
fn an_outage_is_waited_out() {
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let settings = Settings::new().retry(policy());
    let wait = || {
        let wait = WaitForJob::new(api(), JobId::from_static("7")).settings(settings);
        wait.waiting(Wait::new().polling(polling))
    };
    let mut outage = vec![(200, JOB_TEXTS[0])];
    outage.extend([(503, ""); 30]);
    outage.push((200, JOB_TEXTS[3]));
    assert_eq!(play(wait(), &outage).0.unwrap().status().as_str(), "COMPLETE");

    let error = play(wait(), &[(503, ""); 1000]).0.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TimedOut, Sent::Answered));
    assert!(error.to_string().starts_with("get_job: job 7 told no status after 0 answers in 600"), "{error}");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "get_job: the call was refused (status 503 Service Unavailable)");
}

/// Promise 27: the last question is asked when the deadline has passed, with all the time that a call may take.
#[test]
fn the_last_question_has_its_time() {
    let polling = Polling::default().with_deadline(Duration::from_secs(1));
    let mut wait = WaitForJob::new(api(), JobId::from_static("7")).waiting(Wait::new().polling(polling));
    let mut world = World::default();
    wait.step(world.now, Event::Start).unwrap();
    wait.step(world.now, world.event(Status(200, None), Duration::ZERO)).unwrap();
    let text = Event::Body { bytes: JOB_TEXTS[1].into(), complete: true };
    // The head took a second: the deadline has passed, and this was no last question.
    let Err(error) = wait.step(world.now, text) else { panic!() };
    assert_eq!(error.kind(), ErrorKind::TimedOut);

    let mut wait = WaitForJob::new(api(), JobId::from_static("7")).waiting(Wait::new().polling(polling));
    wait.step(Duration::ZERO, Event::Start).unwrap();
    let lost = Event::Failed(Failure::timed_out("scripted"));
    let Step::Sleep(pause) = wait.step(Duration::from_secs(2), lost).unwrap() else { panic!() };
    assert!(pause.is_zero());
    let Step::Send { timeouts, .. } = wait.step(Duration::from_secs(2), Event::Woke).unwrap() else {
        panic!()
    };
    assert_eq!(timeouts, useartisan::Timeouts::default());
    let error =
        wait.step(Duration::from_secs(9), Event::Failed(Failure::timed_out("again"))).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "get_job: job 7 told no status after 0 answers in 9.0s");
}

/// An observer is told each answer's status, how often was asked, and how long it has been.
#[test]
fn an_observer_is_told() {
    let (told, heard) = std::sync::mpsc::channel();
    let wait = Wait::new().observe(move |waiting| told.send(waiting.clone()).unwrap());
    let machine = WaitForJob::new(api(), JobId::from_static("7")).waiting(wait);
    let script = [(200, JOB_TEXTS[0]), (200, JOB_TEXTS[1]), (200, JOB_TEXTS[3])];
    assert!(play(machine, &script).0.is_ok());
    let told: Vec<_> = heard
        .iter()
        .map(|waiting| format!("{} {} {:?}", waiting.status, waiting.polls, waiting.elapsed))
        .collect();
    assert_eq!(told, ["QUEUED 1 0ns", "RUNNING 2 1s", "COMPLETE 3 2.5s"]);
}

/// A failed job comes with the error; one that is not there any more is an error of its own.
#[test]
fn a_job_that_failed_or_vanished_is_an_error_of_its_own() {
    let wait = || WaitForJob::new(api(), JobId::from_static("7"));
    let error = play(wait(), &[(200, JOB_TEXTS[1]), (200, JOB_TEXTS[4])]).0.unwrap_err();
    assert_eq!((error.kind(), error.job().unwrap().id().as_str()), (ErrorKind::JobFailed, "7"));
    assert_eq!(error.to_string(), "job 7 has status FAILED");
    for gone in [(404, ""), (200, JOB_TEXTS[5])] {
        let error = play(wait(), &[(200, JOB_TEXTS[1]), gone]).0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobVanished);
        assert!(error.to_string().starts_with("get_job: job 7 is not there any more (status "), "{error}");
    }
}

/// Promise 23: with an unknown outcome the jobs are listed once, the newest first, failed ones left out.
#[test]
fn an_unknown_outcome_names_the_candidates() {
    let list = r#"{"jobs":[
        {"id":"old","status":"COMPLETE","created_at":"2015-06-01T00:00:00Z"},
        {"id":"bad","status":"FAILED","created_at":"2015-06-19T00:00:00Z"},
        {"id":"new","status":"QUEUED","created_at":"2015-06-19T00:00:00Z"}]}"#;
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &[(502, "<html>"), (200, list)]);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::OutcomeUnknown, Sent::Maybe));
    let ids: Vec<_> = error.candidates().iter().map(JobId::as_str).collect();
    assert_eq!(ids, ["new", "old"]);
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &[(504, ""), (403, "")]);
    assert!(outcome.unwrap_err().candidates().is_empty());
    // A clear answer of the service's is no unknown outcome, and nothing is listed.
    let (outcome, _) =
        play(StartJob::new(api(), export_segment()), &[(400, r#"{"error":"no such segment"}"#)]);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Rejected);
}

/// The error after giving up says how many attempts, over how long, and keeps the last cause.
#[test]
fn giving_up_is_told() {
    let exchange = Exchange::new(api(), GetJob::new(JobId::from_static("7")))
        .settings(Settings::new().retry(policy()).seed(7));
    let (outcome, pauses) = play(exchange, &[(503, ""), (503, ""), (429, r#"{"error":"slow down"}"#)]);
    let error = outcome.unwrap_err();
    assert_eq!((error.attempts(), error.elapsed(), pauses.len()), (3, pauses.iter().sum(), 2));
    let told = error.to_string();
    assert!(
        told.starts_with("get_job: the call was refused (status 429 Too Many Requests) after 3 attempts in "),
        "{told}"
    );
    assert!(told.ends_with(": \"slow down\""), "{told}");
}

/// A nudge is heeded only where a wait listens, and one that came before is kept for it.
#[test]
fn a_nudge_is_not_heeded_right_after_an_answer() {
    let nudge = Nudge::new();
    let polling = Polling::default().with_interval(Duration::from_secs(4), Duration::from_secs(9));
    let wait = Wait::new().polling(polling).nudged_by(&nudge);
    let mut machine = WaitForJob::new(api(), JobId::from_static("7")).waiting(wait);
    let mut world = World::default();
    let mut answer = |machine: &mut WaitForJob| {
        let head = world.event(Status(200, None), Duration::ZERO);
        machine.step(world.now, head).unwrap();
        let Step::Sleep(pause) = machine.step(world.now, world_text()).unwrap() else { panic!() };
        pause
    };
    fn world_text() -> Event {
        Event::Body { bytes: JOB_TEXTS[1].into(), complete: true }
    }
    machine.step(Duration::ZERO, Event::Start).unwrap();
    // The first interval is all deaf, then there is nothing left to listen in.
    assert_eq!(answer(&mut machine), Duration::from_secs(4));
    assert!(machine.nudge().is_none());
    let Step::Sleep(rest) = machine.step(Duration::from_secs(5), Event::Woke).unwrap() else { panic!() };
    assert!(rest.is_zero() && machine.nudge().is_some());
    assert!(matches!(machine.step(Duration::from_secs(5), Event::Woke), Ok(Step::Send { .. })));
    assert_eq!(answer(&mut machine), Duration::from_secs(4));
    let Step::Sleep(rest) = machine.step(Duration::from_secs(10), Event::Woke).unwrap() else { panic!() };
    assert_eq!(rest, Duration::from_secs(2));
    assert!(machine.nudge().is_some());
}
