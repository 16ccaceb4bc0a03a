//! A component that sends requests from its stdin over `wasi:http`. The conformance suite needs threads and sockets, so it runs
//! outside: see `conformance.rs` for the other side.
//!
//! A message is a line of words, then lines of headers, then bytes. `SEND` asks for a response, which `HEAD` answers. `READ` asks for
//! a piece of its body, which `DATA` answers, empty at the end. `DROP` ends the body. `FAIL` has a kind.

use std::error::Error;
use std::io::{self, BufRead, Read, Write};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use useartisan::{BlockingBackend, Timeouts, TransportError};
use useartisan_wasi::wasi_http;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let backend = wasi_http::backend();
    let mut body = None;
    loop {
        let line = line(&mut input)?;
        let mut words = line.split(' ');
        match words.next() {
            Some("SEND") => {
                let (request, timeouts) = request(words, &mut input)?;
                match backend.send(request, &timeouts) {
                    Ok(response) => {
                        let (head, unread) = response.into_parts();
                        writeln!(output, "HEAD {} {}", head.status.as_u16(), head.headers.len())?;
                        for (name, value) in &head.headers {
                            output.write_all(
                                &[name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat(),
                            )?;
                        }
                        body = Some(unread);
                    }
                    Err(failure) => fail(&mut output, &failure)?,
                }
            }
            Some("READ") => {
                let mut buffer = vec![0; words.next().ok_or("no length")?.parse()?];
                match body.as_mut().ok_or("no body")?.read(&mut buffer) {
                    Ok(length) => {
                        writeln!(output, "DATA {length}")?;
                        output.write_all(buffer.get(..length).ok_or("more than there is room for")?)?;
                    }
                    Err(error) => fail(&mut output, &error.into())?,
                }
            }
            Some("DROP") => body = None,
            _ => return Ok(()), // the other side is gone
        }
        output.flush()?;
    }
}

fn request<'a>(
    mut words: impl Iterator<Item = &'a str>,
    input: &mut impl BufRead,
) -> Outcome<(Request<Bytes>, Timeouts)> {
    let mut word = || words.next().ok_or("a word is missing");
    let mut request = Request::builder().method(word()?).uri(word()?);
    let mut nanoseconds = || -> Outcome<Duration> { Ok(Duration::from_nanos(word()?.parse()?)) };
    let timeouts = Timeouts::default()
        .with_connect(nanoseconds()?)
        .with_head(nanoseconds()?)
        .with_stall(nanoseconds()?)
        .with_total(nanoseconds()?);
    let (headers, length): (usize, usize) = (word()?.parse()?, word()?.parse()?);
    for _ in 0..headers {
        let header = bytes_until_newline(input)?;
        let mut parts = header.splitn(2, |&byte| byte == b':');
        let name = HeaderName::from_bytes(parts.next().ok_or("a header has no name")?)?;
        request =
            request.header(name, HeaderValue::from_bytes(parts.next().ok_or("a header has no value")?)?);
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok((request.body(body.into())?, timeouts))
}

fn fail(output: &mut impl Write, failure: &TransportError) -> io::Result<()> {
    let cause = failure.source().map_or_else(String::new, ToString::to_string);
    writeln!(output, "FAIL {:?} {}", failure.kind(), cause.replace('\n', " "))
}

fn line(input: &mut impl BufRead) -> Outcome<String> {
    Ok(String::from_utf8(bytes_until_newline(input)?)?)
}

fn bytes_until_newline(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    line.pop();
    Ok(line)
}
