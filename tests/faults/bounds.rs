//! Answers without an end: promise 15. The call ends with an error that names the limit, or with the time-out `total`.

use std::time::Duration;

use useartisan::{ErrorKind, Sent, Timeouts};

use crate::scenario::{CUT, DOCUMENT, Outcome, Scenario, UREQ, response, scenario};
use crate::script::{Act, Script, answer};
use crate::way::{CALLS, EVERY, RAW, READ, Way};

const KILOBYTE: &[u8] = &[b' '; 1024];
const LETTERS: &[u8] = &[b'x'; 1024];
const SKIPPED: &[Way] = &[Way::Chunks, Way::Save, Way::Records];

pub(super) fn scenarios() -> Vec<Scenario> {
    let limit = |words| Outcome::Tells(ErrorKind::Limit, Sent::Answered, words);
    let long = format!("content-length: {}\r\n", 10 * 1024 * 1024 + 1);
    let timed_out = Outcome::Fails(ErrorKind::TimedOut, Sent::Answered);
    let total = Timeouts::default().with_total(Duration::from_millis(500));
    let endless = |name: &str, start: String, piece| scenario(name, &[15, 29], endless(start, piece));
    let chunked = response("200 OK", "transfer-encoding: chunked\r\n", "");
    let text = response("200 OK", "", r#"{"artisanUserIds":[{"age":""#);
    let whole = response("200 OK", "", r#"{"artisanUserIds":[]}"#);
    vec![
        endless("a body of spaces without an end", response("200 OK", "", ""), KILOBYTE)
            .comes(CALLS, limit("the body is over the limit of 10485760 bytes"))
            .comes(RAW, limit("the body is over the limit of 10485760 bytes")),
        endless("a download of spaces without an end", response("200 OK", "", ""), KILOBYTE)
            .comes(SKIPPED, limit("white space limit of 1048576 bytes in a row")),
        endless("spaces without an end after a document", whole, KILOBYTE)
            .comes(SKIPPED, limit("white space limit of 1048576 bytes in a row")),
        endless("a name without an end", response("200 OK", "", "{\""), LETTERS)
            .comes(&[Way::Bytes], limit("the result is over the limit of 1048576 bytes")),
        endless("a name without an end, for a time", response("200 OK", "", "{\""), LETTERS)
            .timeouts(total)
            .comes(SKIPPED, timed_out),
        endless("a text without an end", text.clone(), LETTERS)
            .comes(CALLS, limit("the body is over the limit"))
            .comes(&[Way::Records], limit("limit of")),
        endless("a failure without an end", response("500 No", "", ""), LETTERS)
            .comes(READ, Outcome::Fails(ErrorKind::Rejected, Sent::Maybe))
            .comes(
                RAW,
                Outcome::Tells(ErrorKind::Limit, Sent::Maybe, "the body is over the limit of 10485760 bytes"),
            ),
        endless("a head without an end", "HTTP/1.1 200 OK\r\nx: ".into(), LETTERS)
            .comes(EVERY, too_large("400 KiB"))
            .but(UREQ, EVERY, too_large("64 KiB")),
        endless("headers without an end", "HTTP/1.1 200 OK\r\n".into(), b"x: y\r\n")
            .comes(EVERY, too_large("100 headers"))
            .but(UREQ, EVERY, too_large("128 headers")),
        headers(120).comes(EVERY, too_large("100 headers")).but(UREQ, EVERY, Outcome::Whole),
        headers(200).comes(EVERY, too_large("100 headers")).but(UREQ, EVERY, too_large("128 headers")),
        endless("a size of a chunk without an end", chunked.clone(), b"f").comes(EVERY, CUT),
        scenario(
            "a size of a chunk of many zeros",
            &[12, 15],
            answer(format!("{chunked}{}", "0".repeat(100_000))),
        )
        .comes(EVERY, CUT),
        endless("trailers without an end", format!("{chunked}0\r\n"), b"x: y\r\n")
            .timeouts(total)
            .comes(EVERY, CUT)
            .but(UREQ, EVERY, timed_out),
        scenario("a length that is over the limit", &[15], answer(response("200 OK", &long, "")))
            .comes(CALLS, limit("the body is over the limit"))
            .comes(RAW, limit("the body is over the limit")),
        scenario(
            "a hundred thousand levels",
            &[15, 29],
            answer(response("200 OK", "", &"[".repeat(100_000))),
        )
        .comes(&[Way::Bytes, Way::Chunks, Way::Save], limit("128")),
    ]
}

/// It is not retried: the server would send the same again.
fn too_large(words: &'static str) -> Outcome {
    Outcome::Tells(ErrorKind::Backend, Sent::Maybe, words)
}

fn headers(count: usize) -> Scenario {
    let headers: String = (0..count).map(|number| format!("x-{number}: y\r\n")).collect();
    let answer =
        answer(response("200 OK", &format!("{headers}content-length: {}\r\n", DOCUMENT.len()), DOCUMENT));
    scenario(format!("{count} headers"), &[15], answer).retried()
}

fn endless(start: String, piece: &'static [u8]) -> Script {
    vec![Act::Read, Act::Say(start.into()), Act::Forever(piece, Duration::ZERO)]
}
