//! Kept connections that the server closes: promise 23. A request that was never sent may be sent again. A POST may not, once
//! any of its bytes may have left.

use crate::scenario::{BROKEN, CUT, DOCUMENT, Outcome, Scenario, Warmed, scenario, whole};
use crate::script::{Act, Script, answer};
use crate::way::{EVERY, POST, READ, Way};

const PROMISES: &[u8] = &[12, 23, 29, 40];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [idle(), in_use(), alone()];
    all.into_iter().flatten().collect()
}

/// Answers a first request over a kept connection, and then does this.
fn kept(acts: &[Act]) -> Script {
    [&[Act::Read, Act::Say(whole().into())], acts].concat()
}

fn kept_then(name: &str, acts: &[Act]) -> Scenario {
    scenario(name, PROMISES, kept(acts)).then(answer(whole()))
}

fn idle() -> Vec<Scenario> {
    vec![
        kept_then("a connection that is used again", &[Act::Read, Act::Say(whole().into())])
            .warmed(Warmed::Only)
            .comes(EVERY, Outcome::Whole),
        kept_then("a FIN while idle, which is noticed", &[])
            .warmed(Warmed::Noticed)
            .comes(EVERY, Outcome::Whole),
        kept_then("a FIN while idle", &[])
            .warmed(Warmed::Ended)
            .retried()
            .comes(EVERY, Outcome::Whole)
            .comes(POST, Outcome::WholeOrUnnoticed),
        kept_then("a reset while idle, which is noticed", &[Act::Reset])
            .warmed(Warmed::Noticed)
            .comes(EVERY, Outcome::Whole),
        kept_then("a reset while idle", &[Act::Reset])
            .warmed(Warmed::Ended)
            .retried()
            .comes(EVERY, Outcome::Whole)
            .comes(POST, Outcome::WholeOrUnnoticed),
    ]
}

fn in_use() -> Vec<Scenario> {
    let half = || Act::Say(whole()[..whole().len() - DOCUMENT.len() / 2].into());
    vec![
        kept_then("a FIN in a kept connection's second request", &[Act::Read])
            .warmed(Warmed::Only)
            .comes(EVERY, BROKEN),
        kept_then("a reset in a kept connection's second request", &[Act::Read, Act::Reset])
            .warmed(Warmed::Only)
            .comes(EVERY, BROKEN),
        kept_then("a FIN in a kept connection's second answer", &[Act::Read, half()])
            .warmed(Warmed::Only)
            .comes(EVERY, CUT),
        kept_then("a FIN in a second request, and then an answer", &[Act::Read])
            .warmed(Warmed::Only)
            .retried()
            .comes(READ, Outcome::Whole)
            .hits(3, 0)
            .comes(POST, BROKEN),
        kept_then("a reset in a second request, and then an answer", &[Act::Read, Act::Reset])
            .warmed(Warmed::Only)
            .retried()
            .comes(READ, Outcome::Whole)
            .hits(3, 0)
            .comes(POST, BROKEN),
    ]
}

/// The same on a new connection.
fn alone() -> Vec<Scenario> {
    let half = || Act::Say(whole()[..whole().len() - DOCUMENT.len() / 2].into());
    const AT_ONCE: &[Way] = &[Way::Call, Way::Raw, Way::Bytes, Way::Save];
    const HANDED_OUT: &[Way] = &[Way::Records, Way::Chunks];
    vec![
        scenario("a FIN before the head, and then an answer", PROMISES, vec![Act::Read])
            .then(answer(whole()))
            .retried()
            .comes(EVERY, Outcome::Whole)
            .hits(2, 0)
            .comes(POST, BROKEN),
        scenario("a reset before the head, and then an answer", PROMISES, vec![Act::Read, Act::Reset])
            .then(answer(whole()))
            .retried()
            .comes(EVERY, Outcome::Whole)
            .hits(2, 0)
            .comes(POST, BROKEN),
        scenario("a FIN in the body, and then an answer", PROMISES, vec![Act::Read, half()])
            .then(answer(whole()))
            .retried()
            .comes(AT_ONCE, Outcome::Whole)
            .hits(2, 0)
            .comes(HANDED_OUT, CUT)
            .comes(POST, CUT),
        scenario("a connection that dies each time", PROMISES, vec![Act::Read])
            .retried()
            .comes(EVERY, BROKEN)
            .hits(4, 0)
            .comes(POST, BROKEN),
    ]
}
