//! A backend over libcurl, by the crate `curl`.
//!
//! libcurl pushes what it receives, and a backend is pulled: so a thread drives each transfer, and a channel of one
//! place holds libcurl up until the last piece was taken. It is also what keeps the time-outs.

use std::ffi::CString;
use std::io::{self, Read};
use std::mem::take;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use curl::easy::{Easy2, Handler, List, WriteError};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use useartisan::{BlockingBackend, Failure, FailureKind, Timeouts, backends};

pub(crate) fn backend() -> impl BlockingBackend<Body = Body> {
    backends::from_fn(|request: Request<Bytes>, timeouts: Timeouts| {
        let end = Instant::now().checked_add(timeouts.total);
        let (sender, events) = sync_channel(1);
        let wanted = Arc::new(());
        let transfer = Transfer { events: sender, wanted: Arc::downgrade(&wanted), head: Response::new(()) };
        let easy = set_up(transfer, &request, &timeouts).map_err(Failure::not_sent)?;
        thread::spawn(move || {
            let outcome = easy.perform();
            let _ = easy.get_ref().events.send(Event::End(outcome)); // unless nobody wants it any more
        });
        let mut body = Body { events, _wanted: wanted, piece: Bytes::new(), stall: timeouts.stall, end };
        match body.next(timeouts.head)? {
            Event::Head(head) => Ok(head.map(|()| body)),
            Event::End(Err(error)) => Err(failure(error)),
            _ => Err(Failure::interrupted("the connection ended before the answer")),
        }
    })
}

fn set_up(
    transfer: Transfer,
    request: &Request<Bytes>,
    timeouts: &Timeouts,
) -> Result<Easy2<Transfer>, curl::Error> {
    let mut easy = Easy2::new(transfer);
    easy.url(&request.uri().to_string())?;
    set_target(&easy, request.uri())?;
    easy.proxy("")?; // not even one from the environment
    easy.connect_timeout(timeouts.connect.min(Duration::from_secs(3600)))?;
    easy.progress(true)?;
    if request.method() != Method::GET {
        easy.post(true)?;
        easy.post_fields_copy(request.body())?;
        easy.custom_request(request.method().as_str())?;
    }
    let mut headers = List::new();
    // A name alone takes away what libcurl would add.
    for name in ["accept", "content-type", "expect"] {
        if !request.headers().contains_key(name) {
            headers.append(&format!("{name}:"))?;
        }
    }
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        headers.append(&line)?;
    }
    easy.http_headers(headers)?;
    Ok(easy)
}

/// Sends the target as it is: libcurl would write escapes in capitals. The crate has no method for this option.
#[allow(unsafe_code, reason = "libcurl copies the string, which ends by a NUL; the handle is alive")]
fn set_target(easy: &Easy2<Transfer>, uri: &Uri) -> Result<(), curl::Error> {
    const REQUEST_TARGET: curl_sys::CURLoption = curl_sys::CURLOPTTYPE_OBJECTPOINT + 266;
    let target = CString::new(uri.path_and_query().map_or("/", |target| target.as_str()))?;
    let code = unsafe { curl_sys::curl_easy_setopt(easy.raw(), REQUEST_TARGET, target.as_ptr()) };
    if code == curl_sys::CURLE_OK { Ok(()) } else { Err(curl::Error::new(code)) }
}

enum Event {
    Head(Response<()>),
    Piece(Vec<u8>),
    End(Result<(), curl::Error>),
}

/// What libcurl calls back, on its thread.
struct Transfer {
    events: SyncSender<Event>,
    wanted: Weak<()>,
    head: Response<()>,
}

impl Handler for Transfer {
    fn header(&mut self, line: &[u8]) -> bool {
        let line = line.trim_ascii_end();
        if line.starts_with(b"HTTP/") {
            let status = line.split(|byte| *byte == b' ').nth(1).map(StatusCode::from_bytes);
            let Some(Ok(status)) = status else { return false };
            self.head = Response::new(()); // what came before was an interim answer
            *self.head.status_mut() = status;
        } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
            let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&line[..colon]), value) else { return false };
            self.head.headers_mut().append(name, value);
        } else if line.is_empty() && !self.head.status().is_informational() {
            return self.events.send(Event::Head(take(&mut self.head))).is_ok();
        }
        true
    }

    fn write(&mut self, piece: &[u8]) -> Result<usize, WriteError> {
        let taken = self.events.send(Event::Piece(piece.to_vec()));
        Ok(taken.map_or(0, |()| piece.len())) // fewer than all ends the transfer
    }

    /// Called at least once a second: ends a transfer that nobody waits for any more.
    fn progress(&mut self, _: f64, _: f64, _: f64, _: f64) -> bool {
        self.wanted.strong_count() > 0
    }
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
        let late = || Failure::timed_out("the answer is late");
        if left.is_zero() {
            return Err(late());
        }
        self.events.recv_timeout(patience.min(left)).map_err(|error| match error {
            RecvTimeoutError::Timeout => late(),
            RecvTimeoutError::Disconnected => Failure::interrupted("the transfer is over"),
        })
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
    let not_sent = error.is_couldnt_resolve_host()
        || error.is_couldnt_connect()
        || error.is_operation_timedout()
        || error.is_ssl_connect_error();
    Failure::new(if not_sent { FailureKind::NotSent } else { FailureKind::Interrupted }, error)
}
