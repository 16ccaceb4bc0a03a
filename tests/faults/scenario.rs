//! The table of faults: what a server does, and the expected outcome for each backend and each way to read.

use std::time::Duration;

use useartisan::{ErrorKind, Sent, Timeouts};

use crate::script::Script;
use crate::support::clients::NAMES;
use crate::tls::Tls;
use crate::way::Way;

/// An answer that suits all of the calls: a list of apps, a started job, and a result.
pub(crate) const DOCUMENT: &str = concat!(
    r#"{"apps":[{"id":"5550dd57","name":"Demo"}],"message":"queued","job":"5584","#,
    r#""artisanUserIds":[{"age":"54"},{"age":"29"}]}"#
);

/// The backend without hyper. Some of its outcomes differ.
pub(crate) const UREQ: &[&str] = &["ureq"];

/// One fault, as data.
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// The promises that it shows.
    pub(crate) promises: &'static [u8],
    /// What the server does with its first connection, its second, and so on.
    pub(crate) scripts: Vec<Script>,
    pub(crate) tls: Option<Tls>,
    pub(crate) warmed: Option<Warmed>,
    /// Whether it is retried, in virtual time.
    pub(crate) retried: bool,
    pub(crate) timeouts: Timeouts,
    /// How long the client waits before it fails.
    pub(crate) takes: Option<Duration>,
    /// The location of a redirect, which its error must have.
    pub(crate) location: Option<&'static str>,
    /// How many keys each request to the server has. The default is two.
    pub(crate) keys: Option<&'static [usize]>,
    /// The expected outcomes. If several apply, the last counts.
    pub(crate) expected: Vec<Expected>,
}

/// A call before the tested one, on a kept connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warmed {
    /// Goes on at once.
    Only,
    /// Waits until the server has ended the connection.
    Ended,
    /// Waits until an async client may have noticed that, too.
    Noticed,
}

#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) ways: &'static [Way],
    pub(crate) backends: &'static [&'static str],
    pub(crate) outcome: Outcome,
    /// How many requests reach this server and the other one.
    pub(crate) hits: [usize; 2],
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// All of [`DOCUMENT`].
    Whole,
    /// This text.
    Gives(&'static str),
    Fails(ErrorKind, Sent),
    /// All of it. Or [`BROKEN`], if the end of a kept connection was noticed too late. The server has then not read the request.
    WholeOrUnnoticed,
    /// Like `Fails`, with these words in the error or one of its causes.
    Tells(ErrorKind, Sent, &'static str),
}

/// A connection broke or did not carry HTTP: before an answer, and after its head.
pub(crate) const BROKEN: Outcome = Outcome::Fails(ErrorKind::Transport, Sent::Maybe);
pub(crate) const CUT: Outcome = Outcome::Fails(ErrorKind::Transport, Sent::Answered);
/// The head is over a limit of the client.
pub(crate) const TOO_LARGE: Outcome = Outcome::Fails(ErrorKind::Backend, Sent::Maybe);
/// The body was not a whole document.
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
    /// What the server does with its next connection.
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

    /// The outcome for these ways, on all backends.
    pub(crate) fn comes(self, ways: &'static [Way], outcome: Outcome) -> Self {
        self.but(&NAMES, ways, outcome)
    }

    /// The outcome for these ways on these backends, if it differs from the others.
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

    /// How many requests reach this server and the other one, for the last outcome.
    pub(crate) fn hits(mut self, home: usize, away: usize) -> Self {
        self.expected.last_mut().unwrap().hits = [home, away];
        self
    }

    pub(crate) fn expected(&self, backend: &str, way: Way) -> Option<Expected> {
        let fits = |row: &&Expected| row.ways.contains(&way) && row.backends.contains(&backend);
        self.expected.iter().rev().find(fits).copied()
    }
}

/// An answer with this end of the status line, these headers and this body, on a kept connection.
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

/// [`DOCUMENT`] with its length.
pub(crate) fn whole() -> String {
    with_length(DOCUMENT)
}
