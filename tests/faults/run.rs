//! Runs scenarios on the three backends, in each way that has an expected outcome.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};
use std::{fs, thread};

use useartisan::backends::{hyper::Hyper, reqwest::Reqwest, ureq::Ureq};
use useartisan::{Error, ErrorKind, Sent};

use crate::scenario::{DOCUMENT, Expected, Outcome, Scenario, Warmed};
use crate::support::clients::{Backend, NAMES, api};
use crate::support::directory::Directory;
use crate::support::server::Server;
use crate::support::{canary, virtual_time};
use crate::way::{ALL, Way};
use crate::{script, tls};

const OLD: &str = "what was there before";

/// Scenarios that measure time have the machine for themselves.
static QUIET: RwLock<()> = RwLock::new(());

/// Runs scenarios, a few at a time. Returns the number of calls.
pub(crate) fn run(scenarios: &[Scenario]) -> usize {
    let _others = QUIET.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    run_with(8, scenarios)
}

/// Runs scenarios that wait a long time: more at a time, and no others beside them.
pub(crate) fn run_undisturbed(scenarios: &[Scenario]) -> usize {
    let _alone = alone();
    run_with(48, scenarios)
}

/// While this lives, no scenario runs.
pub(crate) fn alone() -> impl Sized {
    QUIET.write().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn run_with(threads: usize, scenarios: &[Scenario]) -> usize {
    let calls: Vec<_> = scenarios.iter().flat_map(calls).collect();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads.min(calls.len()) {
            scope.spawn(|| {
                while let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Call { scenario, backend, way, .. } = call;
                    if let Err(reason) = call.go_in_time() {
                        let told = format!("{}, {backend}, {way:?}: {reason}", scenario.name);
                        failed.lock().unwrap().push(told);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    assert!(failed.is_empty(), "{} of {} calls:\n{}", failed.len(), calls.len(), failed.join("\n"));
    calls.len()
}

fn calls(scenario: &Scenario) -> impl Iterator<Item = Call<'_>> {
    NAMES.into_iter().flat_map(move |backend| {
        let expected = move |way: &Way| Some((*way, scenario.expected(backend, *way)?));
        let ways: Vec<_> = ALL.into_iter().flatten().filter_map(expected).collect();
        assert!(!ways.is_empty(), "{}: nothing is expected of {backend}", scenario.name);
        ways.into_iter().map(move |(way, expected)| Call { scenario, backend, way, expected })
    })
}

/// One call under one scenario.
struct Call<'table> {
    scenario: &'table Scenario,
    backend: &'static str,
    way: Way,
    expected: Expected,
}

/// A place to save to, with an old file in it.
struct Destination {
    directory: Directory,
    path: PathBuf,
}

/// The start of a reason that only means being late.
const LATE: &str = "late: ";

impl Call<'_> {
    /// Being early is wrong at once. Being late is wrong three times in a row: once may be the fault of a busy machine.
    fn go_in_time(&self) -> Result<(), String> {
        let mut outcome = self.go();
        for _ in 1..3 {
            if outcome.as_ref().is_err_and(|reason| reason.starts_with(LATE)) {
                outcome = self.go();
            }
        }
        outcome
    }

    fn go(&self) -> Result<(), String> {
        let away = Server::with_body(200, DOCUMENT);
        let side = self.scenario.tls.map(tls::Tls::sides);
        let config = side.as_ref().and_then(|side| side.server.clone());
        let home = script::serve(self.scenario.scripts.clone(), away.address(), config);
        let backend = self.backend(&home, side);
        let destination = Destination::new();
        if let Some(warmed) = self.scenario.warmed {
            warm(warmed, &backend, &home, &destination)?;
        }
        let start = Instant::now();
        let outcome = self.way.go(&backend, &destination.path);
        let took = start.elapsed();
        self.check_outcome(&outcome)?;
        self.check_location(&outcome, &home, &away)?;
        self.check_time(took)?;
        self.check_requests(&outcome, &home, &away)?;
        match self.way {
            Way::Save => destination.check(&outcome),
            _ => Ok(()),
        }
    }

    fn backend(&self, home: &Server, side: Option<tls::Side>) -> Backend {
        let scheme = if side.is_some() { "https" } else { "http" };
        let api = &api(&format!("{scheme}://{}", home.address()));
        let timeouts = self.scenario.timeouts;
        if self.scenario.retried {
            return virtual_time::one(self.backend, api).0;
        }
        let backend = match (self.backend, side.and_then(|side| side.roots)) {
            ("reqwest", Some(roots)) => Backend::reqwest(api, Reqwest::with_roots(&roots).unwrap()),
            ("reqwest", None) => {
                let reqwest = Reqwest::configure(|builder| builder.connect_timeout(timeouts.connect));
                Backend::reqwest(api, reqwest.unwrap())
            }
            ("ureq", Some(roots)) => Backend::ureq(api, Ureq::with_roots(&roots).unwrap()),
            ("ureq", None) => Backend::ureq(api, Ureq::new().unwrap()),
            (_, Some(roots)) => Backend::hyper(api, Hyper::with_roots(&roots).unwrap()),
            (_, None) => Backend::hyper(api, Hyper::new().unwrap()),
        };
        backend.timeouts(timeouts)
    }

    fn check_outcome(&self, outcome: &Result<String, Error>) -> Result<(), String> {
        if let Err(error) = outcome {
            let all = canary::all_of(error);
            if let Some(trace) = canary::trace(&all) {
                return Err(format!("the error holds {trace}: {all}"));
            }
        }
        let (kind, sent, words) = match (outcome, self.expected.outcome) {
            (Ok(text), Outcome::Whole) if text == self.way.whole() => return Ok(()),
            (Ok(text), Outcome::Gives(expected)) if text == expected => return Ok(()),
            (Ok(text), Outcome::WholeOrUnnoticed) if text == self.way.whole() => return Ok(()),
            (Err(_), Outcome::WholeOrUnnoticed) => (ErrorKind::Transport, Sent::Maybe, ""),
            (Err(_), Outcome::Fails(kind, sent)) => (kind, sent, ""),
            (Err(_), Outcome::Tells(kind, sent, words)) => (kind, sent, words),
            (Ok(text), expected) => {
                let start: String = text.chars().take(200).collect();
                return Err(format!("not {expected:?} but {start:?}"));
            }
            (Err(error), expected) => return Err(format!("not {expected:?} but {error:?}")),
        };
        let Err(error) = outcome else { return Ok(()) };
        // An unreadable success does not tell what happened to the request. An open download was answered.
        let opens = !matches!(self.way, Way::Call | Way::Post | Way::Raw | Way::Rest);
        let opens = opens && kind != ErrorKind::ContentCoding;
        let unread = kind != ErrorKind::Rejected
            && error.status().is_some_and(|status| status.is_success() && !(opens && status == 200));
        let sent = if unread { Sent::Maybe } else { sent };
        let post = error.endpoint().is_some_and(|name| name.starts_with("export_"));
        let kind = if post && sent == Sent::Maybe { ErrorKind::OutcomeUnknown } else { kind };
        let told = canary::all_of(error).to_lowercase().contains(&words.to_lowercase());
        match (error.kind(), error.sent()) == (kind, sent) && told {
            true => Ok(()),
            false => Err(format!("not {:?} but {error:?}", self.expected.outcome)),
        }
    }

    /// Promise 2: the error of a redirect has its location.
    fn check_location(
        &self,
        outcome: &Result<String, Error>,
        home: &Server,
        away: &Server,
    ) -> Result<(), String> {
        let (Some(expected), Err(error)) = (self.scenario.location, outcome) else { return Ok(()) };
        let expected = script::placed(expected, home.address(), away.address());
        match error.location() == Some(&*expected) {
            true => Ok(()),
            false => Err(format!("points to {:?}, not {expected}", error.location())),
        }
    }

    /// Promise 28: never early, late by at most 10 % and 200 ms.
    fn check_time(&self, took: Duration) -> Result<(), String> {
        let Some(takes) = self.scenario.takes else { return Ok(()) };
        let latest = takes + takes / 10 + Duration::from_millis(200);
        match () {
            _ if took < takes => Err(format!("took {took:?}, not {takes:?}")),
            _ if took > latest => Err(format!("{LATE}took {took:?}, not {takes:?}")),
            _ => Ok(()),
        }
    }

    /// Checks how many requests arrived, and that the other origin never sees a key.
    fn check_requests(
        &self,
        outcome: &Result<String, Error>,
        home: &Server,
        away: &Server,
    ) -> Result<(), String> {
        let (hits, mut expected) = ([home.hits(), away.hits()], self.expected.hits);
        if outcome.is_err() && matches!(self.expected.outcome, Outcome::WholeOrUnnoticed) {
            expected[0] -= 1;
        }
        if hits != expected {
            return Err(format!("{hits:?} requests, not {expected:?}"));
        }
        // HTTP/2 has no text to search.
        let all = home.take_requests();
        let requests: Vec<_> = all.iter().filter(|text| !text.is_empty()).collect();
        let framed = self.scenario.tls == Some(tls::Tls::Http2) && self.backend != "ureq";
        if framed != (requests.len() < all.len()) {
            return Err(format!("not the version of HTTP that it is to speak: {requests:?}"));
        }
        let keys: Vec<_> = requests.iter().map(|text| text.matches("CANARY").count()).collect();
        let expected = self.scenario.keys.map_or_else(|| vec![2; keys.len()], <[usize]>::to_vec);
        if keys != expected {
            return Err(format!("requests with {keys:?} keys, not {expected:?}"));
        }
        match away.take_requests().iter().find(|request| canary::trace(request).is_some()) {
            Some(request) => Err(format!("a key reached another origin: {request}")),
            None => Ok(()),
        }
    }
}

/// Makes a first call, whose connection is kept.
fn warm(warmed: Warmed, backend: &Backend, home: &Server, destination: &Destination) -> Result<(), String> {
    let text = Way::Call.go(backend, &destination.path).map_err(|error| format!("the first: {error:?}"))?;
    if text != Way::Call.whole() {
        return Err(format!("the first call gave {text:?}"));
    }
    let late = Instant::now() + Duration::from_secs(30);
    while warmed != Warmed::Only && home.ended() == 0 {
        if Instant::now() > late {
            return Err("the server has not ended the connection of the first call".to_owned());
        }
        thread::yield_now();
    }
    if let (Warmed::Noticed, Backend::Async(_, runtime, _)) = (warmed, backend) {
        runtime.block_on(async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        });
    }
    Ok(())
}

impl Destination {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let directory = Directory::new(&format!("fault-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        let path = directory.file("export.json");
        fs::write(&path, OLD).unwrap();
        Destination { directory, path }
    }

    /// Promise 29: after a failure the old file is unchanged, and nothing is beside it.
    fn check(&self, outcome: &Result<String, Error>) -> Result<(), String> {
        let names = self.directory.names();
        let file = fs::read_to_string(&self.path).unwrap_or_default();
        match names == ["export.json"] && (outcome.is_ok() || file == OLD) {
            true => Ok(()),
            false => Err(format!("{names:?} are left, with {file:?} in the file")),
        }
    }
}
