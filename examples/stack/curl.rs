//! A backend over libcurl, by the crate `curl`.
//!
//! libcurl pushes what it receives, and a backend is pulled: so a thread drives each transfer, and a channel of one
//! place holds libcurl up until the last piece was taken. It is also what keeps the time-outs.

use std::ffi::CString;
use std::io::{self, Read};
use std::mem::take;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use curl::easy::{Easy, List};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use useartisan::{BlockingBackend, Failure, FailureKind, Timeouts, backends};

enum Event {
    Head(Response<()>),
    Piece(Vec<u8>),
    End(Result<(), curl::Error>),
}

pub(crate) fn backend() -> impl BlockingBackend<Body = Body> {
    backends::from_fn(|request: Request<Bytes>, timeouts: Timeouts| {
        let Timeouts { connect, head, stall, total, .. } = timeouts;
        let end = Instant::now().checked_add(total);
        let (sender, events) = sync_channel(1);
        let wanted = Arc::new(());
        let easy = set_up(&request, connect, &sender, Arc::clone(&wanted)).map_err(Failure::not_sent)?;
        thread::spawn(move || drop(sender.send(Event::End(easy.perform()))));
        let mut body = Body { events, _wanted: wanted, piece: Bytes::new(), stall, end };
        match body.next(head)? {
            Event::Head(head) => Ok(head.map(|()| body)),
            Event::End(Err(error)) => Err(failure(error)),
            _ => Err(Failure::interrupted("the connection ended before the answer")),
        }
    })
}

fn set_up(
    request: &Request<Bytes>,
    connect: Duration,
    events: &SyncSender<Event>,
    wanted: Arc<()>,
) -> Result<Easy, curl::Error> {
    let mut easy = Easy::new();
    easy.url(&request.uri().to_string())?;
    set_target(&easy, request.uri().path_and_query().map_or("/", |target| target.as_str()))?;
    easy.proxy("")?; // not even one from the environment
    easy.connect_timeout(connect.min(Duration::from_secs(3600)))?;
    if request.method() != Method::GET {
        easy.post(true)?;
        easy.post_fields_copy(request.body())?;
        easy.custom_request(request.method().as_str())?;
    }
    let mut headers = List::new();
    // A name alone takes away what libcurl would add.
    for name in
        ["accept", "content-type", "expect"].iter().filter(|name| !request.headers().contains_key(**name))
    {
        headers.append(&format!("{name}:"))?;
    }
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.append(&if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") })?;
    }
    easy.http_headers(headers)?;

    let (sender, mut head) = (events.clone(), Response::new(()));
    easy.header_function(move |line| read_line(line, &mut head, &sender).is_some())?;
    let sender = events.clone();
    // Fewer bytes than there are end the transfer; so does a progress that is refused, which is asked for each second.
    easy.write_function(move |piece| {
        Ok(sender.send(Event::Piece(piece.to_vec())).map_or(0, |()| piece.len()))
    })?;
    easy.progress(true)?;
    easy.progress_function(move |_, _, _, _| Arc::strong_count(&wanted) > 1)?;
    Ok(easy)
}

/// Sends the target as it is: libcurl would write escapes in capitals. The crate has no method for this option.
#[allow(unsafe_code, reason = "libcurl copies the string, which ends by a NUL; the handle is alive")]
fn set_target(easy: &Easy, target: &str) -> Result<(), curl::Error> {
    const REQUEST_TARGET: curl_sys::CURLoption = curl_sys::CURLOPTTYPE_OBJECTPOINT + 266;
    let target = CString::new(target)?;
    let code = unsafe { curl_sys::curl_easy_setopt(easy.raw(), REQUEST_TARGET, target.as_ptr()) };
    if code == curl_sys::CURLE_OK { Ok(()) } else { Err(curl::Error::new(code)) }
}

/// A line of a head; `None` ends the transfer.
fn read_line(line: &[u8], head: &mut Response<()>, events: &SyncSender<Event>) -> Option<()> {
    let line = line.trim_ascii_end();
    if line.starts_with(b"HTTP/") {
        *head = Response::new(()); // what came before was an interim answer
        *head.status_mut() = StatusCode::from_bytes(line.split(|byte| *byte == b' ').nth(1)?).ok()?;
    } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        head.headers_mut().append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    } else if line.is_empty() && !head.status().is_informational() {
        events.send(Event::Head(take(head))).ok()?;
    }
    Some(())
}

/// A response's body, read as it comes.
pub(crate) struct Body {
    events: Receiver<Event>,
    _wanted: Arc<()>,
    piece: Bytes,
    stall: Duration,
    end: Option<Instant>,
}

impl Body {
    fn next(&mut self, patience: Duration) -> Result<Event, Failure> {
        let left = self.end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        match self.events.recv_timeout(patience.min(left)) {
            Ok(event) if !left.is_zero() => Ok(event),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::interrupted("the transfer is over")),
            _ => Err(Failure::timed_out("the answer is late")),
        }
    }
}

impl Read for Body {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.next(self.stall)? {
                Event::Piece(piece) => self.piece = piece.into(),
                Event::Head(_) => {} // of trailers
                Event::End(outcome) => return outcome.map(|()| 0).map_err(|error| failure(error).into()),
            }
        }
        let length = piece.len().min(self.piece.len());
        self.piece.split_to(length).copy_to_slice(&mut piece[..length]);
        Ok(length)
    }
}

/// Of libcurl's own time-outs only that for connecting is set.
fn failure(error: curl::Error) -> Failure {
    let unsent = error.is_couldnt_resolve_host()
        || error.is_couldnt_connect()
        || error.is_ssl_connect_error()
        || error.is_operation_timedout();
    Failure::new(if unsent { FailureKind::NotSent } else { FailureKind::Interrupted }, error)
}
