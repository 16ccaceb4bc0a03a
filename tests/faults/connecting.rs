//! "Not sent" means that connecting itself failed: promise 40. A kept connection was not opened for the request that it
//! carries, so its end proves nothing.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::net::TcpSocket;
use useartisan::backends::reqwest::Reqwest;
use useartisan::{
    Api, AppId, Endpoint, Error, ErrorKind, ExportProfiles, ExportSegment, ListApps, ProfileIds, SegmentId,
    Sent, Timeouts,
};

use crate::run;
use crate::scenario::whole;
use crate::script::{self, Act, reset};
use crate::support::cases::{cases, pick};
use crate::support::clients::{Backend, NAMES};
use crate::support::directory::Directory;
use crate::support::server::{Seen, Server, read_request, refusing};
use crate::support::{canary, virtual_time};
use crate::tls::Tls;

fn api(base_url: &str) -> Api {
    let api = Api::builder(base_url).credentials(canary::credentials());
    api.allow_plain_http().build().unwrap()
}

fn post() -> ExportSegment {
    ExportSegment::new(AppId::from_static("app"), SegmentId::from_static("segment"))
}

/// Sends a POST to an address that nobody answers, with the default retries in virtual time.
fn must_not_be_sent(what: &str, name: &str, base_url: &str) {
    let (backend, slept) = virtual_time::one(name, &api(base_url));
    let error = backend.send(post()).unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::No), "{what}, {name}: {error:?}");
    assert_eq!((error.attempts(), slept.lock().unwrap().len()), (4, 3), "{what}, {name}: {error:?}");
    assert!(std::error::Error::source(&error).is_some(), "{what}, {name}: {error:?}");
}

/// Promise 40: a port where nobody listens, an address without a route, and TLS that is refused.
#[test]
fn what_cannot_connect_is_not_sent() {
    // TCP cannot connect to the broadcast address.
    let unreachable = "http://255.255.255.255:1";
    for name in NAMES {
        must_not_be_sent("a refused connection", name, &format!("http://{}", refusing()));
        must_not_be_sent("an unreachable address", name, unreachable);
        for (tls, scripts) in [
            (Tls::SelfSigned, vec![Act::Read, Act::Say(whole().into())]),
            (Tls::Silent, vec![]),
            (Tls::Silent, vec![Act::Reset]),
            (Tls::Silent, vec![Act::Say(whole().into())]),
        ] {
            let server = script::serve(vec![scripts], refusing(), tls.sides().server);
            must_not_be_sent(&format!("{tls:?}"), name, &format!("https://{}", server.address()));
            assert_eq!(server.hits(), 0, "{tls:?}, {name}");
        }
    }
}

/// Set in the process that a test starts.
const PROCESS: &str = "USEARTISAN_TEST_PROCESS";

/// Runs a test of this file in a process of its own. A shell command prepares it.
fn in_a_process(test: &str, prepare: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", &format!(r#"{prepare}; exec "$0" "$@""#)]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("connecting::{test}"), "--nocapture"]).env(PROCESS, "1");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stdout));
}

fn is_a_process() -> bool {
    std::env::var_os(PROCESS).is_some()
}

/// Promise 40, case W5: an unknown host. No query leaves the machine: by HOSTALIASES, glibc replaces the name with one whose
/// label has more than 63 bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn to_an_unknown_host_nothing_is_sent() {
    if is_a_process() {
        return NAMES.iter().for_each(|name| must_not_be_sent("an unknown host", name, "http://nowhere"));
    }
    let directory = Directory::new("host-aliases");
    let aliases = directory.file("aliases");
    fs::write(&aliases, format!("nowhere {}.test\n", "a".repeat(64))).unwrap();
    in_a_process("to_an_unknown_host_nothing_is_sent", &format!("export HOSTALIASES={}", aliases.display()));
}

/// Promise 40, case W5: no descriptor is left for a socket.
#[cfg(unix)]
#[test]
fn without_a_descriptor_nothing_is_sent() {
    if !is_a_process() {
        return in_a_process("without_a_descriptor_nothing_is_sent", "ulimit -n 64");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let backends = NAMES.map(|name| virtual_time::one(name, &api(&base_url)).0);
    let files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(files.len() < 64, "{} files", files.len());
    let errors = backends.each_ref().map(|backend| backend.send(post()).unwrap_err());
    drop(files);
    for (backend, error) in backends.iter().zip(errors) {
        let name = backend.name();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::No), "{name}: {error:?}");
        assert_eq!(error.attempts(), 4, "{name}: {error:?}");
        let told = canary::all_of(&error);
        assert!(told.contains("os error 24") || told.contains("code: 24"), "{name}: {told}");
    }
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "nobody connected");
}

/// The fate of a connection after it answered a GET.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It answers the next request too.
    Lives,
    /// It ends after this many microseconds.
    Ends(u64, Ending),
    /// It ends after this many bytes of the next request; `None` is all of it.
    Reads(Option<usize>, Ending),
    /// It ends after this many bytes of the answer to the next request.
    Answers(usize, Ending),
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Fin,
    Reset,
}

fn fate(random: &mut Rng) -> Fate {
    let ending = pick(random, &[Ending::Fin, Ending::Reset]);
    match random.u8(..10) {
        0 => Fate::Lives,
        1 => Fate::Ends(0, ending),
        2..=4 => Fate::Ends(random.u64(..400), ending),
        5 | 6 => Fate::Reads(Some(random.usize(1..300)), ending),
        7 | 8 => Fate::Reads(None, ending),
        _ => Fate::Answers(random.usize(..whole().len()), ending),
    }
}

/// Answers each GET, and then follows its fate. Notes each POST if a byte of it arrived.
fn mortal(seed: u64) -> Server {
    let random = Mutex::new(Rng::with_seed(seed));
    Server::serving(move |_, stream, seen| {
        stream.set_nodelay(true).unwrap();
        let draw = || fate(&mut random.lock().unwrap());
        // An error means that the client has gone.
        let _ = live(stream, seen, draw);
    })
}

fn live(mut stream: TcpStream, seen: &Seen, draw: impl Fn() -> Fate) -> io::Result<()> {
    let mut fate = Fate::Lives;
    loop {
        let mut answered = 0;
        let ending = match fate {
            Fate::Lives => None,
            Fate::Ends(after, ending) => {
                thread::sleep(Duration::from_micros(after));
                Some(ending)
            }
            Fate::Reads(Some(length), ending) => {
                let mut bytes = vec![0; length];
                if stream.read(&mut bytes)? > 0 {
                    seen.push("a part".to_owned());
                }
                Some(ending)
            }
            Fate::Reads(None, ending) => {
                note(&read_request(&mut stream), seen);
                Some(ending)
            }
            Fate::Answers(length, ending) => {
                note(&read_request(&mut stream), seen);
                answered = length;
                Some(ending)
            }
        };
        if let Some(ending) = ending {
            stream.write_all(&whole().as_bytes()[..answered])?;
            return match ending {
                Ending::Fin => Ok(()),
                Ending::Reset => reset(stream),
            };
        }
        let request = read_request(&mut stream);
        if request.is_empty() {
            return Ok(());
        }
        note(&request, seen);
        fate = if request.starts_with("GET") { draw() } else { Fate::Lives };
        stream.write_all(whole().as_bytes())?;
    }
}

fn note(request: &str, seen: &Seen) {
    if request.starts_with("POST") {
        seen.push("a POST".to_owned());
    }
}

/// Promises 23 and 40: a POST on a kept connection that dies at any moment arrives at most once, and is never reported as not
/// sent, with and without retries. 3,000 on each backend with `USEARTISAN_FULL=1`, else a sample.
#[test]
fn a_post_on_a_dying_connection_is_seen_once() {
    let server = mortal(40);
    let once = server.backends();
    for (once, name) in once.iter().zip(NAMES) {
        let (retried, _) = virtual_time::one(name, &server.api());
        let (mut whole, mut unknown) = (0, 0);
        for round in 0..cases(200, 3000) {
            let backend = if round % 2 == 0 { once } else { &retried };
            // Leaves a kept connection behind, unless it finds a dead one.
            while backend.send(ListApps::new()).is_err() {}
            server.take_requests();
            let outcome = backend.send(post());
            let seen = server.hits();
            let Err(error) = outcome else {
                assert_eq!(seen, 1, "{name}, {round}");
                whole += 1;
                continue;
            };
            assert!(seen <= 1, "{name}, {round}: seen {seen} times, {error:?}");
            let end = (error.kind(), error.sent(), error.attempts());
            assert_eq!(end, (ErrorKind::OutcomeUnknown, Sent::Maybe, 1), "{name}, {round}: {error:?}");
            unknown += 1;
        }
        println!("{name}: {whole} came whole, of {unknown} the outcome is unknown");
        assert!(whole > 0 && unknown > 0, "{name}: {whole} and {unknown}");
    }
}

/// The error must not come too early, nor too late three times in a row. Being late once may be the machine's fault.
fn in_time(name: &str, times: RangeInclusive<Duration>, call: impl Fn() -> Error) -> Error {
    // std's `connect_timeout` waits in whole milliseconds, rounded down.
    let earliest = times.start().saturating_sub(Duration::from_millis(1));
    for _ in 0..3 {
        let error = call();
        assert!(error.elapsed() >= earliest, "{name} took {:?}, not {times:?}", error.elapsed());
        if error.elapsed() <= *times.end() {
            return error;
        }
    }
    panic!("{name} was late three times, not in {times:?}")
}

/// A listener whose backlog is full, so it drops packets. Also returns the connections that fill it.
fn swallowing() -> (SocketAddr, impl Sized) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let listener = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        socket.listen(0).unwrap().into_std().unwrap()
    });
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok();
    let waiting: Vec<_> = std::iter::from_fn(connect).collect();
    (address, (listener, waiting))
}

/// Promises 28 and 40: if connecting takes too long, the time-out `connect` ends it, and nothing was sent.
#[test]
fn a_full_backlog_is_noticed_in_time() {
    let limit = Duration::from_millis(1000);
    let timeouts = Timeouts::default().with_connect(limit);
    let (address, _full) = swallowing();
    let api = api(&format!("http://{address}"));
    let _alone = run::alone();
    for backend in Backend::all(&api) {
        let backend = match backend.name() {
            "reqwest" => {
                let reqwest = Reqwest::configure(|builder| builder.connect_timeout(limit));
                Backend::reqwest(&api, reqwest.unwrap())
            }
            _ => backend.timeouts(timeouts),
        };
        let name = backend.name();
        let error = in_time(name, limit..=limit * 13 / 10, || backend.send(post()).unwrap_err());
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Transport, Sent::No), "{name}: {error:?}");
    }
}

/// Promise 28, case W8: a server stops reading a POST of 17 MB. ureq may take twice as long.
#[test]
fn a_large_post_that_nobody_reads_ends() {
    let limit = Duration::from_millis(1000);
    let (done, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let server = Server::serving(move |_, mut stream, _| {
        let _ = stream.read_exact(&mut [0; 64 * 1024]);
        // The connection stays open until the end of the test.
        let _ = wait.lock().unwrap().recv();
    });
    let ids = ProfileIds::artisan((0..170_000).map(|number| format!("{number:0100}"))).unwrap();
    let call = ExportProfiles::new(AppId::from_static("app"), ids);
    let _alone = run::alone();
    let start = Instant::now();
    drop(call.request(&server.api()));
    let making = start.elapsed();
    for timeouts in [Timeouts::default().with_total(limit), Timeouts::default().with_head(limit)] {
        for backend in server.backends() {
            let backend = backend.timeouts(timeouts);
            let name = backend.name();
            let latest = limit * if name == "ureq" { 2 } else { 1 };
            let times = limit..=making + latest * 11 / 10 + Duration::from_millis(200);
            let error = in_time(name, times, || backend.send(call.clone()).unwrap_err());
            let end = (error.kind(), error.sent());
            assert_eq!(end, (ErrorKind::OutcomeUnknown, Sent::Maybe), "{name}: {error:?}");
        }
    }
    drop(done);
}
