//! The table of faults: what a server does, and what must come of it, for each backend and each way to read.

use std::time::Duration;

use useartisan::{ErrorKind, Sent, Timeouts};

use crate::script::Script;
use crate::support::clients::NAMES;
use crate::tls::Tls;
use crate::way::Way;

/// An answer that any of the calls can take: as a list of apps, as a job that was started, and as a result.
pub(crate) const DOCUMENT: &str = concat!(
    r#"{"apps":[{"id":"5550dd57","name":"Demo"}],"message":"queued","job":"5584","#,
    r#""artisanUserIds":[{"age":"54"},{"age":"29"}]}"#
);

/// The one that is not over hyper, and differs from the other two in some of this.
pub(crate) const UREQ: &[&str] = &["ureq"];

/// One fault, as data.
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// The promises that it holds up.
    pub(crate) promises: &'static [u8],
    /// What the server does with its first connection, its second …
    pub(crate) scripts: Vec<Script>,
    pub(crate) tls: Option<Tls>,
    pub(crate) warmed: Option<Warmed>,
    /// Whether it is tried again, in virtual time.
    pub(crate) retried: bool,
    pub(crate) timeouts: Timeouts,
    /// How long it takes until the client gives up.
    pub(crate) takes: Option<Duration>,
    /// Where a redirect points, which its error tells.
    pub(crate) location: Option<&'static str>,
    /// How many keys each request to the server has; two, unless this says otherwise.
    pub(crate) keys: Option<&'static [usize]>,
    /// What must come of it. Where several fit, the last holds.
    pub(crate) expected: Vec<Expected>,
}

/// A call before the one that counts, over a connection that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warmed {
    /// Then goes straight on.
    Only,
    /// Then waits until the server has ended the connection.
    Ended,
    /// Then waits until an async client may have noticed that, too.
    Noticed,
}

#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) ways: &'static [Way],
    pub(crate) backends: &'static [&'static str],
    pub(crate) outcome: Outcome,
    /// How many requests reach the server, and how many the other one.
    pub(crate) hits: [usize; 2],
}

/// What comes of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// All of [`DOCUMENT`].
    Whole,
    /// This text.
    Gives(&'static str),
    Fails(ErrorKind, Sent),
    /// All of it; or, where the end of a kept connection was not noticed in time, as [`BROKEN`], and the server has
    /// not read the request.
    WholeOrUnnoticed,
    /// The same as `Fails`, with words that stand in the error or a cause of it.
    Tells(ErrorKind, Sent, &'static str),
}

/// A connection broke, or what came over it was no HTTP: before an answer, and after its head.
pub(crate) const BROKEN: Outcome = Outcome::Fails(ErrorKind::Transport, Sent::Maybe);
pub(crate) const CUT: Outcome = Outcome::Fails(ErrorKind::Transport, Sent::Answered);
/// The head is over a bound of the client's.
pub(crate) const TOO_LARGE: Outcome = Outcome::Fails(ErrorKind::Backend, Sent::Maybe);
/// What came was no whole document.
pub(crate) const UNEXPECTED: Outcome = Outcome::Fails(ErrorKind::UnexpectedBody, Sent::Answered);

pub(crate) fn scenario(name: impl Into<String>, promises: &'static [u8], script: Script) -> Scenario {
    Scenario {
        name: name.into(),
        promises,
        scripts: vec![script],
        tls: None,
        warmed: None,
        retried: false,
        timeouts: Timeouts::default(),
        takes: None,
        location: None,
        keys: None,
        expected: Vec::new(),
    }
}

impl Scenario {
    /// What the server does with the next connection.
    pub(crate) fn then(mut self, script: Script) -> Self {
        self.scripts.push(script);
        self
    }

    pub(crate) fn over(self, tls: Tls) -> Self {
        Scenario { tls: Some(tls), ..self }
    }

    pub(crate) fn warmed(self, warmed: Warmed) -> Self {
        Scenario { warmed: Some(warmed), ..self }
    }

    pub(crate) fn keys(self, keys: &'static [usize]) -> Self {
        Scenario { keys: Some(keys), ..self }
    }

    pub(crate) fn location(self, location: Option<&'static str>) -> Self {
        Scenario { location, ..self }
    }

    pub(crate) fn retried(self) -> Self {
        Scenario { retried: true, ..self }
    }

    pub(crate) fn takes(self, takes: Duration, timeouts: Timeouts) -> Self {
        Scenario { takes: Some(takes), timeouts, ..self }
    }

    pub(crate) fn timeouts(self, timeouts: Timeouts) -> Self {
        Scenario { timeouts, ..self }
    }

    /// What comes of it in these ways, on all backends.
    pub(crate) fn comes(self, ways: &'static [Way], outcome: Outcome) -> Self {
        self.but(&NAMES, ways, outcome)
    }

    /// What comes of it on these backends, which is not what comes of it on the others.
    pub(crate) fn but(
        mut self,
        backends: &'static [&'static str],
        ways: &'static [Way],
        outcome: Outcome,
    ) -> Self {
        let hits = [1 + usize::from(self.warmed.is_some()), 0];
        self.expected.push(Expected { ways, backends, outcome, hits });
        self
    }

    /// How many requests reach the server and the other one, of what was said last.
    pub(crate) fn hits(mut self, home: usize, away: usize) -> Self {
        self.expected.last_mut().unwrap().hits = [home, away];
        self
    }

    pub(crate) fn expected(&self, backend: &str, way: Way) -> Option<Expected> {
        let fits = |row: &&Expected| row.ways.contains(&way) && row.backends.contains(&backend);
        self.expected.iter().rev().find(fits).copied()
    }
}

/// An answer with this status line's end, these headers, and this body, over a connection that is kept.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}\r\n{body}")
}

pub(crate) fn with_length(body: &str) -> String {
    response("200 OK", &format!("content-length: {}\r\n", body.len()), body)
}

/// The first half of [`DOCUMENT`].
pub(crate) fn half() -> &'static str {
    &DOCUMENT[..DOCUMENT.len() / 2]
}

/// [`DOCUMENT`], as it is to come.
pub(crate) fn whole() -> String {
    with_length(DOCUMENT)
}
