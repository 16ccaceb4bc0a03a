//! Bodies with another length than the head says, and heads that give more than one length. What may not be whole is an error,
//! and no byte of one answer becomes part of the next: promise 12.

use crate::scenario::{
    BROKEN, DOCUMENT, Outcome, Scenario, UNEXPECTED, UREQ, Warmed, response, scenario, whole, with_length,
};
use crate::script::{Act, Script, answer};
use crate::way::{EVERY, RAW, READ};

const PROMISES: &[u8] = &[12, 29];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [told_wrong(), told_twice(), poisoned()];
    all.into_iter().flatten().collect()
}

/// [`DOCUMENT`] with these headers.
fn under(headers: &str) -> Script {
    answer(response("200 OK", headers, DOCUMENT))
}

fn length() -> usize {
    DOCUMENT.len()
}

fn told_wrong() -> Vec<Scenario> {
    let wrong = |name: &str, length: String| {
        scenario(name, PROMISES, under(&format!("content-length: {length}\r\n"))).comes(EVERY, BROKEN)
    };
    vec![
        scenario(
            "a length of a byte less",
            PROMISES,
            under(&format!("content-length: {}\r\n", length() - 1)),
        )
        .comes(READ, UNEXPECTED)
        .comes(RAW, Outcome::Gives(&DOCUMENT[..DOCUMENT.len() - 1])),
        scenario("a length of zero", PROMISES, under("content-length: 0\r\n"))
            .comes(READ, UNEXPECTED)
            .comes(RAW, Outcome::Gives("")),
        wrong("a length with a plus", format!("+{}", length())),
        wrong("a length with a minus", "-1".into()),
        wrong("a length beyond 64 bits", "18446744073709551616".into()),
        wrong("a length of 400 digits", "9".repeat(400)),
        wrong("a length in hexadecimal", format!("{:#x}", length())),
        wrong("a length with a space inside", "1 0".into()),
        wrong("a length of nothing", String::new()),
        wrong("a length that is a fraction", format!("{}.0", length())),
    ]
}

fn told_twice() -> Vec<Scenario> {
    let l = length();
    let chunks = format!("{l:x}\r\n{DOCUMENT}\r\n0\r\n\r\n");
    let twice = |name: &str, headers: String| scenario(name, PROMISES, under(&headers));
    let both =
        |name: &str, headers: String| scenario(name, PROMISES, answer(response("200 OK", &headers, &chunks)));
    vec![
        twice("two equal lengths", format!("content-length: {l}\r\ncontent-length: {l}\r\n"))
            .comes(EVERY, Outcome::Whole),
        twice("two lengths, the first right", format!("content-length: {l}\r\ncontent-length: 7\r\n"))
            .comes(EVERY, BROKEN),
        twice("two lengths, the second right", format!("content-length: 7\r\ncontent-length: {l}\r\n"))
            .comes(EVERY, BROKEN),
        twice("a list of equal lengths", format!("content-length: {l}, {l}\r\n"))
            .comes(EVERY, Outcome::Whole),
        twice("a list of two lengths", format!("content-length: 7, {l}\r\n")).comes(EVERY, BROKEN),
        both("chunks, and a length before", "content-length: 7\r\ntransfer-encoding: chunked\r\n".into())
            .comes(EVERY, Outcome::Whole),
        both("chunks, and a length behind", "transfer-encoding: chunked\r\ncontent-length: 7\r\n".into())
            .comes(EVERY, Outcome::Whole),
        both("chunks twice", "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n".into())
            .comes(EVERY, Outcome::Whole),
        // The body then ends with the connection (RFC 9112, section 6.3). ureq reads it as chunks.
        both("chunks, but not last", "transfer-encoding: chunked, identity\r\n".into())
            .comes(READ, UNEXPECTED)
            .but(UREQ, READ, Outcome::Whole),
        both("chunks, and another transfer coding", "transfer-encoding: gzip, chunked\r\n".into())
            .comes(EVERY, Outcome::Whole),
    ]
}

/// An answer to no request.
fn poison() -> String {
    with_length(r#"{"apps":[{"id":"0","name":"Evil"}],"message":"evil","job":"0","artisanUserIds":[]}"#)
}

fn poisoned() -> Vec<Scenario> {
    let chunks = format!("{:x}\r\n{DOCUMENT}\r\n0\r\n\r\n", length());
    let chunked = response("200 OK", "transfer-encoding: chunked\r\n", &chunks);
    let poisoned = |name: &str, first: String| {
        let script = vec![Act::Read, Act::Say(first.into()), Act::Read, Act::Say(whole().into())];
        scenario(name, PROMISES, script)
            .then(answer(whole()))
            .warmed(Warmed::Only)
            .comes(EVERY, Outcome::Whole)
    };
    vec![
        poisoned("an answer behind a body of known length", format!("{}{}", whole(), poison())),
        poisoned("an answer behind the last chunk", format!("{chunked}{}", poison())),
        poisoned("bytes that are no answer behind a body", format!("{}garbage", whole())),
    ]
}
