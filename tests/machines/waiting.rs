//! Promises 23, 26 and 27, scripted: how jobs are waited for and started, and how giving up is told.

mod ends;

use std::time::Duration;

use useartisan::machine::{Event, Exchange, Export, Machine, Nudge, Settings, StartJob, Step, WaitForJob};
use useartisan::{
    DownloadJob, Error, ErrorKind, Failure, GetJob, JobId, OpenDownload, Polling, Retry, Sent, Timeouts, Wait,
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
                head(status)
            }
            Ok(Step::Read { .. }) => text(body),
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
    assert_eq!(
        error.to_string(),
        "get_job: job 7 still had status PAUSED when the deadline of the wait passed after 6 attempts in 30.0s"
    );
}

/// Promise 27: a service that is out of reach for a while ends no wait; one that stays so ends it at the deadline,
/// with the cause.
#[test]
fn an_outage_is_waited_out() {
    let polling = Polling::default().with_deadline(10 * MINUTE);
    let settings = CallOptions::default().with_retry(policy());
    let wait = || {
        let wait = WaitForJob::new(api(), JobId::from_static("7")).options(settings);
        wait.waiting(Wait::new().polling(polling))
    };
    let mut outage = vec![(200, JOB_TEXTS[0])];
    outage.extend([(503, ""); 30]);
    outage.push((200, JOB_TEXTS[3]));
    assert_eq!(play(wait(), &outage).0.unwrap().status().as_str(), "COMPLETE");

    let error = play(wait(), &[(503, ""); 1000]).0.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TimedOut, Sent::Answered));
    assert!(
        error.to_string().starts_with("get_job: job 7 told no status when the deadline of the wait passed"),
        "{error}"
    );
    assert!(error.elapsed() >= 10 * MINUTE);
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "get_job: the call was refused (status 503 Service Unavailable)");
}

/// Promise 27: the last question is asked when the deadline has passed, with all the time that a call may take.
#[test]
fn the_last_question_has_its_time() {
    let polling = Polling::default().with_deadline(Duration::from_secs(1));
    let mut wait = WaitForJob::new(api(), JobId::from_static("7")).waiting(Wait::new().polling(polling));
    wait.step(Duration::ZERO, Event::Start).unwrap();
    wait.step(Duration::from_secs(1), head(200)).unwrap();
    // The head took a second: the deadline has passed, and this was no last question.
    let Err(error) = wait.step(Duration::from_secs(1), text(JOB_TEXTS[1])) else { panic!() };
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
    assert_eq!(error.to_string(), "get_job: job 7 told no status when the deadline of the wait passed");
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
    assert_eq!(error.to_string(), "get_job: job 7 has status FAILED after 2 attempts in 1.0s");
    assert_eq!((error.job_id().unwrap().as_str(), error.elapsed()), ("7", Duration::from_secs(1)));
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
    let ids: Vec<_> = error.candidates().unwrap().iter().map(JobId::as_str).collect();
    assert_eq!(ids, ["new", "old"]);
    // That they could not be listed is no empty list.
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &[(504, ""), (403, "")]);
    let error = outcome.unwrap_err();
    assert!(error.candidates().is_none());
    assert!(
        error.to_string().contains("the jobs could not be listed: list_jobs: the call was refused"),
        "{error}"
    );
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &[(504, ""), (200, r#"{"jobs":[]}"#)]);
    let error = outcome.unwrap_err();
    assert!(
        error.candidates().unwrap().is_empty() && error.to_string().contains("0 jobs may be it"),
        "{error}"
    );
    // Nor is an answer under 2xx clear that cannot be read.
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &[(200, "<html>"), (200, list)]);
    assert_eq!(outcome.unwrap_err().candidates().unwrap().len(), 2);
    // A clear answer of the service's is no unknown outcome, and nothing is listed.
    let refused = [(200, r#"{"success":false,"error":"no such segment"}"#)];
    let (outcome, _) = play(StartJob::new(api(), export_segment()), &refused);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Rejected);
    // Nor is anything listed where the request never left.
    for (failure, listed) in [(Failure::not_sent("refused"), false), (Failure::interrupted("reset"), true)] {
        let mut start = StartJob::new(api(), export_segment()).options(CallOptions::default().with_retry(Retry::none()));
        start.step(Duration::ZERO, Event::Start).unwrap();
        assert_eq!(start.step(Duration::ZERO, Event::Failed(failure)).is_ok(), listed);
    }
    let (outcome, _) =
        play(StartJob::new(api(), export_segment()), &[(400, r#"{"error":"no such segment"}"#)]);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Rejected);
}

/// The error after giving up says how many attempts, over how long, and keeps the last cause.
#[test]
fn giving_up_is_told() {
    let exchange = Exchange::new(api(), GetJob::new(JobId::from_static("7")))
        .options(CallOptions::default().with_retry(policy()).with_seed(7));
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
    fn answer(machine: &mut WaitForJob, now: Duration) -> Duration {
        machine.step(now, head(200)).unwrap();
        let Step::Sleep(pause) = machine.step(now, text(JOB_TEXTS[1])).unwrap() else { panic!() };
        pause
    }
    let second = Duration::from_secs;
    let nudge = Nudge::new();
    let polling = Polling::default().with_interval(second(4), second(9));
    let wait = Wait::new().polling(polling).nudged_by(&nudge);
    let mut machine = WaitForJob::new(api(), JobId::from_static("7")).waiting(wait);
    machine.step(Duration::ZERO, Event::Start).unwrap();
    // The first interval is all deaf, then there is nothing left to listen in.
    assert_eq!(answer(&mut machine, second(1)), second(4));
    assert!(machine.nudge().is_none());
    let Step::Sleep(rest) = machine.step(second(5), Event::Woke).unwrap() else { panic!() };
    assert!(rest.is_zero() && machine.nudge().is_some());
    assert!(matches!(machine.step(second(5), Event::Woke), Ok(Step::Send { .. })));
    assert_eq!(answer(&mut machine, second(6)), second(4));
    let Step::Sleep(rest) = machine.step(second(10), Event::Woke).unwrap() else { panic!() };
    assert_eq!(rest, second(2));
    assert!(machine.nudge().is_some());
}

/// Promise 24: a wait obeys what the service asks for between two questions as well.
#[test]
fn a_wait_obeys_retry_after() {
    let mut wait =
        WaitForJob::new(api(), JobId::from_static("7")).options(CallOptions::default().with_retry(Retry::none()));
    wait.step(Duration::ZERO, Event::Start).unwrap();
    let busy = http::Response::builder().status(503).header("retry-after", "30").body(()).unwrap();
    wait.step(Duration::ZERO, Event::Head(busy.into_parts().0)).unwrap();
    let Step::Sleep(pause) = wait.step(Duration::ZERO, text("")).unwrap() else { panic!() };
    assert_eq!(pause, Duration::from_secs(30));
}

/// A poll interval of nothing is no flood.
#[test]
fn an_interval_has_a_floor() {
    let polling = Polling::default()
        .with_interval(Duration::ZERO, Duration::ZERO)
        .with_deadline(Duration::from_secs(1));
    let wait = WaitForJob::new(api(), JobId::from_static("7")).waiting(Wait::new().polling(polling));
    let (_, pauses) = play(wait, &[(200, JOB_TEXTS[1]); 20]);
    assert_eq!(pauses, [Duration::from_millis(100); 10]);
}

/// An answer about another job is none: its result would be another's.
#[test]
fn another_jobs_answer_ends_a_wait() {
    let wait = WaitForJob::new(api(), JobId::from_static("7"));
    let error = play(wait, &[(200, r#"{"_id":"8","status":"COMPLETE"}"#)]).0.unwrap_err();
    assert_eq!((error.kind(), error.job_id().unwrap().as_str()), (ErrorKind::UnexpectedBody, "7"));
}

/// Promise 23: an error after the start of a job has its id, and says that the start was answered.
#[test]
fn an_error_after_the_start_has_the_jobs_id() {
    let script = [(200, r#"{"job":"7"}"#), (200, JOB_TEXTS[3]), (403, "")];
    for length in 2..=3 {
        let mut script = script[..length].to_vec();
        script[length - 1] = (403, "");
        let error = play(Export::new(api(), export_segment()), &script).0.unwrap_err();
        assert_eq!((error.job_id().unwrap().as_str(), error.sent()), ("7", Sent::Answered), "{error}");
    }
    let mut export = Export::new(api(), export_segment());
    export.step(Duration::ZERO, Event::Start).unwrap();
    export.step(Duration::ZERO, head(200)).unwrap();
    export.step(Duration::ZERO, text(r#"{"job":"7"}"#)).unwrap();
    export.step(Duration::ZERO, head(200)).unwrap();
    export.step(Duration::ZERO, text(JOB_TEXTS[3])).unwrap();
    // The download cannot connect, until its retries are used up.
    let error = loop {
        match export.step(Duration::ZERO, Event::Failed(Failure::not_sent("no route"))) {
            Ok(Step::Sleep(_)) => drop(export.step(Duration::ZERO, Event::Woke).unwrap()),
            Ok(step) => panic!("{step:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!((error.job_id().unwrap().as_str(), error.sent()), ("7", Sent::Answered));
}

/// A redirect's hops share the attempt's time.
#[test]
fn hops_share_the_time_of_an_attempt() {
    let timeouts = Timeouts::default().with_head(Duration::from_secs(30)).with_total(Duration::from_secs(40));
    let open = OpenDownload::new(DownloadJob::new(JobId::from_static("7")));
    let mut exchange = Exchange::new(api(), open).options(CallOptions::default().with_download_timeouts(timeouts));
    exchange.step(Duration::ZERO, Event::Start).unwrap();
    let moved = http::Response::builder().status(302).header("location", "/x").body(()).unwrap();
    let moved = Event::Head(moved.into_parts().0);
    let Step::Send { timeouts, .. } = exchange.step(Duration::from_secs(25), moved).unwrap() else {
        panic!()
    };
    assert_eq!((timeouts.head, timeouts.total), (Duration::from_secs(5), Duration::from_secs(15)));
}
