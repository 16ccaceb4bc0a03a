//! Promise 34: any backend can be checked. The suite passes on each backend of the crate, on closures, and on every form of a
//! backend. For each case, a backend with one defect fails exactly that case. The ordinary run leaves out some costly cases, which
//! `USEARTISAN_FULL=1` includes (see `COSTLY`).
//!
//! The fake has no socket, so it cannot reach the suite's server. Promise 33 compares it with the wire instead.
#![cfg(all(feature = "conformance", feature = "reqwest", feature = "ureq", feature = "hyper"))]

#[path = "../support/mod.rs"]
pub mod support;
#[cfg(all(feature = "tower", feature = "fake"))]
mod tower;
mod wrong_async;
mod wrong_blocking;

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::thread;

use support::sockets;
use tokio::runtime::{Builder, Runtime};
use useartisan::backends::Timed;
use useartisan::backends::conformance::{self, Case, Suite};
use useartisan::backends::{self, hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{AsyncBackend, BlockingBackend, BoxedBackend, BoxedBlockingBackend};

#[test]
fn ureq_conforms() {
    conformance::check_blocking(|| Ureq::new().unwrap());
}

#[tokio::test]
async fn reqwest_conforms() {
    conformance::check(|| Reqwest::new().unwrap()).await;
}

#[tokio::test]
async fn hyper_conforms() {
    conformance::check(|| Hyper::new().unwrap()).await;
}

/// On an executor with several threads, as a task: the suite's future is `Send`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_async_closure_conforms() {
    let hyper = Hyper::new().unwrap();
    let suite = conformance::check(move || {
        let hyper = hyper.clone();
        backends::from_async_fn(move |request, timeouts| {
            let hyper = hyper.clone();
            async move { hyper.send(request, &timeouts).await }
        })
    });
    tokio::spawn(suite).await.unwrap();
}

#[test]
fn a_blocking_closure_over_sockets_conforms() {
    conformance::check_blocking(wrong_blocking::right);
}

#[test]
fn every_form_of_a_blocking_backend_conforms() {
    let lock = Mutex::new(Ureq::new().unwrap());
    let locked = backends::from_fn(move |request, timeouts| lock.lock().unwrap().send(request, &timeouts));
    let locked: &'static _ = Box::leak(Box::new(locked));
    conformance::check_blocking(|| Arc::new(BoxedBlockingBackend::new(locked)));
}

#[tokio::test]
async fn every_form_of_an_async_backend_conforms() {
    let hyper: &'static Timed<Hyper> = Box::leak(Box::new(Hyper::new().unwrap()));
    conformance::check(|| Arc::new(BoxedBackend::new(hyper))).await;
}

/// Slow cases. Unless `USEARTISAN_FULL` is set, they are not run on a defect that should pass them, so the ordinary run does not
/// check that it does.
const COSTLY: [&str; 10] = [
    "head_timeout",
    "head_timeout_drip",
    "stall_timeout",
    "stall_per_piece",
    "total_timeout",
    "total_timeout_head",
    "sleep",
    "now",
    "unread_body",
    "large_body",
];

/// Compares a table of defects with the suite's findings, several at a time.
fn each_fails_exactly<D: Copy + Debug + Send + Sync>(
    defects: &[(D, &'static [&'static str])],
    fails: impl Fn(D, &Case) -> bool + Sync,
) {
    let full = std::env::var_os("USEARTISAN_FULL").is_some();
    let queue = Mutex::new(defects.iter().collect::<VecDeque<_>>());
    let others = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap().pop_front();
    let work = || {
        while let Some((defect, expected)) = next() {
            let all = full || expected.iter().any(|name| COSTLY.contains(name));
            let cases = conformance::cases().filter(|case| all || !COSTLY.contains(&case.name()));
            let found: Vec<_> = cases.filter(|case| fails(*defect, case)).map(Case::name).collect();
            if found != *expected {
                others.lock().unwrap().push(format!("{defect:?} fails {found:?} instead of {expected:?}"));
            }
        }
    };
    thread::scope(|scope| (0..12).for_each(|_| drop(scope.spawn(work))));
    assert_eq!(others.into_inner().unwrap(), [""; 0]);
}

#[test]
fn each_wrong_blocking_backend_fails_its_cases_and_no_other_that_is_run() {
    each_fails_exactly(wrong_blocking::DEFECTS, |defect, case| {
        case.run_blocking(|| wrong_blocking::Wrong::new(defect)).is_err()
    });
}

#[test]
fn each_wrong_async_backend_fails_its_cases_and_no_other_that_is_run() {
    each_fails_exactly(wrong_async::DEFECTS, |defect, case| {
        runtime().block_on(case.run(|| wrong_async::Wrong::new(defect))).is_err()
    });
}

/// The suite needs no executor but the backend's. Here it is one without I/O or timers.
#[test]
fn a_blocking_client_in_an_async_coat_is_found_out() {
    let findings = pollster::block_on(Suite::default().run(wrong_async::coat)).unwrap_err();
    let names: Vec<_> = findings.iter().map(|finding| finding.case().name()).collect();
    assert_eq!(names, ["cancelled", "side_by_side"], "{findings}");
}

/// A known deviation is tolerated and reported. If it does not occur, that is a finding.
#[test]
fn a_known_deviation_is_tolerated_until_it_is_gone() {
    let make = || wrong_blocking::Wrong::new(wrong_blocking::Defect::UserAgent);
    let suite = Suite::default().known_deviation("no_user_agent_added", "a test");

    let report = suite.run_blocking(make).unwrap();
    let known: Vec<_> = report.known_deviations().collect();
    let [(finding, reason)] = known[..] else { panic!("{report}") };
    assert_eq!((finding.case().name(), reason), ("no_user_agent_added", "a test"));
    let listed = "- `no_user_agent_added`: no `User-Agent` is added to a request that has none; \
                  found `user-agent: wrong/1.0`; known: a test";
    assert_eq!(report.to_string(), format!("the backend conforms, with known deviations:\n{listed}"));

    let findings = suite.known_deviation("host", "it was so once").run_blocking(make).unwrap_err();
    let told = "the backend does not conform:\n\
                - `host`: a request has one `Host`, the authority of its URL; \
                found no deviation, although one is known (it was so once): take it off the list\n\
                known deviations:\n";
    assert_eq!(findings.to_string(), format!("{told}{listed}"));
    assert_eq!(format!("{findings:?}"), findings.to_string());
}

#[tokio::test]
async fn a_known_deviation_of_an_async_backend_is_tolerated() {
    let suite = Suite::default().known_deviation("offload", "a test");
    let report = suite.run(|| wrong_async::Wrong::new(wrong_async::Defect::NoOffload)).await.unwrap();
    assert_eq!(report.known_deviations().count(), 1, "{report}");
}

#[test]
#[should_panic(expected = "the suite has no case `user_agent`")]
fn a_known_deviation_is_of_a_case() {
    let _ = Suite::default().known_deviation("user_agent", "a test");
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn for_each_case_there_is_a_backend_that_fails_it_alone() {
    let blocking = wrong_blocking::DEFECTS.iter().map(|defect| defect.1);
    let defects: Vec<_> = blocking.chain(wrong_async::DEFECTS.iter().map(|defect| defect.1)).collect();
    for case in conformance::cases() {
        assert!(defects.contains(&&[case.name()][..]), "no backend fails `{}` alone", case.name());
    }
}

#[test]
fn each_case_is_explained() {
    let docs = include_str!("../../backends/conformance/mod.rs");
    for case in conformance::cases() {
        assert!(docs.contains(&format!("`{}`", case.name())), "`{}`", case.name());
    }
}

/// A finding names the case, its rule and what was found. All findings are reported together.
#[test]
fn what_was_found_is_told() {
    let make = || {
        backends::from_fn(|request, timeouts| match request.method() {
            &http::Method::GET => sockets::send(sockets::Quirk::ShortIsWhole, &request, &timeouts),
            _ => panic!("the modem is off"),
        })
    };
    let findings = Suite::default().run_blocking(make).unwrap_err();
    let told = findings.to_string();
    assert!(told.starts_with("the backend does not conform:\n- `request_line`: "), "{told}");
    assert!(told.contains("found a panic: the modem is off"), "{told}");
    let cut = "- `cut_by_fin`: a body shorter than its `Content-Length` is `Interrupted`; \
               found status 200, 0 bytes and a clean end\n";
    assert!(told.contains(cut), "{told}");
    assert_eq!(told.lines().count(), 1 + findings.iter().count(), "{told}");
    assert!(
        findings
            .iter()
            .any(|finding| finding.case().name() == "cut_by_fin" && finding.found().contains("200"))
    );
}
