//! Transfers that end early: promise 12, for saving promise 29, and for a POST promise 23.

use crate::scenario::{BROKEN, CUT, DOCUMENT, Outcome, Scenario, UNEXPECTED, UREQ, half, response, scenario};
use crate::script::{Act, Script};
use crate::way::{EVERY, RAW, READ};

const PROMISES: &[u8] = &[12, 23, 29];

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [in_the_head(), in_the_body(), in_chunks(), where_the_end_is_the_connections()];
    all.into_iter().flatten().collect()
}

fn fin(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Act::Read, Act::Say(bytes.into())]
}

fn reset(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Act::Read, Act::Say(bytes.into()), Act::Reset]
}

fn cut(name: &str, script: Script, outcome: Outcome) -> Scenario {
    scenario(name, PROMISES, script).comes(EVERY, outcome)
}

fn in_the_head() -> Vec<Scenario> {
    vec![
        cut("FIN before the head", fin(""), BROKEN),
        cut("reset before the head", reset(""), BROKEN),
        cut("FIN in the status line", fin("HTTP/1.1 20"), BROKEN),
        cut("FIN behind the status line", fin("HTTP/1.1 200 OK\r\n"), BROKEN),
        cut("FIN in the head", fin("HTTP/1.1 200 OK\r\ncontent-le"), BROKEN),
        cut("reset in the head", reset("HTTP/1.1 200 OK\r\ncontent-le"), BROKEN),
        cut("FIN in the line that ends the head", fin("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r"), BROKEN),
    ]
}

fn in_the_body() -> Vec<Scenario> {
    let more = response("200 OK", &format!("content-length: {}\r\n", DOCUMENT.len() + 1), DOCUMENT);
    let head = &more[..more.find('{').unwrap()];
    let half = &more[..more.len() - DOCUMENT.len() / 2];
    vec![
        cut("FIN behind the head", fin(head), CUT),
        cut("reset behind the head", reset(head), CUT),
        cut("FIN in the body", fin(half), CUT),
        cut("reset in the body", reset(half), CUT),
        cut("FIN behind a document, a byte before the body's end", fin(&*more), CUT),
        cut("reset behind a document, a byte before the body's end", reset(&*more), CUT),
    ]
}

fn chunked(end: &str) -> String {
    let (first, second) = DOCUMENT.split_at(DOCUMENT.len() / 2);
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    response("200 OK", "transfer-encoding: chunked\r\n", &format!("{}{}{end}", chunk(first), chunk(second)))
}

fn in_chunks() -> Vec<Scenario> {
    let all = chunked("");
    let inside = &all[..all.len() - 9];
    let boundary = &all[..all.find("\r\n\r\n").unwrap() + 4 + 4 + DOCUMENT.len() / 2];
    vec![
        cut("FIN before the first chunk", fin(&all[..all.find("\r\n\r\n").unwrap() + 4]), CUT),
        cut("FIN inside a chunk", fin(inside), CUT),
        cut("reset inside a chunk", reset(inside), CUT),
        cut("FIN between chunks", fin(boundary), CUT),
        cut("reset between chunks", reset(boundary), CUT),
        cut("FIN behind the last chunk's line of data", fin(&*all), CUT),
        cut("FIN in the size of a chunk", fin(chunked("5")), CUT),
        cut("FIN behind the size of a chunk", fin(chunked("5\r\n")), CUT),
        cut("FIN in the size of the last chunk", fin(chunked("0")), CUT),
        // The last chunk has arrived, so no byte of the body can be missing.
        cut("FIN without the last CRLF", fin(chunked("0\r\n")), CUT).but(UREQ, EVERY, Outcome::Whole),
        cut("FIN in a trailer", fin(chunked("0\r\nx-trailer: 1")), CUT),
        cut("a size of a chunk that is no number", fin(chunked("x\r\n")), CUT),
        cut("a size of a chunk that overflows", fin(chunked("10000000000000000\r\n")), CUT),
        cut("a size of a chunk with a sign", fin(chunked("-1\r\n \r\n0\r\n\r\n")), CUT),
        cut("a chunk that is longer than its size", fin(chunked("1\r\n   \r\n0\r\n\r\n")), CUT),
    ]
}

/// If a body ends with its connection, only the document shows a cut, or a broken connection. ureq takes a reset for such an
/// end, too.
fn where_the_end_is_the_connections() -> Vec<Scenario> {
    let head = response("200 OK", "", "");
    let cut_short = response("200 OK", "", half());
    let whole = response("200 OK", "", DOCUMENT);
    let open = |name: &str, script| scenario(name, PROMISES, script).comes(READ, UNEXPECTED);
    vec![
        open("FIN behind a head that tells no length", fin(&*head)).comes(RAW, Outcome::Gives("")),
        open("FIN in a body that tells no length", fin(cut_short.clone())).comes(RAW, Outcome::Gives(half())),
        cut("reset in a body that tells no length", reset(cut_short), CUT).but(UREQ, READ, UNEXPECTED).but(
            UREQ,
            RAW,
            Outcome::Gives(half()),
        ),
        cut("reset behind a body that tells no length", reset(whole), CUT).but(UREQ, EVERY, Outcome::Whole),
    ]
}
