//! A blocking backend on std's sockets, one connection for each request. It conforms, except for one chosen defect. Others are
//! measured by it, so it shares no code with them.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use useartisan::{Timeouts, TransportError, TransportErrorKind};

/// The defect of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    None,
    GetWithLength,
    HostWithoutPort,
    KeepsLastOfDuplicates,
    TakesInterim,
    NoChunkExtensions,
    NoTrailers,
    NoBodyWithoutLength,
    WaitsForBodyOf304,
    HeadWithFirstByte,
    NotSentIfNoAnswer,
    NotSentIfCutHead,
    RefusedIsInterrupted,
    IgnoresScheme,
    ShortIsWhole,
    ResetIsEnd,
    CutChunkIsEnd,
    NoLastChunkIsEnd,
    HeadTimeoutFromFirstByte,
    HeadTimeoutPerRead,
    TotalForHeadOnly,
    TotalForBodyOnly,
    TimeOverflows,
    DrainsOnDrop,
    KeepsLeftOvers,
}

thread_local! {
    /// The bytes after an answer.
    static LEFT_OVER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A response's body, and how much of it is still to come.
pub struct Body {
    wire: Wire,
    framing: Framing,
}

enum Framing {
    Length(u64),
    /// The rest of the current chunk, and whether no chunk has begun.
    Chunked(u64, bool),
    Closed,
}

pub fn send(
    quirk: Quirk,
    request: &Request<Bytes>,
    timeouts: &Timeouts,
) -> Result<Response<Body>, TransportError> {
    let mut wire = Wire::connect(quirk, request, timeouts)?;
    wire.stream.write_all(&written(quirk, request))?;
    let (status, headers) = loop {
        let (status, headers) = wire.head()?;
        if !status.is_informational() || quirk == Quirk::TakesInterim {
            break (status, headers);
        }
    };
    let chunked = headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
    let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    let framing = match (status.as_u16(), chunked, length) {
        (304, ..) if quirk == Quirk::WaitsForBodyOf304 => Framing::Length(length.unwrap_or(0)),
        (204 | 304, ..) => Framing::Length(0),
        (_, true, _) => Framing::Chunked(0, true),
        (_, _, Some(length)) => Framing::Length(length),
        _ if quirk == Quirk::NoBodyWithoutLength => Framing::Length(0),
        _ => Framing::Closed,
    };
    if quirk == Quirk::HeadWithFirstByte && !matches!(framing, Framing::Length(0)) {
        wire.in_body = true;
        wire.ready()?;
    }
    wire.in_body = true;
    let mut response = Response::new(Body { wire, framing });
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}

fn written(quirk: Quirk, request: &Request<Bytes>) -> Vec<u8> {
    let uri = request.uri();
    let host =
        if quirk == Quirk::HostWithoutPort { uri.host() } else { uri.authority().map(|it| it.as_str()) };
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method(), uri.path_and_query().unwrap());
    text += &format!("host: {}\r\nconnection: close\r\n", host.unwrap());
    if request.method() != Method::GET || quirk == Quirk::GetWithLength {
        text += &format!("content-length: {}\r\n", request.body().len());
    }
    let mut bytes = text.into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend([b"\r\n", request.body().as_ref()].concat());
    bytes
}

/// A connection, with the bytes that were read and not yet used.
struct Wire {
    quirk: Quirk,
    stream: TcpStream,
    unread: Vec<u8>,
    stall: Duration,
    head: Duration,
    began: Instant,
    head_end: Option<Instant>,
    total_end: Option<Instant>,
    in_body: bool,
}

impl Wire {
    fn connect(quirk: Quirk, request: &Request<Bytes>, timeouts: &Timeouts) -> Result<Self, TransportError> {
        let began = Instant::now();
        let end = |after| match quirk {
            Quirk::TimeOverflows => Some(began + after),
            _ => began.checked_add(after),
        };
        if request.uri().scheme_str() == Some("https") && quirk != Quirk::IgnoresScheme {
            return Err(TransportError::not_sent("these sockets speak http only"));
        }
        let address = request.uri().authority().unwrap().as_str().parse().unwrap();
        let patience = timeouts.connect.min(Duration::from_secs(60));
        let stream = TcpStream::connect_timeout(&address, patience).map_err(|error| match quirk {
            Quirk::RefusedIsInterrupted => TransportError::interrupted(error),
            _ => TransportError::not_sent(error),
        })?;
        let (head_end, total_end) = (end(timeouts.head), end(timeouts.total));
        let (stall, head) = (timeouts.stall, timeouts.head);
        Ok(Wire {
            quirk,
            stream,
            unread: LEFT_OVER.take(),
            stall,
            head,
            began,
            head_end,
            total_end,
            in_body: false,
        })
    }

    /// The end of the wait for the next bytes.
    fn patience(&self) -> Option<Instant> {
        let now = Instant::now();
        let own = match self.quirk {
            _ if self.in_body => now.checked_add(self.stall),
            Quirk::HeadTimeoutFromFirstByte if self.unread.is_empty() => None,
            Quirk::HeadTimeoutPerRead => now.checked_add(self.head),
            _ => self.head_end,
        };
        let total = match self.quirk {
            Quirk::TotalForHeadOnly if self.in_body => None,
            Quirk::TotalForBodyOnly if !self.in_body => None,
            _ => self.total_end,
        };
        own.into_iter().chain(total).min()
    }

    /// Waits for bytes if necessary. Returns whether there are any.
    fn ready(&mut self) -> Result<bool, TransportError> {
        if !self.unread.is_empty() { Ok(true) } else { self.more() }
    }

    fn more(&mut self) -> Result<bool, TransportError> {
        let until = self.patience();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(TransportError::timed_out(format!("nothing after {:?}", self.began.elapsed())));
            }
            self.stream.set_read_timeout(left)?;
            match self.stream.read(&mut buffer) {
                Ok(length) => {
                    self.unread.extend_from_slice(&buffer[..length]);
                    return Ok(length > 0);
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(TransportError::interrupted(error)),
            }
        }
    }

    /// Reads a line without its end. Returns whether there is one.
    fn line(&mut self) -> Result<Option<String>, TransportError> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|end| end == b"\r\n") {
                let line: Vec<_> = self.unread.drain(..end + 2).collect();
                return Ok(Some(String::from_utf8_lossy(&line[..end]).into_owned()));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    fn head(&mut self) -> Result<(StatusCode, HeaderMap), TransportError> {
        let Some(line) = self.line()? else {
            let quirk =
                if self.unread.is_empty() { Quirk::NotSentIfNoAnswer } else { Quirk::NotSentIfCutHead };
            let kind = if self.quirk == quirk {
                TransportErrorKind::NotSent
            } else {
                TransportErrorKind::Interrupted
            };
            return Err(TransportError::new(kind, "no head"));
        };
        let status = line.starts_with("HTTP/1.").then(|| line.split(' ').nth(1)?.parse().ok()).flatten();
        let status = status.ok_or_else(|| TransportError::interrupted("no HTTP"))?;
        let mut headers = HeaderMap::new();
        loop {
            let line = self.line()?.ok_or_else(|| TransportError::interrupted("a cut head"))?;
            let Some((name, value)) = line.split_once(':') else { return Ok((status, headers)) };
            let (name, value) = (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value.trim()));
            if self.quirk == Quirk::KeepsLastOfDuplicates {
                headers.remove(&name);
            }
            headers.append(name, value.unwrap());
        }
    }
}

impl Body {
    /// Goes on to the next chunk if this one is over. Returns whether there is one.
    fn chunk(&mut self) -> Result<bool, TransportError> {
        let Framing::Chunked(0, first) = self.framing else { return Ok(true) };
        let cut = || TransportError::interrupted("a cut chunk");
        if !first {
            self.wire.line()?.ok_or_else(cut)?;
        }
        let line = match self.wire.line()? {
            None if self.wire.quirk == Quirk::NoLastChunkIsEnd && self.wire.unread.is_empty() => {
                "0".to_owned()
            }
            line => line.ok_or_else(cut)?,
        };
        let size = match self.wire.quirk {
            Quirk::NoChunkExtensions => &*line,
            _ => line.split(';').next().unwrap(),
        };
        let size = u64::from_str_radix(size, 16).map_err(TransportError::interrupted)?;
        while size == 0 && self.wire.line()?.is_some_and(|trailer| !trailer.is_empty()) {
            if self.wire.quirk == Quirk::NoTrailers {
                return Err(TransportError::interrupted("a trailer"));
            }
        }
        self.framing = if size == 0 { Framing::Length(0) } else { Framing::Chunked(size, false) };
        Ok(size > 0)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        if matches!(self.framing, Framing::Length(0)) || !self.chunk()? {
            return Ok(0);
        }
        let whole = match (&self.framing, self.wire.quirk) {
            (Framing::Closed, _) | (Framing::Length(_), Quirk::ShortIsWhole) => true,
            (Framing::Chunked(..), quirk) => quirk == Quirk::CutChunkIsEnd,
            _ => false,
        };
        let ready = match self.wire.ready() {
            Err(failure)
                if self.wire.quirk == Quirk::ResetIsEnd
                    && failure.kind() == TransportErrorKind::Interrupted =>
            {
                return Ok(0);
            }
            ready => ready?,
        };
        if !ready {
            return if whole { Ok(0) } else { Err(TransportError::interrupted("a cut body")) };
        }
        let mut length = buffer.len().min(self.wire.unread.len());
        if let Framing::Length(left) | Framing::Chunked(left, _) = &mut self.framing {
            length = length.min(usize::try_from(*left).unwrap());
            *left -= length as u64;
        }
        buffer[..length].copy_from_slice(&self.wire.unread[..length]);
        self.wire.unread.drain(..length);
        Ok(length)
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.take(buffer);
        if taken.is_err() && self.wire.quirk == Quirk::DrainsOnDrop {
            self.framing = Framing::Length(0); // There is nothing more to drain.
        }
        Ok(taken?)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if self.wire.quirk == Quirk::DrainsOnDrop {
            let _ = io::copy(self, &mut io::sink());
        }
        if self.wire.quirk == Quirk::KeepsLeftOvers && matches!(self.framing, Framing::Length(0)) {
            LEFT_OVER.set(std::mem::take(&mut self.wire.unread));
        }
    }
}
