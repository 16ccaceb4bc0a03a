//! Random traces of waits and exports, compared with a second statement of the rules.

use super::*;

/// A request, its outcome, and its time on a clock that never goes back.
#[derive(Debug)]
struct Asked {
    request: String,
    head: Choice,
    body: Option<Choice>,
    at: Duration,
}

/// Drives a machine by random events until it ends. Returns its end and its requests. No sleep may pass `deadline`.
fn trace<M: Machine>(
    machine: &mut M,
    random: &mut Rng,
    deadline: Duration,
) -> (Result<M::Output, Error>, Vec<Asked>) {
    let mut world = World::default();
    let (mut asked, mut event) = (Vec::<Asked>::new(), Event::Start);
    let (mut last, mut elapsed) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..100_000 {
        let (choice, slept) = match machine.step(world.now, event) {
            Err(error) => return (Err(error), asked),
            Ok(Step::Done(output)) => return (Ok(output), asked),
            Ok(Step::Send { request, .. }) => {
                // Mostly good outcomes, so that traces are long.
                let index = if random.usize(..8) == 0 { random.usize(..AFTER_SEND.len()) } else { 0 };
                let (request, head) =
                    (format!("{} {}", request.method(), request.uri().path()), AFTER_SEND[index]);
                asked.push(Asked { request, head, body: None, at: elapsed });
                (head, Duration::ZERO)
            }
            Ok(Step::Read { .. }) => {
                let body = match random.usize(..10) {
                    0 => AFTER_READ[random.usize(..AFTER_READ.len())],
                    _ => Text(JOB_TEXTS[random.usize(..60).min(random.usize(..6))], true),
                };
                asked.last_mut().unwrap().body = Some(body);
                (body, Duration::ZERO)
            }
            Ok(Step::Sleep(duration)) => {
                assert!(
                    duration.is_zero() || elapsed + duration <= deadline,
                    "sleeps {duration:?} after {elapsed:?}"
                );
                let index = if random.usize(..10) == 0 { random.usize(..AFTER_SLEEP.len()) } else { 0 };
                (AFTER_SLEEP[index], duration)
            }
        };
        event = world.event(choice, slept);
        elapsed += world.now.saturating_sub(last);
        last = world.now;
        if let (Some(asked), Status(..) | Text(..) | Failed(_)) = (asked.last_mut(), choice) {
            asked.at = elapsed;
        }
    }
    panic!("no end after 100,000 events");
}

/// What the answer to a poll means for its wait, by an independent statement of the rules.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Poll {
    Complete,
    Failed,
    Unfinished,
    Outage,
    Refusal,
}

fn poll(asked: &Asked) -> Poll {
    match (asked.head, asked.body) {
        (Failed(_), _) | (Status(429 | 502 | 503 | 524 | 408, _), _) => Poll::Outage,
        (Status(200, _), Some(Failed(_))) => Poll::Outage,
        (Status(200, _), Some(Text(text, true))) => match JOB_TEXTS.iter().position(|known| *known == text) {
            Some(3) => Poll::Complete,
            Some(4) => Poll::Failed,
            Some(0..=2) => Poll::Unfinished,
            _ => Poll::Refusal,
        },
        (Status(500, _), Some(Text(text, true))) if text.contains(r#""success":false"#) => Poll::Refusal,
        (Status(500, _), _) => Poll::Outage,
        _ => Poll::Refusal,
    }
}

/// The kind of error of a poll without a status, if it ends the wait.
fn kind(asked: &Asked) -> ErrorKind {
    let absent = |text: &str| text.contains("does not exist");
    match (asked.head, asked.body) {
        (Failed(TransportErrorKind::TimedOut), _) => ErrorKind::TimedOut,
        (Failed(TransportErrorKind::Other), _) => ErrorKind::Backend,
        (Failed(_), _) | (Status(200, _), Some(Failed(_))) => ErrorKind::Transport,
        (Status(302, _), _) => ErrorKind::Redirect,
        (Status(200 | 500, _), Some(Text(text, true))) if absent(text) => ErrorKind::JobVanished,
        (Status(200, _), Some(Text(REFUSED, true))) => ErrorKind::Rejected,
        (Status(200, _), Some(Text(_, true))) => ErrorKind::UnexpectedBody,
        (Status(200, _), _) => ErrorKind::Limit,
        // The service's own 404, not a proxy's.
        (Status(404, _), Some(Text("", _))) => ErrorKind::JobVanished,
        (Status(404, _), Some(Text(text, true)))
            if text == OWN || text.contains("_id") || text.contains(r#""success":false"#) =>
        {
            ErrorKind::JobVanished
        }
        (Status(401 | 403, _), _) => ErrorKind::AccessDenied,
        _ => ErrorKind::Rejected,
    }
}

/// Promise 27: compares the end of a wait with the rules. Each poll has one attempt. The end must be neither early nor late.
fn assert_timely<T>(outcome: &Result<T, Error>, polls: &[Asked], mut known: bool, deadline: Duration) {
    const SPAN: Duration = Duration::from_secs(60);
    let mut row: Vec<Duration> = Vec::new();
    let mut ends = None;
    for (index, asked) in polls.iter().enumerate() {
        let poll = poll(asked);
        match poll {
            Poll::Refusal => row.push(asked.at),
            _ => row.clear(),
        }
        let refused = row.len() >= 3 && asked.at - row[0] >= SPAN;
        ends = match poll {
            Poll::Complete => Some(None),
            Poll::Failed => Some(Some(ErrorKind::JobFailed)),
            Poll::Outage | Poll::Refusal if !known => Some(Some(kind(asked))),
            Poll::Refusal if refused => Some(Some(kind(asked))),
            _ => None,
        };
        known |= poll == Poll::Unfinished;
        assert!(ends.is_none() || index + 1 == polls.len(), "goes on after its end: {polls:?}");
    }
    match ends {
        Some(kind) => assert_eq!(outcome.as_ref().err().map(Error::kind), kind, "{polls:?}"),
        None => {
            let error = outcome.as_ref().err().expect("an end without a job is an error");
            assert_eq!(error.kind(), ErrorKind::TimedOut, "ends early: {error}: {polls:?}");
            assert!(polls.last().unwrap().at >= deadline, "ends before its deadline: {polls:?}");
        }
    }
    let late = polls.iter().rev().skip(1).filter(|asked| asked.at >= deadline + Duration::from_secs(2));
    assert!(late.count() <= 1, "goes on after its deadline: {polls:?}");
}

/// Promise 27: a wait always ends in one of its ways, neither early nor late.
#[test]
fn waiting_ends_in_random_traces() {
    let mut random = Rng::with_seed(0x5EED);
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let (mut complete, mut kinds) = (0, std::collections::HashMap::new());
    for seed in 0..cases(20_000, 1_000_000) as u64 {
        let mut machine =
            WaitForJob::new(api(), JobId::from_static("7")).options(options(seed)).polling(polling);
        if seed % 2 == 0 {
            machine = machine.notified_by(&JobNotifier::new());
        }
        let tried_once = seed % 3 != 0;
        if tried_once {
            machine = machine.options(CallOptions::from(Retry::none()).with_seed(seed));
        }
        let (outcome, asked) = trace(&mut machine, &mut random, 10 * MINUTE);
        assert!(asked.iter().all(|asked| asked.request == "GET /public/api/jobs/7"));
        if tried_once {
            assert_timely(&outcome, &asked, false, 10 * MINUTE);
        }
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

/// Promises 23 and 27: an export ends, starts its job at most once after bytes may have left, and then asks only for that job.
#[test]
fn an_export_ends_in_random_traces_and_starts_once() {
    let mut random = Rng::with_seed(0xE59);
    let (mut done, mut unknown) = (0, 0);
    let polling = Polling::default().with_deadline(10 * MINUTE);
    for seed in 0..cases(20_000, 1_000_000) as u64 {
        let mut machine = Export::new(api(), export_segment())
            .options(CallOptions::from(Retry::none()).with_seed(seed))
            .polling(polling);
        if seed % 3 == 0 {
            machine = machine.options(options(seed));
        }
        // Its start and its wait have separate deadlines, which are tested elsewhere.
        let (outcome, asked) = trace(&mut machine, &mut random, Duration::MAX);
        let starts = asked.iter().take_while(|asked| asked.request.starts_with("POST")).count();
        let (posts, polls) = asked.split_at(starts);
        let (_, repeated) = posts.split_last().unwrap();
        assert!(
            repeated.iter().all(|post| post.head == Failed(TransportErrorKind::NotSent)),
            "seed {seed}: {asked:?}"
        );
        assert!(polls.iter().all(|poll| poll.request == "GET /public/api/jobs/7"), "seed {seed}: {asked:?}");
        if seed % 3 != 0 && !polls.is_empty() {
            let began = posts.last().unwrap().at;
            assert_timely(&outcome, polls, true, began + 10 * MINUTE);
        }
        match outcome {
            Ok(job) => {
                done += 1;
                assert_eq!(job.id().as_str(), "7");
            }
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                unknown += 1;
                assert!(polls.is_empty(), "nothing is asked after it: {asked:?}");
            }
            Err(error) => assert_eq!(error.job_id().is_some(), !polls.is_empty(), "{asked:?}"),
        }
        assert_ended(machine, Duration::ZERO);
    }
    assert!(done > 100 && unknown > 100, "{done} done, {unknown} unknown");
}
