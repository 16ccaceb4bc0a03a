//! Promises 23, 26 and 27 by scripts: how jobs are started and waited for, and how a machine gives up.

mod ends;
mod exchanges;
mod observed;

use std::cell::Cell;
use std::time::Duration;

use useartisan::machine::{Event, Exchange, Export, Machine, Step, WaitForJob};
use useartisan::{
    CallOptions, DownloadJob, Error, ErrorKind, GetJob, JobId, JobNotifier, Polling, Retry, Sent, Timeouts,
    TransportError,
};

use crate::{JOB_TEXTS, MINUTE, api, export_segment};

fn policy() -> Retry {
    Retry::default().with_attempts(3).with_deadline(Duration::from_secs(100))
}

fn head(status: u16) -> Event {
    Event::Head(http::Response::builder().status(status).body(()).unwrap().into_parts().0)
}

fn text(body: &'static str) -> Event {
    Event::Body { bytes: body.into(), complete: true }
}

/// Answers a machine's requests from a script, and its sleeps at once. Returns its end and its pauses.
fn play<M: Machine>(machine: M, script: &[(u16, &'static str)]) -> (Result<M::Output, Error>, Vec<Duration>) {
    play_counted(machine, script, &Cell::default())
}

/// The same, with the number of its requests.
fn play_counted<M: Machine>(
    mut machine: M,
    script: &[(u16, &'static str)],
    sent: &Cell<usize>,
) -> (Result<M::Output, Error>, Vec<Duration>) {
    let (mut now, mut pauses, mut event) = (Duration::ZERO, Vec::new(), Event::Start);
    let mut script = script.iter();
    let mut body = "";
    loop {
        event = match machine.step(now, event) {
            Err(error) => return (Err(error), pauses),
            Ok(Step::Done(output)) => return (Ok(output), pauses),
            Ok(Step::Send { .. }) => {
                sent.set(sent.get() + 1);
                let (status, text) = *script.next().expect("the script is long enough");
                body = text;
                head(status)
            }
            Ok(Step::Read { .. }) => text(body),
            Ok(Step::Sleep(pause)) => {
                now += pause;
                pauses.push(pause);
                Event::Woke
            }
        };
    }
}

/// A wait for the job of [`JOB_TEXTS`].
fn waiting() -> WaitForJob {
    WaitForJob::new(api(), JobId::from_static("7"))
}

/// Promise 27: the intervals grow, each pause is at least half of its interval, the deadline is kept to the second, and the error
/// has the last status.
#[test]
fn an_unknown_status_counts_as_not_finished_until_the_deadline() {
    let polling = Polling::default()
        .with_interval(Duration::from_secs(4), Duration::from_secs(9))
        .with_deadline(Duration::from_secs(30));
    let (outcome, pauses) = play(waiting().polling(polling), &[(200, JOB_TEXTS[2]); 12]);
    assert_eq!(pauses.iter().sum::<Duration>(), Duration::from_secs(30));
    let (_, before) = pauses.split_last().unwrap();
    let intervals = [4, 6, 9, 9, 9, 9, 9, 9].map(Duration::from_secs);
    for (pause, interval) in before.iter().zip(intervals) {
        assert!(interval / 2 <= *pause && *pause <= interval, "{pause:?} of {interval:?}");
    }
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TimedOut, Sent::Answered));
    let polls = pauses.len() + 1;
    assert_eq!(
        error.to_string(),
        format!(
            "get_job: job 7 still had status PAUSED when the deadline of the wait passed after {polls} attempts in 30.0s"
        )
    );
}

/// W7: of 2,000 waits that begin together, at most a fiftieth poll in the same hundredth of a second at their tenth poll.
#[test]
fn waits_that_began_together_do_not_poll_together() {
    let mut slots = std::collections::HashMap::new();
    for seed in 0..2000 {
        let wait = waiting().options(CallOptions::default().with_seed(seed));
        let (_, pauses) = play(wait, &[&[(200, JOB_TEXTS[1]); 10][..], &[(200, JOB_TEXTS[3])]].concat());
        let tenth: Duration = pauses.iter().take(9).sum();
        *slots.entry(tenth.as_millis() / 10).or_insert(0_u32) += 1;
    }
    assert!(slots.values().all(|polls| *polls <= 40), "{slots:?}");
}

/// Answers to a poll that are not a status: an unreachable service, and answers from somebody else.
const OUTAGES: [(u16, &str); 9] = [
    (500, r#"{"error":"no memory"}"#),
    (500, "<html>"),
    (502, ""),
    (503, ""),
    (504, r#"{"message":"Endpoint request timed out"}"#),
    (524, "<html>"),
    (408, ""),
    (429, r#"{"error":"slow down"}"#),
    (499, ""),
];
const REFUSALS: [(u16, &str); 9] = [
    (404, r#"{"success":false,"error":"Could not find job"}"#),
    (200, JOB_TEXTS[5]),
    (404, "<html>"),
    (403, "<html>"),
    (400, r#"{"error":"no"}"#),
    (200, "<html>"),
    (200, r#"{"_id":"7","sta"#),
    (200, r#"{"_id":"8","status":"COMPLETE"}"#),
    (302, ""),
];

/// W2, promise 27: once a wait knows its job, only COMPLETE and FAILED end it at once.
#[test]
fn one_answer_ends_no_wait_that_knows_its_job() {
    for answer in OUTAGES.into_iter().chain(REFUSALS) {
        let wait = waiting().options(Retry::none());
        let script = [(200, JOB_TEXTS[1]), answer, (200, JOB_TEXTS[3])];
        let job = play(wait, &script).0.unwrap_or_else(|error| panic!("{answer:?}: {error}"));
        assert_eq!(job.status().as_str(), "COMPLETE");
    }
}

/// W1, promise 27: a started job is known, before any answer about it.
#[test]
fn an_early_refusal_ends_no_export() {
    for answer in OUTAGES.into_iter().chain(REFUSALS) {
        let export = Export::new(api(), export_segment()).options(Retry::none());
        let script = [(200, JOB_TEXTS[0]), answer, (200, JOB_TEXTS[3])];
        let job = play(export, &script).0.unwrap_or_else(|error| panic!("{answer:?}: {error}"));
        assert_eq!(job.status().as_str(), "COMPLETE");
    }
}

/// W1: the same for a job that the caller declares known.
#[test]
fn a_wait_of_a_known_job_is_patient_from_its_start() {
    for answer in OUTAGES.into_iter().chain(REFUSALS) {
        let (sender, receiver) = std::sync::mpsc::channel();
        let wait = waiting().just_started().options(Retry::none()).on_progress(move |progress| {
            sender.send((progress.polls, progress.status.is_some(), progress.error.is_some())).unwrap();
        });
        play(wait, &[answer, (200, JOB_TEXTS[3])]).0.unwrap();
        let seen: Vec<_> = receiver.iter().collect();
        assert_eq!(seen, [(0, false, false), (1, false, true), (2, true, false)], "{answer:?}");
    }
}

/// Before its first good answer, a wait is as strict as any call.
#[test]
fn a_wait_that_does_not_know_its_job_is_strict() {
    for answer in OUTAGES.into_iter().chain(REFUSALS) {
        let error = play(waiting().options(Retry::none()), &[answer]).0.unwrap_err();
        assert_eq!((error.job_id().unwrap().as_str(), error.attempts()), ("7", 1), "{answer:?}: {error}");
        assert_ne!(error.kind(), ErrorKind::TimedOut, "{answer:?}: {error}");
    }
}

/// Promise 27: refusals end a wait after the policy's number in a row, over the policy's span.
#[test]
fn refusals_must_come_again() {
    let second = Duration::from_secs;
    let (running, gone, html) = ((200, JOB_TEXTS[1]), REFUSALS[0], (403, "<html>"));
    for (polling, script, polls) in [
        // By default three of any kind, over at least a minute.
        (Polling::default(), [&[running][..], &[gone; 40]].concat(), 4..40),
        (Polling::default().with_refusals(3, second(0)), vec![running, html, html, gone], 4..5),
        (Polling::default().with_refusals(0, second(0)), vec![running, gone], 2..3),
        // A status or an outage in between starts the count again.
        (Polling::default().with_refusals(2, second(0)), vec![running, gone, running, gone, gone], 5..6),
        (Polling::default().with_refusals(2, second(0)), vec![running, gone, (502, ""), gone, gone], 5..6),
    ] {
        let asked = Cell::default();
        let wait = waiting().polling(polling).options(Retry::none());
        let (outcome, pauses) = play_counted(wait, &script, &asked);
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobVanished, "{polling:?}: {error}");
        assert!(error.to_string().starts_with("get_job: job 7 is not there (status "), "{error}");
        assert!(polls.contains(&asked.get()), "{polling:?}: {} polls", asked.get());
        let span: Duration = pauses.iter().skip(1).sum();
        assert!(span >= polling.refusal_span, "{polling:?}: {span:?}");
    }
    // The error is about the last refusal, and the observer sees that one too.
    let polling = Polling::default().with_refusals(2, second(0));
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let polls = std::sync::Arc::clone(&seen);
    let wait = waiting().polling(polling).on_progress(move |progress| {
        polls.store(progress.polls, std::sync::atomic::Ordering::Relaxed);
    });
    let error = play(wait, &[running, gone, html]).0.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::AccessDenied, 403));
    assert_eq!((error.attempts(), seen.load(std::sync::atomic::Ordering::Relaxed)), (3, 3));
    assert_eq!(error.body(), html.1.as_bytes(), "what it keeps of the answer");
}

/// Promise 27: an outage does not end a wait before its deadline. The error then has the cause.
#[test]
fn an_outage_is_waited_out() {
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let wait = || waiting().options(policy()).polling(polling);
    let mut outage = vec![(200, JOB_TEXTS[0])];
    outage.extend([(503, ""); 30]);
    outage.push((200, JOB_TEXTS[3]));
    assert_eq!(play(wait(), &outage).0.unwrap().status().as_str(), "COMPLETE");

    let outage = [&[(200, JOB_TEXTS[0])][..], &[(503, ""); 1000]].concat();
    let error = play(wait(), &outage).0.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TimedOut, Sent::Answered));
    assert!(
        error
            .to_string()
            .starts_with("get_job: job 7 still had status QUEUED when the deadline of the wait passed"),
        "{error}"
    );
    assert!(error.elapsed() >= 10 * MINUTE);
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "get_job: the call was refused (status 503 Service Unavailable)");
}

/// Promise 27: the last poll is made when the deadline has passed, with the full time of a call.
#[test]
fn the_last_question_has_its_time() {
    let polling = Polling::default().with_deadline(Duration::from_secs(1));
    let mut wait = waiting().polling(polling);
    wait.step(Duration::ZERO, Event::Start).unwrap();
    wait.step(Duration::from_secs(1), head(200)).unwrap();
    // The head took a second, so the deadline has passed, but this was not the last poll.
    let Err(error) = wait.step(Duration::from_secs(1), text(JOB_TEXTS[1])) else { panic!() };
    assert_eq!(error.kind(), ErrorKind::TimedOut);

    let mut wait = waiting().polling(polling).options(Retry::none());
    wait.step(Duration::ZERO, Event::Start).unwrap();
    wait.step(Duration::ZERO, head(200)).unwrap();
    let Step::Sleep(pause) = wait.step(Duration::ZERO, text(JOB_TEXTS[1])).unwrap() else { panic!() };
    wait.step(pause, Event::Woke).unwrap();
    let lost = Event::Failed(TransportError::timed_out("scripted"));
    let Step::Sleep(pause) = wait.step(Duration::from_secs(2), lost).unwrap() else { panic!() };
    assert!(pause.is_zero());
    let Step::Send { timeouts, .. } = wait.step(Duration::from_secs(2), Event::Woke).unwrap() else {
        panic!()
    };
    assert_eq!(timeouts, useartisan::Timeouts::default());
    let error = wait
        .step(Duration::from_secs(9), Event::Failed(TransportError::timed_out("again")))
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "get_job: job 7 still had status RUNNING when the deadline of the wait passed after 3 attempts in 9.0s"
    );
    let cause = std::error::Error::source(&error).and_then(std::error::Error::source).unwrap();
    assert_eq!(cause.to_string(), "again");
}

/// Promise 24: a wait obeys `Retry-After` between two polls, too.
#[test]
fn a_wait_obeys_retry_after() {
    let mut wait = waiting().options(Retry::none());
    wait.step(Duration::ZERO, Event::Start).unwrap();
    wait.step(Duration::ZERO, head(200)).unwrap();
    let Step::Sleep(pause) = wait.step(Duration::ZERO, text(JOB_TEXTS[1])).unwrap() else { panic!() };
    wait.step(pause, Event::Woke).unwrap();
    let mut now = pause;
    // At most a minute is obeyed. Up to an interval is added, so that not all waits return together.
    for (header, asked) in [("30", 30), ("3600", 60)] {
        let busy = http::Response::builder().status(503).header("retry-after", header).body(()).unwrap();
        wait.step(now, Event::Head(busy.into_parts().0)).unwrap();
        let Step::Sleep(pause) = wait.step(now, text("")).unwrap() else { panic!() };
        let seconds = Duration::from_secs(asked);
        assert!(seconds <= pause && pause <= seconds + Duration::from_secs(1), "{pause:?}");
        now += pause;
        wait.step(now, Event::Woke).unwrap();
    }
}

/// A poll interval of zero does not flood the service.
#[test]
fn an_interval_has_a_floor() {
    let polling = Polling::default()
        .with_interval(Duration::ZERO, Duration::ZERO)
        .with_deadline(Duration::from_secs(1));
    let (_, pauses) = play(waiting().polling(polling), &[(200, JOB_TEXTS[1]); 20]);
    assert_eq!(pauses, [Duration::from_millis(100); 10]);
}

/// An answer about another job does not count.
#[test]
fn another_jobs_answer_ends_a_wait() {
    let wait = WaitForJob::new(api(), JobId::from_static("7"));
    let error = play(wait, &[(200, r#"{"_id":"8","status":"COMPLETE"}"#)]).0.unwrap_err();
    assert_eq!((error.kind(), error.job_id().unwrap().as_str()), (ErrorKind::UnexpectedBody, "7"));
}

/// Promise 23: an error after the start of a job has the job's id, and says that the start was answered.
#[test]
fn an_error_after_the_start_has_the_jobs_id() {
    let export = || {
        let polling = Polling::default().with_refusals(1, Duration::ZERO).with_deadline(MINUTE);
        Export::new(api(), export_segment()).polling(polling)
    };
    let error = play(export(), &[(200, JOB_TEXTS[0]), (403, "")]).0.unwrap_err();
    assert_eq!((error.job_id().unwrap().as_str(), error.sent()), ("7", Sent::Answered), "{error}");
    let mut export = export();
    export.step(Duration::ZERO, Event::Start).unwrap();
    export.step(Duration::ZERO, head(200)).unwrap();
    let mut now = Duration::ZERO;
    let mut step = export.step(now, text(r#"{"job":"7"}"#));
    // The wait cannot connect until its deadline.
    let error = loop {
        step = match step {
            Ok(Step::Sleep(pause)) => {
                now += pause;
                export.step(now, Event::Woke)
            }
            Ok(Step::Send { .. }) => export.step(now, Event::Failed(TransportError::not_sent("no route"))),
            Ok(step) => panic!("{step:?}"),
            Err(error) => break error,
        };
    };
    assert_eq!((error.job_id().unwrap().as_str(), error.sent()), ("7", Sent::Answered));
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}
