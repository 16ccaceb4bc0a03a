//! Slow servers: promise 28. A time-out is never early, and late by at most 10 % and 200 ms.

use std::time::Duration;

use useartisan::{ErrorKind, Sent, Timeouts};

use crate::scenario::{DOCUMENT, Outcome, Scenario, response, scenario, whole};
use crate::script::{Act, Script};
use crate::tls::Tls;
use crate::way::{EVERY, Way};

const PROMISES: &[u8] = &[28, 29];
const LIMIT: Duration = Duration::from_millis(1000);
const PAUSE: Duration = Duration::from_millis(50);

const UNANSWERED: Outcome = Outcome::Fails(ErrorKind::TimedOut, Sent::Maybe);
const STALLED: Outcome = Outcome::Fails(ErrorKind::TimedOut, Sent::Answered);
/// A call that is read whole, one that is sent once, and a download.
const THREE: &[Way] = &[Way::Call, Way::Post, Way::Save];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [heads(), bodies(), before_all(), in_time()];
    all.into_iter().flatten().collect()
}

/// Reads a request, writes this, and no more.
fn stalled(start: &str) -> Script {
    vec![Act::Read, Act::Say(start.into()), Act::Wait]
}

/// Reads a request, writes this, and continues without end.
fn dripping(start: &str, piece: &'static [u8]) -> Script {
    vec![Act::Read, Act::Say(start.into()), Act::Forever(piece, PAUSE)]
}

fn heads() -> Vec<Scenario> {
    let head = Timeouts::default().with_head(LIMIT);
    let total = Timeouts::default().with_total(LIMIT);
    let gives_up = |name: &str, script, timeouts| {
        scenario(name, PROMISES, script).takes(LIMIT, timeouts).comes(THREE, UNANSWERED)
    };
    let start = "HTTP/1.1 200 OK\r\nx: ";
    let hints = b"HTTP/1.1 103 Early Hints\r\n\r\n";
    vec![
        gives_up("a head that does not come", stalled(""), head),
        gives_up("a head that stalls", stalled(start), head),
        gives_up("a head that drips", dripping(start, b"y"), head),
        gives_up("interim answers that drip", dripping("", hints), head),
        gives_up("a head that does not come, within the total", stalled(""), total),
        gives_up("a head that drips, within the total", dripping(start, b"y"), total),
    ]
}

fn bodies() -> Vec<Scenario> {
    let length = response("200 OK", "content-length: 100000\r\n", &DOCUMENT[..20]);
    let chunked = response("200 OK", "transfer-encoding: chunked\r\n", "");
    let stall = Timeouts::default().with_stall(LIMIT);
    // Shorter than the total, so that a drip must restart it; but long enough that a busy machine's server does not reach
    // it.
    let total = Timeouts::default().with_total(LIMIT).with_stall(LIMIT * 9 / 10);
    const EACH: &[Way] = &[Way::Call, Way::Records, Way::Bytes, Way::Chunks, Way::Save];
    let gives_up = |name: &str, script, timeouts| {
        scenario(name, PROMISES, script).takes(LIMIT, timeouts).comes(EACH, STALLED)
    };
    vec![
        gives_up(
            "a body that does not come",
            stalled(&response("200 OK", "content-length: 9\r\n", "")),
            stall,
        ),
        gives_up("a body that stalls", stalled(&length), stall),
        gives_up("a chunk that stalls", stalled(&format!("{chunked}9\r\n  ")), stall),
        gives_up("a body that drips past the total", dripping(&length, b" "), total),
        gives_up("chunks that drip past the total", dripping(&chunked, b"1\r\n \r\n"), total),
        gives_up("a body that stalls past the total", stalled(&length), total.with_stall(LIMIT * 2)),
    ]
}

/// TLS is part of connecting. Nothing has been sent before it is ready.
fn before_all() -> Vec<Scenario> {
    let connect = Timeouts::default().with_connect(LIMIT);
    let silent = scenario("a handshake that is not answered", &[28, 32], vec![Act::Wait])
        .takes(LIMIT, connect)
        .comes(THREE, Outcome::Fails(ErrorKind::Transport, Sent::No))
        .hits(0, 0);
    vec![silent.over(Tls::Silent)]
}

/// A slow answer within its time arrives whole.
fn in_time() -> Vec<Scenario> {
    let within = Timeouts::default().with_head(LIMIT * 4).with_stall(LIMIT * 4);
    let never = Timeouts::default()
        .with_connect(Duration::MAX)
        .with_head(Duration::MAX)
        .with_stall(Duration::MAX)
        .with_total(Duration::MAX);
    let almost = Timeouts::default().with_head(Duration::MAX / 2).with_total(Duration::MAX / 2);
    let slowly = || {
        let bytes = whole().into_bytes();
        let pieces =
            bytes.chunks(bytes.len() / 10).flat_map(|piece| [Act::Say(piece.to_vec()), Act::Pause(PAUSE)]);
        std::iter::once(Act::Read).chain(pieces).collect::<Script>()
    };
    let comes = |name: &str, timeouts| {
        scenario(name, PROMISES, slowly()).timeouts(timeouts).comes(EVERY, Outcome::Whole)
    };
    vec![
        comes("a slow answer within its time", within),
        comes("a slow answer without a time-out", never),
        comes("a slow answer with time-outs that a clock cannot count", almost),
    ]
}
