//! One call: lost answers, repeated downloads, redirects, and giving up.

use useartisan::{Api, Endpoint, TransportErrorKind};

use super::*;

/// W3, W4, promise 23: the same answers leave the outcome of a POST unknown in every machine, and it is sent once.
#[test]
fn a_lost_answer_has_one_kind_whichever_machine_sent_it() {
    fn outcome<M: Machine>(machine: M, answer: (u16, &'static str)) -> (ErrorKind, Sent, Option<u16>) {
        // The script has one answer, so a second request would panic.
        let error = play(machine, &[answer]).0.err().expect("it fails");
        (error.kind(), error.sent(), error.status().map(|status| status.as_u16()))
    }
    let lost = [
        (200, "<html>"),
        (200, r#"{"job":"#),
        (202, ""),
        (408, ""),
        (499, ""),
        (500, "<html>"),
        (500, r#"{"error":"no memory"}"#),
        (502, ""),
        (504, r#"{"message":"Endpoint request timed out"}"#),
        (520, ""),
        (524, "<html>"),
    ];
    let answered = [
        (200, r#"{"success":false,"error":"no such segment"}"#),
        (400, r#"{"error":"no such segment"}"#),
        (429, ""),
        (500, r#"{"success":false}"#),
        (503, ""),
    ];
    for (answers, kind, sent) in [
        (&lost[..], ErrorKind::OutcomeUnknown, Sent::Maybe),
        (&answered[..], ErrorKind::Rejected, Sent::Answered),
        (&[(403, "<html>")], ErrorKind::AccessDenied, Sent::Answered),
        (&[(404, "")], ErrorKind::NotFound, Sent::Answered),
    ] {
        for answer in answers {
            let expected = (kind, sent, Some(answer.0));
            assert_eq!(outcome(Exchange::new(api(), export_segment()), *answer), expected, "{answer:?}");
            assert_eq!(outcome(Export::new(api(), export_segment()), *answer), expected, "{answer:?}");
        }
    }
    for (failure, kind) in [
        (TransportErrorKind::NotSent, ErrorKind::Transport),
        (TransportErrorKind::Interrupted, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::TimedOut, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::Other, ErrorKind::OutcomeUnknown),
    ] {
        let mut start = Exchange::new(api(), export_segment()).options(Retry::none());
        start.step(Duration::ZERO, Event::Start).unwrap();
        let error = start.step(Duration::ZERO, Event::Failed(TransportError::new(failure, "x"))).unwrap_err();
        assert_eq!(error.kind(), kind, "{failure:?}");
    }
    let mut start = Exchange::new(api(), export_segment());
    start.step(Duration::ZERO, Event::Start).unwrap();
    let error = start.step(Duration::ZERO, Event::Failed(TransportError::interrupted("reset"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "export_segment: the outcome is unknown, so it is not sent again (the exchange was interrupted)"
    );
}

/// A download that breaks off before its first byte is handed on starts again, like any failed attempt.
#[test]
fn an_open_download_can_start_again() {
    let mut exchange = Exchange::open(api(), DownloadJob::new(JobId::from_static("7"))).options(policy());
    let mut now = Duration::ZERO;
    exchange.step(now, Event::Start).unwrap();
    for _ in 1..3 {
        let Step::Done(_) = exchange.step(now, head(200)).unwrap() else { panic!() };
        let cut = Event::Failed(TransportError::interrupted("reset"));
        let Step::Sleep(pause) = exchange.step(now, cut).unwrap() else { panic!() };
        now += pause;
        let Step::Send { .. } = exchange.step(now, Event::Woke).unwrap() else { panic!() };
    }
    let Step::Done(_) = exchange.step(now, head(200)).unwrap() else { panic!() };
    let error = exchange.step(now, Event::Failed(TransportError::interrupted("reset"))).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::Answered));
    assert_eq!((error.attempts(), error.status().unwrap().as_u16()), (3, 200));
}

/// Promise 23: an error of an endpoint of one's own does not show whether its POST arrived.
#[test]
fn an_error_of_ones_own_does_not_repeat_a_post() {
    struct Mine(ErrorKind);

    impl Endpoint for Mine {
        type Output = ();

        fn name(&self) -> &'static str {
            "mine"
        }

        fn request(&self, api: &Api) -> http::Request<bytes::Bytes> {
            export_segment().request(api)
        }

        fn parse<B: AsRef<[u8]>>(&self, _: http::Response<B>) -> Result<(), Error> {
            Err(Error::new(self.0, "not what I wanted"))
        }
    }

    for kind in [ErrorKind::UnexpectedBody, ErrorKind::Transport, ErrorKind::TimedOut] {
        for (status, expected, sent) in
            [(200, ErrorKind::OutcomeUnknown, Sent::Maybe), (400, kind, Sent::Answered)]
        {
            let error = play(Exchange::new(api(), Mine(kind)), &[(status, "{}")]).0.unwrap_err();
            assert_eq!((error.kind(), error.sent()), (expected, sent), "{kind:?} {status}");
        }
    }
}

/// The target of a redirect cannot be reached. The request itself was answered.
#[test]
fn a_hop_that_fails_was_answered() {
    let mut exchange =
        Exchange::open(api(), DownloadJob::new(JobId::from_static("7"))).options(Retry::none());
    exchange.step(Duration::ZERO, Event::Start).unwrap();
    let moved = http::Response::builder().status(302).header("location", "/x").body(()).unwrap();
    exchange.step(Duration::ZERO, Event::Head(moved.into_parts().0)).unwrap();
    let error =
        exchange.step(Duration::ZERO, Event::Failed(TransportError::not_sent("no route"))).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::Answered));
}

/// Only the status 200 has a result.
#[test]
fn only_200_opens_a_download() {
    for (status, kind) in [
        (206, ErrorKind::UnexpectedBody),
        (202, ErrorKind::UnexpectedBody),
        (404, ErrorKind::NotFound),
        (304, ErrorKind::Redirect),
    ] {
        let open = || Exchange::open(api(), DownloadJob::new(JobId::from_static("7"))).options(Retry::none());
        let error = play(open(), &[(status, r#"{"artisanUserIds":[]}"#)]).0.map(drop).unwrap_err();
        assert_eq!((error.kind(), error.endpoint()), (kind, Some("download_job")), "{status}");
        // An endpoint of another kind accepts the answer, but opens only a 200.
        let error = play(Exchange::open(api(), useartisan::ListApps::new()), &[(status, r#"{"apps":[]}"#)]);
        assert_eq!(error.0.map(drop).unwrap_err().kind(), kind, "{status}");
    }
}

/// The error after giving up has the number of attempts, the time, and the last cause.
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

/// The hops of a redirect share the attempt's time.
#[test]
fn hops_share_the_time_of_an_attempt() {
    let timeouts = Timeouts::default().with_head(Duration::from_secs(30)).with_total(Duration::from_secs(40));
    let open = DownloadJob::new(JobId::from_static("7"));
    let mut exchange =
        Exchange::open(api(), open).options(CallOptions::default().with_download_timeouts(timeouts));
    exchange.step(Duration::ZERO, Event::Start).unwrap();
    let moved = http::Response::builder().status(302).header("location", "/x").body(()).unwrap();
    let moved = Event::Head(moved.into_parts().0);
    let Step::Send { timeouts, .. } = exchange.step(Duration::from_secs(25), moved).unwrap() else {
        panic!()
    };
    assert_eq!((timeouts.head, timeouts.total), (Duration::from_secs(5), Duration::from_secs(15)));
}
