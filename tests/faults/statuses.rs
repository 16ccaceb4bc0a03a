//! The important statuses, and which of them are retried: promises 2, 20 and 23.

use useartisan::{ErrorKind, Sent};

use crate::scenario::{DOCUMENT, Outcome, Scenario, response, scenario, whole};
use crate::script::answer;
use crate::way::{CALLS, DOWNLOADS, EVERY, POST, RAW, READ, Way};

/// What is tried again.
const GETS: &[Way] = &[Way::Call, Way::Records, Way::Bytes, Way::Chunks, Way::Save];

pub(super) fn scenarios() -> Vec<Scenario> {
    let alone = STATUSES.iter().map(|(status, outcome)| {
        let scenario = scenario(format!("status {status}"), &[2, 20, 29], answer(told(*status)));
        match status {
            200 => scenario.comes(EVERY, *outcome),
            // Only 200 has a result.
            201..=299 => scenario.comes(RAW, *outcome).comes(CALLS, *outcome).comes(DOWNLOADS, NO_RESULT),
            _ => scenario.comes(RAW, Outcome::Whole).comes(READ, *outcome),
        }
    });
    let again = [408, 429, 499, 502, 503, 504, 520, 524, 530].into_iter().map(|status| {
        scenario(format!("status {status}, and then an answer"), &[20, 23], answer(told(status)))
            .then(answer(whole()))
            .retried()
            .comes(GETS, Outcome::Whole)
            .hits(2, 0)
            .comes(POST, rejected(status))
    });
    let by_a_proxy = [500, 501, 599].into_iter().map(|status| {
        let page =
            response(&format!("{status} Told"), "connection: close\r\ncontent-length: 6\r\n", "<html>");
        scenario(format!("status {status} with a page, and then an answer"), &[20, 23], answer(page))
            .then(answer(whole()))
            .retried()
            .comes(GETS, Outcome::Whole)
            .hits(2, 0)
            .comes(POST, UNKNOWN)
    });
    let final_ones = [400, 401, 404, 425, 500, 501].into_iter().map(|status| {
        scenario(format!("status {status}, which is final"), &[20, 23], answer(told(status)))
            .then(answer(whole()))
            .retried()
            .comes(READ, rejected(status))
    });
    alone.chain(again).chain(by_a_proxy).chain(final_ones).collect()
}

fn told(status: u16) -> String {
    let headers = format!("connection: close\r\ncontent-length: {}\r\n", DOCUMENT.len());
    response(&format!("{status} Told"), &headers, DOCUMENT)
}

/// Neither a gateway nor a failure without `success` tells what happened to the request.
fn rejected(status: u16) -> Outcome {
    match status {
        401 | 403 => DENIED,
        404 | 410 => ABSENT,
        408 | 499 | 500..=502 | 504.. => UNKNOWN,
        _ => REJECTED,
    }
}

const REJECTED: Outcome = Outcome::Fails(ErrorKind::Rejected, Sent::Answered);
const DENIED: Outcome = Outcome::Fails(ErrorKind::AccessDenied, Sent::Answered);
const ABSENT: Outcome = Outcome::Fails(ErrorKind::NotFound, Sent::Answered);
const NO_RESULT: Outcome = Outcome::Fails(ErrorKind::UnexpectedBody, Sent::Maybe);
const UNKNOWN: Outcome = Outcome::Fails(ErrorKind::Rejected, Sent::Maybe);
const MOVED: Outcome = Outcome::Fails(ErrorKind::Redirect, Sent::Answered);

const STATUSES: [(u16, Outcome); 48] = [
    (200, Outcome::Whole),
    (201, Outcome::Whole),
    (202, Outcome::Whole),
    (203, Outcome::Whole),
    (206, Outcome::Whole),
    (226, Outcome::Whole),
    (299, Outcome::Whole),
    (300, MOVED),
    (301, MOVED),
    (302, MOVED),
    (303, MOVED),
    (305, MOVED),
    (306, MOVED),
    (307, MOVED),
    (308, MOVED),
    (399, MOVED),
    (400, REJECTED),
    (401, DENIED),
    (402, REJECTED),
    (403, DENIED),
    (404, ABSENT),
    (405, REJECTED),
    (406, REJECTED),
    (407, REJECTED),
    (408, UNKNOWN),
    (409, REJECTED),
    (410, ABSENT),
    (411, REJECTED),
    (413, REJECTED),
    (414, REJECTED),
    (415, REJECTED),
    (417, REJECTED),
    (418, REJECTED),
    (421, REJECTED),
    (422, REJECTED),
    (425, REJECTED),
    (429, REJECTED),
    (431, REJECTED),
    (451, REJECTED),
    (499, UNKNOWN),
    (500, UNKNOWN),
    (501, UNKNOWN),
    (502, UNKNOWN),
    (503, REJECTED),
    (504, UNKNOWN),
    (505, UNKNOWN),
    (599, UNKNOWN),
    (999, UNKNOWN),
];
