//! What the caller sees of a wait: each poll, its failure, and the effect of a notification.

use super::*;

/// An observer sees each poll: the last status, the number of polls, the time, and what went wrong.
#[test]
fn an_observer_sees_every_poll() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let wait = waiting().options(Retry::none()).on_progress(move |progress| {
        let failed = progress.error.and_then(Error::status).map(|status| status.as_u16());
        let status = progress.status.unwrap().to_string();
        assert_eq!(progress.job.as_str(), "7");
        sender.send((status, progress.polls, progress.elapsed, failed)).unwrap();
    });
    let script = [(200, JOB_TEXTS[0]), (500, ""), (200, JOB_TEXTS[1]), (200, JOB_TEXTS[3])];
    let (outcome, pauses) = play(wait, &script);
    outcome.unwrap();
    let elapsed: Vec<Duration> = (0..4).map(|polls| pauses.iter().take(polls).sum()).collect();
    let seen: Vec<_> = receiver.iter().collect();
    let expected = [("QUEUED", None), ("QUEUED", Some(500)), ("RUNNING", None), ("COMPLETE", None)];
    for (index, (status, failed)) in expected.into_iter().enumerate() {
        assert_eq!(seen[index], (status.to_owned(), index as u32 + 1, elapsed[index], failed));
    }
    assert_eq!(seen.len(), 4);
}

/// The error of a failed job has the job. A missing job is an error of its own.
#[test]
fn a_job_that_failed_or_vanished_is_an_error_of_its_own() {
    let (outcome, pauses) = play(waiting(), &[(200, JOB_TEXTS[1]), (200, JOB_TEXTS[4])]);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.job().unwrap().id().as_str()), (ErrorKind::JobFailed, "7"));
    assert!(
        error.to_string().starts_with("get_job: job 7 has status FAILED after 2 attempts in "),
        "{error}"
    );
    assert_eq!((error.job_id().unwrap().as_str(), error.elapsed()), ("7", pauses[0]));
    for gone in [(404, ""), (200, JOB_TEXTS[5])] {
        let error = play(waiting(), &[gone]).0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobVanished);
        assert!(error.to_string().starts_with("get_job: job 7 is not there (status "), "{error}");
    }
}

/// A notification right after an answer is ignored. An earlier one is kept until the wait listens.
#[test]
fn a_notification_is_ignored_right_after_an_answer() {
    fn answer(machine: &mut WaitForJob, now: Duration) -> Duration {
        machine.step(now, head(200)).unwrap();
        let Step::Sleep(pause) = machine.step(now, text(JOB_TEXTS[1])).unwrap() else { panic!() };
        pause
    }
    let second = Duration::from_secs;
    let polling = Polling::default().with_interval(second(4), second(100));
    let mut machine = waiting().polling(polling).notified_by(&JobNotifier::new());
    let mut now = second(1);
    machine.step(Duration::ZERO, Event::Start).unwrap();
    let mut listened = 0;
    for interval in [4, 6, 9, 13].map(second) {
        // It ignores notifications for four seconds, or for the whole pause if that is shorter.
        let deaf = answer(&mut machine, now);
        assert!(deaf <= second(4) && machine.notifier().is_none());
        now += deaf;
        let Step::Sleep(rest) = machine.step(now, Event::Woke).unwrap() else { panic!() };
        assert!(machine.notifier().is_some());
        assert!(rest.is_zero() || deaf == second(4) && deaf + rest <= interval, "{deaf:?} {rest:?}");
        listened += u32::from(!rest.is_zero());
        now += rest;
        assert!(matches!(machine.step(now, Event::Woke), Ok(Step::Send { .. })));
    }
    assert!(listened > 0);
}
