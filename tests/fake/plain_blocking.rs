//! The smallest blocking backend that a suite can run over: HTTP/1.1 on a socket, one connection for each
//! request. It is the suite's yardstick, so it shares no code with the backends that are measured by it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use useartisan::{BlockingBackend, Failure, Timeouts};

pub(crate) struct PlainBlocking {
    began: Instant,
}

impl PlainBlocking {
    pub(crate) fn new() -> Self {
        PlainBlocking { began: Instant::now() }
    }
}

/// A body of the length that was announced, or up to the connection's end.
pub(crate) struct PlainBody {
    socket: BufReader<TcpStream>,
    rest: Option<u64>,
}

impl Read for PlainBody {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(rest) = self.rest else { return self.socket.read(buffer) };
        let most = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let length = self.socket.read(&mut buffer[..most])?;
        if length == 0 && most > 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.rest = Some(rest - length as u64);
        Ok(length)
    }
}

impl BlockingBackend for PlainBlocking {
    type Body = PlainBody;

    fn send(&self, request: Request<Bytes>, timeouts: &Timeouts) -> Result<Response<PlainBody>, Failure> {
        let authority = request.uri().authority().expect("the URI is absolute").as_str().to_owned();
        let address: SocketAddr = authority.parse().expect("the authority is an address");
        let mut socket = TcpStream::connect_timeout(&address, timeouts.connect).map_err(Failure::not_sent)?;
        socket.set_read_timeout(Some(timeouts.head))?;
        socket.write_all(&written(&request, &authority))?;

        let mut socket = BufReader::new(socket);
        let mut response = head(&mut socket)?;
        socket.get_ref().set_read_timeout(Some(timeouts.stall))?;
        let rest = match response.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => Some(0),
            _ => response.headers().get(CONTENT_LENGTH).map(|length| {
                length.to_str().expect("a length is text").parse().expect("a length is a number")
            }),
        };
        let headers = std::mem::take(response.headers_mut());
        let mut response = response.map(|()| PlainBody { socket, rest });
        *response.headers_mut() = headers;
        Ok(response)
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn seed(&self) -> u64 {
        0
    }
}

fn written(request: &Request<Bytes>, authority: &str) -> Vec<u8> {
    let target = request.uri().path_and_query().expect("a target");
    let mut text = format!("{} {target} HTTP/1.1\r\n", request.method()).into_bytes();
    let mut headers = request.headers().clone();
    headers.insert(HOST, HeaderValue::from_str(authority).expect("an authority"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(request.body().len()));
    for (name, value) in &headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    text.extend([b"\r\n", request.body().as_ref()].concat());
    text
}

fn head(socket: &mut BufReader<TcpStream>) -> Result<Response<()>, Failure> {
    let status = line(socket)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
    let mut response = Response::builder().status::<StatusCode>(status);
    loop {
        let line = line(socket)?;
        let Some((name, value)) = line.split_once(':') else { break };
        let name: HeaderName = name.parse().expect("a header's name");
        response = response.header(name, HeaderValue::from_str(value.trim()).expect("a header's value"));
    }
    Ok(response.body(()).expect("a head"))
}

fn line(socket: &mut BufReader<TcpStream>) -> Result<String, Failure> {
    let mut line = String::new();
    match socket.read_line(&mut line)? {
        0 => Err(Failure::interrupted("the connection ended before the answer")),
        _ => Ok(line.trim_end().to_owned()),
    }
}
