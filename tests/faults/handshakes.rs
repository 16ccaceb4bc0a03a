//! TLS faults. All of them fail closed: promise 32.

use useartisan::{ErrorKind, Sent};

use crate::scenario::{CUT, DOCUMENT, Outcome, Scenario, UNEXPECTED, UREQ, half, response, scenario, whole};
use crate::script::{Act, answer};
use crate::tls::Tls;
use crate::way::{EVERY, RAW, READ};

const PROMISES: &[u8] = &[32, 40];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [certificates(), endings()];
    all.into_iter().flatten().collect()
}

/// The handshake failed, so nothing was sent.
fn refused(words: &'static str) -> Outcome {
    Outcome::Tells(ErrorKind::Transport, Sent::No, words)
}

fn certificates() -> Vec<Scenario> {
    let shown = |name: &str, tls: Tls, words: &'static str| {
        let script = vec![Act::Read, Act::Say(whole().into()), Act::Notify];
        scenario(name, PROMISES, script).over(tls).comes(EVERY, refused(words)).hits(0, 0)
    };
    let silent = |name: &str, script| {
        scenario(name, PROMISES, script).over(Tls::Silent).comes(EVERY, refused("")).hits(0, 0)
    };
    vec![
        scenario("a certificate that is trusted", PROMISES, answer(whole()))
            .over(Tls::Trusted)
            .comes(EVERY, Outcome::Whole),
        silent("a handshake that ends in a FIN", vec![]),
        silent("a handshake that HTTP answers", vec![Act::Say(whole().into())]),
        shown("a certificate that is signed by itself", Tls::SelfSigned, "UnknownIssuer"),
        shown("a certificate, where another is trusted", Tls::OtherRoot, "invalid peer certificate"),
        shown("a certificate of an unknown authority", Tls::UnknownAuthority, "UnknownIssuer"),
        shown("a certificate of the past", Tls::Expired, "expired"),
        shown("a certificate of the future", Tls::NotYetValid, "not valid yet"),
        shown("a certificate for another host", Tls::WrongHost, "not valid for name"),
    ]
}

/// Without a close_notify, the end of a body without a length may be forged. reqwest and hyper return an error; ureq does not, so
/// only the document shows it.
fn endings() -> Vec<Scenario> {
    let over_tls = |name: &str, body: &str, acts: &[Act]| {
        let script = [&[Act::Read, Act::Say(response("200 OK", "", body).into())], acts].concat();
        scenario(name, &[12, 29, 32], script).over(Tls::Trusted)
    };
    vec![
        over_tls("a body that a close_notify ends", DOCUMENT, &[Act::Notify]).comes(EVERY, Outcome::Whole),
        over_tls("a cut body that a close_notify ends", half(), &[Act::Notify])
            .comes(READ, UNEXPECTED)
            .comes(RAW, Outcome::Gives(half())),
        over_tls("a body without a close_notify", DOCUMENT, &[]).comes(EVERY, CUT).but(
            UREQ,
            EVERY,
            Outcome::Whole,
        ),
        over_tls("a cut body without a close_notify", half(), &[])
            .comes(EVERY, CUT)
            .but(UREQ, READ, UNEXPECTED)
            .but(UREQ, RAW, Outcome::Gives(half())),
        over_tls("a reset over TLS", half(), &[Act::Reset])
            .comes(EVERY, CUT)
            .but(UREQ, READ, UNEXPECTED)
            .but(UREQ, RAW, Outcome::Gives(half())),
    ]
}
