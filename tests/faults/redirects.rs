//! Redirects to many targets: promises 1 and 2. Only a download follows them, and it sends no keys to another origin. The other
//! listener never sees a key.

use useartisan::{ErrorKind, Sent};

use crate::scenario::{Outcome, Scenario, response, scenario, whole};
use crate::script::{Script, answer};
use crate::tls::Tls;
use crate::way::{CALLS, DOWNLOADS, RAW, REST};

/// The outcome of a redirected download.
#[derive(Clone, Copy)]
enum Goes {
    /// It goes to the other listener, without the keys.
    Away,
    /// It goes to its own origin, with the keys.
    Home,
    Nowhere,
}

const PROMISES: &[u8] = &[1, 2];
const REFUSED: Outcome = Outcome::Fails(ErrorKind::Redirect, Sent::Answered);

/// The status, the headers, and the outcome of a download.
const SHAPES: [(&str, u16, &str, Goes); 22] = [
    ("301", 301, "location: http://{away}/x\r\n", Goes::Away),
    ("302", 302, "location: http://{away}/x\r\n", Goes::Away),
    ("303", 303, "location: http://{away}/x\r\n", Goes::Away),
    ("307", 307, "location: http://{away}/x\r\n", Goes::Away),
    ("308", 308, "location: http://{away}/x\r\n", Goes::Away),
    ("300, which is none", 300, "location: http://{away}/x\r\n", Goes::Nowhere),
    ("305, to a proxy", 305, "location: http://{away}/x\r\n", Goes::Nowhere),
    ("a scheme in capitals, and a fragment", 308, "location: HTTP://{away}/x#part\r\n", Goes::Away),
    ("no scheme", 302, "location: //{away}/x\r\n", Goes::Away),
    ("backslashes for slashes", 302, "location: \\\\{away}/x\r\n", Goes::Away),
    ("a backslash among slashes", 302, "location: http:/\\{away}/x\r\n", Goes::Away),
    ("an absolute path", 302, "location: /elsewhere?x=1\r\n", Goes::Home),
    ("a relative path", 307, "location: elsewhere\r\n", Goes::Home),
    ("the same origin", 301, "location: http://{home}/elsewhere\r\n", Goes::Home),
    ("the origin as userinfo", 302, "location: http://{home}@{away}/x\r\n", Goes::Nowhere),
    ("userinfo", 302, "location: http://user:pass@{away}/x\r\n", Goes::Nowhere),
    ("another scheme", 302, "location: ftp://{away}/x\r\n", Goes::Nowhere),
    ("plain http beyond loopback", 302, "location: http://192.0.2.1/x\r\n", Goes::Nowhere),
    ("two locations", 302, "location: http://{home}/x\r\nlocation: http://{away}/x\r\n", Goes::Nowhere),
    ("no location", 302, "", Goes::Nowhere),
    ("an empty location", 302, "location: \r\n", Goes::Home),
    ("a location that is no URL", 302, "location: http://[\r\n", Goes::Nowhere),
];

pub(super) fn scenarios() -> Vec<Scenario> {
    let shapes = SHAPES.iter().map(|(name, status, headers, goes)| {
        let followed = scenario(format!("a redirect by {name}"), PROMISES, moved(*status, headers))
            .then(answer(whole()))
            .location(location(headers))
            .comes(CALLS, REFUSED)
            .comes(RAW, Outcome::Gives(""));
        match goes {
            Goes::Away => followed.comes(DOWNLOADS, Outcome::Whole).hits(1, 1),
            Goes::Home => followed.comes(DOWNLOADS, Outcome::Whole).hits(2, 0),
            Goes::Nowhere => followed.comes(DOWNLOADS, REFUSED),
        }
    });
    let others = SHAPES.iter().map(|(name, status, headers, _)| {
        scenario(format!("a redirect of all other calls by {name}"), PROMISES, moved(*status, headers))
            .location(location(headers))
            .comes(REST, REFUSED)
            .hits(5, 0)
    });
    shapes.chain(others).chain(chains()).collect()
}

fn location(headers: &'static str) -> Option<&'static str> {
    Some(headers.strip_prefix("location: ")?.lines().next()?.trim())
}

fn moved(status: u16, headers: &str) -> Script {
    let headers = format!("{headers}connection: close\r\ncontent-length: 0\r\n");
    answer(response(&format!("{status} Moved"), &headers, ""))
}

fn chains() -> Vec<Scenario> {
    let again = || moved(302, "location: /again\r\n");
    vec![
        scenario(
            "a redirect there and back",
            PROMISES,
            moved(307, "location: http://localhost:{port}/x\r\n"),
        )
        .then(moved(302, "location: http://{home}/back\r\n"))
        .then(answer(whole()))
        .keys(&[2, 0, 0])
        .comes(DOWNLOADS, Outcome::Whole)
        .hits(3, 0),
        scenario("three redirects", PROMISES, again())
            .then(again())
            .then(again())
            .then(answer(whole()))
            .comes(DOWNLOADS, Outcome::Whole)
            .hits(4, 0),
        scenario("a redirect without an end", PROMISES, again())
            .comes(CALLS, REFUSED)
            .comes(DOWNLOADS, REFUSED)
            .hits(4, 0),
        scenario("a redirect from https to http", PROMISES, moved(302, "location: http://192.0.2.1/x\r\n"))
            .over(Tls::Trusted)
            .comes(CALLS, REFUSED)
            .comes(DOWNLOADS, REFUSED),
        // Nobody can listen to loopback, but it is still another origin.
        scenario(
            "a redirect from https to http on loopback",
            PROMISES,
            moved(302, "location: http://{away}/x\r\n"),
        )
        .over(Tls::Trusted)
        .comes(CALLS, REFUSED)
        .comes(DOWNLOADS, Outcome::Whole)
        .hits(1, 1),
    ]
}
