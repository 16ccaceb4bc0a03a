//! How a server may end HTTP/2, for reqwest and hyper. ureq speaks only HTTP/1.1: in each scenario it must agree on that with
//! the server, which then answers normally.

use crate::http2::{
    CANCEL, INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM, data, goaway, goaway_saying, head, last_data, reset,
};
use crate::scenario::{BROKEN, CUT, DOCUMENT, Outcome, Scenario, UNEXPECTED, UREQ, Warmed, half, scenario};
use crate::script::Act;
use crate::support::canary;
use crate::tls::Tls;
use crate::way::{EVERY, RAW};

const PROMISES: &[u8] = &[8, 12, 15, 23, 29];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [resets(), goaways(), bodies(), heads()];
    all.into_iter().flatten().collect()
}

fn framed(name: &str, frames: &[Vec<u8>], outcome: Outcome) -> Scenario {
    let script = vec![Act::ReadFrames, Act::Say(frames.concat())];
    scenario(name, PROMISES, script).over(Tls::Http2).comes(EVERY, outcome).but(UREQ, EVERY, Outcome::Whole)
}

/// The same, with a server that waits until the client closes the connection.
fn waiting(name: &str, frames: &[Vec<u8>], outcome: Outcome) -> Scenario {
    let mut scenario = framed(name, frames, outcome);
    scenario.scripts[0].push(Act::Wait);
    scenario
}

fn resets() -> Vec<Scenario> {
    let no_error =
        waiting("HTTP/2: NO_ERROR in the body", &[head(&[]), data(half()), reset(NO_ERROR)], UNEXPECTED);
    let cut = Outcome::Gives(half());
    const BOTH: &[&str] = &["reqwest", "hyper"];
    let length = [("content-length", "1000")];
    vec![
        waiting(
            "HTTP/2: NO_ERROR in a body of known length",
            &[head(&length), data(DOCUMENT), reset(NO_ERROR)],
            CUT,
        ),
        waiting("HTTP/2: a stream reset before the head", &[reset(INTERNAL_ERROR)], BROKEN),
        waiting("HTTP/2: a stream refused", &[reset(REFUSED_STREAM)], BROKEN),
        waiting("HTTP/2: a stream reset behind the head", &[head(&[]), reset(INTERNAL_ERROR)], CUT),
        waiting("HTTP/2: a stream reset in the body", &[head(&[]), data(half()), reset(INTERNAL_ERROR)], CUT),
        waiting("HTTP/2: CANCEL in the body", &[head(&[]), data(half()), reset(CANCEL)], CUT),
        // hyper takes it for an end, so only the document shows the cut.
        no_error.but(BOTH, RAW, cut),
    ]
}

fn goaways() -> Vec<Scenario> {
    let whole = [head(&[]), last_data(DOCUMENT)];
    let [first, last] = whole.clone();
    // Promise 8: h2's errors show this text from the server.
    let told =
        format!("authorization: Token token=\"{}\", public-api-key: {}", canary::SECRET, canary::PUBLIC);
    let echo = goaway_saying(0, INTERNAL_ERROR, &told);
    vec![
        waiting("HTTP/2: an answer", &whole, Outcome::Whole),
        framed("HTTP/2: GOAWAY before the stream", &[goaway(0, NO_ERROR)], BROKEN),
        framed("HTTP/2: GOAWAY with an error", &[goaway(1, INTERNAL_ERROR)], BROKEN),
        waiting(
            "HTTP/2: GOAWAY behind the stream, which is still answered",
            &[goaway(1, NO_ERROR), first.clone(), last],
            Outcome::Whole,
        ),
        waiting("HTTP/2: GOAWAY with both keys", std::slice::from_ref(&echo), BROKEN),
        waiting("HTTP/2: GOAWAY with both keys in the body", &[first.clone(), data(half()), echo], CUT),
        framed("HTTP/2: GOAWAY and FIN in the body", &[first, data(half()), goaway(1, NO_ERROR)], CUT),
        framed(
            "HTTP/2: GOAWAY behind an answer, and another call",
            &[whole.concat(), goaway(1, NO_ERROR)],
            Outcome::Whole,
        )
        .warmed(Warmed::Ended)
        .comes(EVERY, Outcome::Whole),
    ]
}

fn bodies() -> Vec<Scenario> {
    let long = (DOCUMENT.len() + 1).to_string();
    let short = (DOCUMENT.len() - 1).to_string();
    let under = |length: &str| [head(&[("content-length", length)]), last_data(DOCUMENT)];
    vec![
        framed("HTTP/2: FIN before the head", &[], BROKEN),
        framed("HTTP/2: FIN behind the head", &[head(&[])], CUT),
        framed("HTTP/2: FIN in the body", &[head(&[]), data(half())], CUT),
        framed("HTTP/2: FIN in a frame", &[head(&[]), data(half())[..20].to_vec()], CUT),
        waiting("HTTP/2: a body shorter than its length", &under(&long), CUT),
        waiting("HTTP/2: a body longer than its length", &under(&short), CUT),
        waiting("HTTP/2: a body without its end", &[head(&[]), last_data(&DOCUMENT[1..])], UNEXPECTED).but(
            &["reqwest", "hyper"],
            RAW,
            Outcome::Gives(&DOCUMENT[1..]),
        ),
        framed("HTTP/2: frames that are none", &[vec![b'x'; 64]], BROKEN),
    ]
}

/// Heads of many KiB. Both clients accept 400 KiB, where hyper's default is 16 KiB.
fn heads() -> Vec<Scenario> {
    let kilobyte = "x".repeat(1000);
    let of = |kilobytes: usize| [head(&vec![("x", kilobyte.as_str()); kilobytes]), last_data(DOCUMENT)];
    vec![
        waiting("HTTP/2: a head of 20 KiB", &of(20), Outcome::Whole),
        waiting("HTTP/2: a head of 380 KiB", &of(380), Outcome::Whole),
        waiting("HTTP/2: a head of 420 KiB", &of(420), BROKEN),
        waiting("HTTP/2: a head of 2 MiB", &of(2048), BROKEN),
    ]
}
