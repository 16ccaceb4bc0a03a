//! Common to all machines: their options, notifiers and ends.

use super::*;

/// Of a failure, the status counts more than its body's fate. A success has only its body.
#[test]
fn a_body_that_breaks_off_leaves_the_status() {
    for (status, kind) in
        [(404, ErrorKind::Rejected), (500, ErrorKind::Rejected), (200, ErrorKind::Transport)]
    {
        let options = CallOptions::default().with_retry(Retry::none());
        let mut exchange = Exchange::new(api(), GetJob::new(JobId::from_static("7"))).options(options);
        exchange.step(Duration::ZERO, Event::Start).unwrap();
        exchange.step(Duration::ZERO, head(status)).unwrap();
        let error =
            exchange.step(Duration::ZERO, Event::Failed(TransportError::interrupted("reset"))).unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (kind, status), "{error}");
        assert!(
            std::error::Error::source(&error).unwrap().to_string().contains("interrupted") == (status != 200)
        );
    }
}

/// Repeated options add up.
#[test]
fn options_add_up() {
    let seven = Duration::from_secs(7);
    let timeouts = Timeouts::default().with_head(seven);
    fn once<M: Machine>(mut machine: M) {
        let Step::Send { timeouts, .. } = machine.step(Duration::ZERO, Event::Start).unwrap() else {
            panic!()
        };
        assert_eq!(timeouts.head, Duration::from_secs(7));
        let lost = Event::Failed(TransportError::not_sent("no route"));
        assert!(machine.step(Duration::ZERO, lost).is_err(), "it is tried once");
    }
    once(Exchange::new(api(), export_segment()).options(timeouts).options(Retry::none()));
    once(
        Exchange::open(api(), DownloadJob::new(JobId::from_static("7")))
            .options(timeouts)
            .options(Retry::none()),
    );
    once(waiting().options(timeouts).options(Retry::none()));
    once(Export::new(api(), export_segment()).options(timeouts).options(Retry::none()));
}

/// A machine's options apply to each of its calls, and the calls' jitter differs.
#[test]
fn options_hold_for_every_call() {
    let seven = Duration::from_secs(7);
    let options = || CallOptions::default().with_timeouts(Timeouts::default().with_head(seven)).with_seed(7);
    let head_of = |step: Step<_>| match step {
        Step::Send { timeouts, .. } => timeouts.head,
        _ => panic!("a request is sent"),
    };
    let mut wait = WaitForJob::new(api(), JobId::from_static("7")).options(options());
    assert_eq!(head_of(wait.step(Duration::ZERO, Event::Start).unwrap()), seven);

    let mut export = Export::new(api(), export_segment()).options(options());
    let head_of = |step: Step<_>| match step {
        Step::Send { timeouts, .. } => timeouts.head,
        _ => panic!("a request is sent"),
    };
    assert_eq!(head_of(export.step(Duration::ZERO, Event::Start).unwrap()), seven);
    export.step(Duration::ZERO, head(200)).unwrap();
    assert_eq!(head_of(export.step(Duration::ZERO, text(JOB_TEXTS[0])).unwrap()), seven);

    // A poll that fails once, three times. Each pause has at most half a second, and no two are equal.
    let failing = [503, 200, 503, 200, 503, 200].map(|status| (status, JOB_TEXTS[1]));
    let script = [&failing[..], &[(200, JOB_TEXTS[3])]].concat();
    let pauses = |seed| {
        let wait = WaitForJob::new(api(), JobId::from_static("7")).options(options().with_seed(seed));
        let (outcome, pauses) = play(wait, &script);
        outcome.unwrap();
        pauses.into_iter().step_by(2).take(3).collect::<Vec<_>>()
    };
    let [one, two, three] = *pauses(7).as_slice() else { panic!("three pauses") };
    assert!(one != two && two != three && one != three && one.max(two).max(three) < seven / 10);
    assert_eq!(pauses(7), [one, two, three]);
    assert_ne!(pauses(8)[0], one);
}

/// A notifier ends the pause of its machine, through any wrapper.
#[test]
fn a_notifier_is_found_behind_pointers() {
    fn pauses<M: Machine>(mut machine: M, asked: &[&'static str]) -> bool {
        machine.step(Duration::ZERO, Event::Start).unwrap();
        let mut step = None;
        for body in asked {
            assert!(machine.notifier().is_none());
            machine.step(Duration::ZERO, head(200)).unwrap();
            step = Some(machine.step(Duration::ZERO, text(body)).unwrap());
        }
        let Some(Step::Sleep(deaf)) = step else { panic!("it pauses") };
        // The pause first ignores notifications, and then listens.
        let later = machine.step(deaf, Event::Woke).unwrap();
        matches!(later, Step::Sleep(_)) && machine.notifier().is_some()
    }
    let polling = Polling::default().with_interval(Duration::from_secs(2), Duration::from_secs(4));
    let machine = || waiting().polling(polling).notified_by(&JobNotifier::new());
    let export = || Export::new(api(), export_segment()).polling(polling).notified_by(&JobNotifier::new());
    let (running, queued) = (JOB_TEXTS[1], JOB_TEXTS[0]);
    assert!(pauses(machine(), &[running]));
    assert!(pauses(Box::new(machine()), &[running]));
    assert!(pauses(&mut machine(), &[running]));
    assert!(pauses(export(), &[queued, running]));
}

/// A machine that has ended says so, on any event.
#[test]
fn after_the_end_every_event_is_misuse() {
    fn ended<M: Machine>(mut machine: M) {
        let _ = play(&mut machine, &[(400, r#"{"error":"no"}"#)]);
        for event in [Event::Start, head(200), text("{}"), Event::Woke] {
            let error = machine.step(Duration::ZERO, event).err().expect("it has ended");
            assert_eq!((error.kind(), error.sent()), (ErrorKind::Misuse, Sent::Maybe));
        }
    }
    ended(Exchange::new(api(), export_segment()));
    let open = || Exchange::open(api(), DownloadJob::new(JobId::from_static("7")));
    ended(open());
    // A result with a content coding is not opened.
    let mut coded = open();
    coded.step(Duration::ZERO, Event::Start).unwrap();
    let answer = http::Response::builder().header("content-encoding", "gzip").body(()).unwrap();
    let error = coded.step(Duration::ZERO, Event::Head(answer.into_parts().0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContentCoding);
    let cut = Event::Failed(TransportError::interrupted("reset"));
    assert_eq!(coded.step(Duration::ZERO, cut).unwrap_err().kind(), ErrorKind::Misuse);
    ended(WaitForJob::new(api(), JobId::from_static("7")));
    ended(Export::new(api(), export_segment()));
}
