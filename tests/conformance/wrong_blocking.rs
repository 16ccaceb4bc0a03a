//! Blocking backends with one defect each, and the cases that they fail for it.

use std::io::{Cursor, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use useartisan::{BlockingBackend, Timeouts, TransportError, TransportErrorKind, backends};

use crate::support::sockets::{self, Quirk};

/// A defect, and exactly the cases that it fails.
pub(crate) const DEFECTS: &[(Defect, &[&str])] = &[
    (Defect::Wire(Quirk::GetWithLength), &["get_without_body"]),
    (Defect::Wire(Quirk::HostWithoutPort), &["host"]),
    (Defect::Wire(Quirk::KeepsLastOfDuplicates), &["response_headers"]),
    (Defect::Wire(Quirk::TakesInterim), &["interim_answers"]),
    (Defect::Wire(Quirk::NoChunkExtensions), &["chunked"]),
    (Defect::Wire(Quirk::NoTrailers), &["trailers"]),
    (Defect::Wire(Quirk::NoBodyWithoutLength), &["until_closed"]),
    (Defect::Wire(Quirk::WaitsForBodyOf304), &["empty_bodies"]),
    (Defect::Wire(Quirk::HeadWithFirstByte), &["body_as_it_comes"]),
    (Defect::Wire(Quirk::NotSentIfNoAnswer), &["no_answer"]),
    (Defect::Wire(Quirk::NotSentIfCutHead), &["cut_head"]),
    (Defect::Wire(Quirk::RefusedIsInterrupted), &["refused"]),
    (Defect::Wire(Quirk::IgnoresScheme), &["no_tls"]),
    (Defect::Wire(Quirk::ShortIsWhole), &["cut_by_fin"]),
    (Defect::Wire(Quirk::ResetIsEnd), &["cut_by_reset"]),
    (Defect::Wire(Quirk::CutChunkIsEnd), &["cut_in_a_chunk"]),
    (Defect::Wire(Quirk::NoLastChunkIsEnd), &["cut_between_chunks"]),
    (Defect::Wire(Quirk::HeadTimeoutFromFirstByte), &["head_timeout"]),
    (Defect::Wire(Quirk::HeadTimeoutPerRead), &["head_timeout_drip"]),
    (Defect::Wire(Quirk::TotalForHeadOnly), &["total_timeout"]),
    (Defect::Wire(Quirk::TotalForBodyOnly), &["total_timeout_head"]),
    (Defect::Wire(Quirk::TimeOverflows), &["no_timeout"]),
    (Defect::Wire(Quirk::DrainsOnDrop), &["dropped_body"]),
    (Defect::Wire(Quirk::KeepsLeftOvers), &["left_over_bytes"]),
    (Defect::UnescapesDots, &["request_line"]),
    (Defect::BodyUpTo64K, &["request_body"]),
    (Defect::KeepsOneOfEach, &["no_header_lost"]),
    (Defect::KeepsSecrets, &["sensitive_headers"]),
    (Defect::Referer, &["no_header_added"]),
    (Defect::UserAgent, &["no_user_agent_added"]),
    (Defect::ErrorForStatus, &["every_status"]),
    (Defect::NoBodyForStatus, &["every_status"]),
    (Defect::FollowsRedirects, &["redirects"]),
    (Defect::HidesCoding, &["content_coding"]),
    (Defect::EndsOnce, &["empty_bodies", "chunked", "trailers", "until_closed"]),
    (Defect::StopsAt10MB, &["large_body"]),
    (Defect::ReadsLongOnesAhead, &["unread_body"]),
    (Defect::ReadsAhead, &["body_as_it_comes", "unread_body", "dropped_body"]),
    (Defect::RepeatsFirst, &["not_repeated"]),
    (Defect::RepeatsLater, &["not_repeated_when_reused"]),
    (Defect::DeadIsNotSent, &["kept_connection_dies"]),
    (Defect::SwapsAnswers, &["own_answers"]),
    (Defect::NoStall, &["stall_timeout"]),
    (Defect::TotalAsStall, &["stall_per_piece"]),
    (Defect::Hasty, &["head_timeout", "head_timeout_drip", "total_timeout", "total_timeout_head"]),
    (Defect::Sluggish, &["head_timeout", "head_timeout_drip"]),
    (
        Defect::TimeoutIsInterruption,
        &["head_timeout", "head_timeout_drip", "stall_timeout", "total_timeout", "total_timeout_head"],
    ),
    (Defect::ShortSleep, &["sleep"]),
    (Defect::NowInMilliseconds, &["now"]),
    (Defect::SameSeed, &["seed"]),
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Defect {
    Wire(Quirk),
    UnescapesDots,
    BodyUpTo64K,
    KeepsOneOfEach,
    KeepsSecrets,
    Referer,
    UserAgent,
    ErrorForStatus,
    NoBodyForStatus,
    FollowsRedirects,
    HidesCoding,
    EndsOnce,
    StopsAt10MB,
    ReadsLongOnesAhead,
    ReadsAhead,
    RepeatsFirst,
    RepeatsLater,
    DeadIsNotSent,
    SwapsAnswers,
    NoStall,
    TotalAsStall,
    Hasty,
    Sluggish,
    TimeoutIsInterruption,
    ShortSleep,
    NowInMilliseconds,
    SameSeed,
}

type Body = Box<dyn Read + Send>;

/// A backend that would be correct without its defect.
pub(crate) struct Wrong {
    defect: Defect,
    calls: AtomicUsize,
    /// From the call before.
    host: Mutex<Option<String>>,
    body: Mutex<Option<Vec<u8>>>,
}

impl Wrong {
    pub(crate) fn new(defect: Defect) -> Self {
        Wrong { defect, calls: AtomicUsize::new(0), host: Mutex::default(), body: Mutex::default() }
    }
}

/// The correct backend under the defects.
pub(crate) fn right() -> impl BlockingBackend<Body = sockets::Body> + Send + Sync {
    backends::from_fn(|request: Request<Bytes>, timeouts| sockets::send(Quirk::None, &request, &timeouts))
}

impl BlockingBackend for Wrong {
    type Body = Body;

    fn send(
        &self,
        mut request: Request<Bytes>,
        timeouts: &Timeouts,
    ) -> Result<Response<Body>, TransportError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let host = request.uri().authority().unwrap().to_string();
        let known = self.host.lock().unwrap().replace(host.clone()) == Some(host);
        self.spoil_request(&mut request);
        let quirk = match self.defect {
            // A reused connection is another case's subject.
            Defect::Wire(Quirk::NotSentIfNoAnswer) if known => Quirk::None,
            Defect::Wire(quirk) => quirk,
            _ => Quirk::None,
        };
        let send = |request: &Request<Bytes>| sockets::send(quirk, request, &self.spoil_timeouts(timeouts));
        let response = match (self.defect, send(&request)) {
            // A body that uses up all its time is another case's subject.
            (Defect::RepeatsFirst, Err(failure))
                if call == 0 && failure.kind() != TransportErrorKind::TimedOut =>
            {
                send(&request)?
            }
            (Defect::RepeatsLater, Err(_)) if known => send(&request)?,
            (Defect::DeadIsNotSent, Err(failure))
                if known && failure.kind() == TransportErrorKind::Interrupted =>
            {
                return Err(TransportError::not_sent(failure));
            }
            (Defect::TimeoutIsInterruption, Err(failure)) => return Err(interruption(failure)),
            (Defect::FollowsRedirects, Ok(response)) if response.headers().contains_key("location") => {
                send(&followed(request.clone(), &response))?
            }
            (_, outcome) => outcome?,
        };
        self.spoil_response(response)
    }

    fn sleep(&self, duration: Duration) {
        let part = if let Defect::ShortSleep = self.defect { 2 } else { 1 };
        right().sleep(duration / part);
    }

    fn now(&self) -> Duration {
        let unit = if let Defect::NowInMilliseconds = self.defect { 1000 } else { 1 };
        right().now() / unit
    }

    fn seed(&self) -> u64 {
        if let Defect::SameSeed = self.defect { 4 } else { right().seed() }
    }
}

impl Wrong {
    fn spoil_request(&self, request: &mut Request<Bytes>) {
        match self.defect {
            Defect::UnescapesDots => {
                *request.uri_mut() = request.uri().to_string().replace("%2e", ".").parse().unwrap();
            }
            Defect::BodyUpTo64K => request.body_mut().truncate(64 * 1024),
            Defect::KeepsOneOfEach => {
                let headers = std::mem::take(request.headers_mut());
                for name in headers.keys() {
                    request.headers_mut().insert(name, headers[name].clone());
                }
            }
            Defect::KeepsSecrets => {
                request.headers_mut().remove("authorization");
            }
            Defect::Referer => {
                request.headers_mut().insert("referer", HeaderValue::from_static("http://localhost/"));
            }
            Defect::UserAgent => {
                let agent = HeaderValue::from_static("wrong/1.0");
                request.headers_mut().entry("user-agent").or_insert(agent);
            }
            _ => {}
        }
    }

    fn spoil_timeouts(&self, timeouts: &Timeouts) -> Timeouts {
        let Timeouts { head, stall, total, .. } = *timeouts;
        match self.defect {
            Defect::NoStall => timeouts.with_stall(Duration::MAX),
            Defect::TotalAsStall => timeouts.with_total(total.min(stall)),
            Defect::Hasty => timeouts.with_head(head / 2).with_total(total / 2),
            Defect::Sluggish => timeouts.with_head(head.saturating_mul(3)),
            _ => *timeouts,
        }
    }

    fn spoil_response(&self, response: Response<sockets::Body>) -> Result<Response<Body>, TransportError> {
        let status = response.status();
        let error = status.is_client_error() || status.is_server_error();
        let long = response.headers().get("content-length").is_some_and(|length| length.len() > 7);
        let (mut head, body) = response.into_parts();
        let body: Body = match self.defect {
            Defect::ErrorForStatus if error => return Err(TransportError::interrupted(status.to_string())),
            Defect::NoBodyForStatus if error => Box::new(std::io::empty()),
            Defect::HidesCoding => {
                head.headers.remove("content-encoding");
                Box::new(body)
            }
            Defect::EndsOnce => Box::new(EndingOnce(body, false)),
            Defect::StopsAt10MB => Box::new(body.take(10 * 1024 * 1024)),
            Defect::ReadsLongOnesAhead if long => Box::new(Cursor::new(whole(body)?)),
            Defect::ReadsAhead => Box::new(Cursor::new(whole(body)?)),
            Defect::SwapsAnswers if self.calls.load(Ordering::SeqCst) > 20 => {
                let own = whole(body)?;
                let other = self.body.lock().unwrap().replace(own.clone());
                Box::new(Cursor::new(other.unwrap_or(own)))
            }
            Defect::TimeoutIsInterruption => Box::new(Interrupting(body)),
            _ => Box::new(body),
        };
        Ok(Response::from_parts(head, body))
    }
}

fn whole(mut body: sockets::Body) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn followed(mut request: Request<Bytes>, response: &Response<sockets::Body>) -> Request<Bytes> {
    let location = response.headers()["location"].to_str().unwrap();
    let authority = request.uri().authority().unwrap();
    let absolute =
        if location.starts_with('/') { format!("http://{authority}{location}") } else { location.to_owned() };
    *request.uri_mut() = absolute.parse().unwrap();
    request
}

/// A failure of any kind, reported as an interruption.
fn interruption(failure: TransportError) -> TransportError {
    match failure.kind() {
        TransportErrorKind::TimedOut => TransportError::interrupted(failure),
        _ => failure,
    }
}

struct Interrupting(sockets::Body);

impl Read for Interrupting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer).map_err(|error| interruption(error.into()).into())
    }
}

/// A body that fails when it is read again after its end.
struct EndingOnce(sockets::Body, bool);

impl Read for EndingOnce {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.1 {
            return Err(TransportError::interrupted("there was an end").into());
        }
        self.0.read(buffer).inspect(|length| self.1 = *length == 0)
    }
}
