//! What an answer means for its call.

use http::StatusCode;

use super::Sent;

/// What an answer without an output means for its call. The first row that fits counts: a 403 whose reason says that
/// something does not exist is `AccessDenied`, and a 503 is `Busy` whatever its body says.
///
/// A POST is never sent again after an answer, even if a 429 or 503 asks for that: promise 23.
///
/// | verdict | answer | GET, or another idempotent method | POST, or any other | in a wait that knows its job |
/// |---|---|---|---|---|
/// | `NotFound` | the service's own 404 or 410, or `success` false with a reason that says so | final | final | must come again |
/// | `AccessDenied` | anybody's 401 or 403 | final | final | must come again |
/// | `Refused` | any other failure of the service's own, somebody else's 4xx | final | final | must come again |
/// | `Redirect` | 3xx | final | final | must come again |
/// | `Busy` | anybody's 429 or 503 | sent again | final | waited out |
/// | `Failing` | the service's own 5xx without `success` | final | outcome unknown | waited out |
/// | `Outage` | somebody else's 5xx, and any 408, 499, 502, 504, 520–530 | sent again | outcome unknown | waited out |
/// | `Unreadable` | any other 2xx | final | outcome unknown | must come again |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    NotFound,
    AccessDenied,
    Refused,
    Redirect,
    Busy,
    Failing,
    Outage,
    Unreadable,
}

/// What a body says, if it is the service's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Nothing: it is somebody else's, or cannot be read.
    Nothing,
    /// No failure.
    Something,
    /// `error`, with a reason.
    Error,
    /// `success` is false.
    Failure,
    /// `success` is false, because the requested thing does not exist.
    Absence,
}

impl Verdict {
    /// The verdict on an answer without an output.
    pub(crate) fn of(status: StatusCode, says: Says) -> Self {
        let status = status.as_u16();
        let own = says != Says::Nothing && !matches!(status, 408 | 499 | 502 | 504 | 520..=530);
        match (status, says) {
            (300..=399, _) => Verdict::Redirect,
            (401 | 403, _) => Verdict::AccessDenied,
            (429 | 503, _) => Verdict::Busy,
            (404 | 410, _) | (_, Says::Absence) if own => Verdict::NotFound,
            (_, Says::Failure) if own => Verdict::Refused,
            (200..=299, Says::Error) => Verdict::Refused,
            (200..=299, _) => Verdict::Unreadable,
            (408 | 499, _) => Verdict::Outage,
            // 1xx is not a final status. A 101 is a refusal to speak HTTP.
            (100..=199 | 400..=499, _) => Verdict::Refused,
            // 5xx, and an invalid status, which counts as 5xx (RFC 9110, section 15).
            _ if own => Verdict::Failing,
            _ => Verdict::Outage,
        }
    }

    /// The fate of the request.
    pub(crate) fn sent(self) -> Sent {
        match self {
            Verdict::Failing | Verdict::Outage | Verdict::Unreadable => Sent::Maybe,
            _ => Sent::Answered,
        }
    }

    /// Whether the service is out of reach, so that a wait goes on.
    pub(crate) fn is_outage(self) -> bool {
        matches!(self, Verdict::Busy | Verdict::Failing | Verdict::Outage)
    }

    /// Whether the same request may soon get a better answer.
    pub(crate) fn is_passing(self) -> bool {
        matches!(self, Verdict::Busy | Verdict::Outage)
    }
}

impl Says {
    /// Reads the reason of a failure.
    pub(crate) fn failure(reason: Option<&str>) -> Self {
        let reason = reason.unwrap_or_default().to_ascii_lowercase();
        let absent = ["does not exist", "could not find"].iter().any(|wording| reason.contains(wording));
        if absent { Says::Absence } else { Says::Failure }
    }

    /// Whether the body reports a failure.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Says::Error | Says::Failure | Says::Absence)
    }
}
