//! A request as it arrived on the wire.

use std::io::{self, Read};

/// A request as the server received it. The body has no framing.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    pub(super) method: String,
    pub(super) target: String,
    /// In the order of arrival, with names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Received {
    /// The values of a header, in the order of arrival.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |header| header.0 == name).map(|header| &*header.1)
    }
}

/// Reads a request, and fails at the first byte of anything else. `but_one_byte` leaves the last byte of the head unread, so
/// that closing the socket is a reset.
pub(super) fn receive(stream: &mut impl Read, but_one_byte: bool) -> io::Result<Received> {
    let start = exactly(stream, 1)?;
    if !start.iter().all(u8::is_ascii_uppercase) {
        return Err(io::ErrorKind::InvalidData.into()); // TLS, for instance
    }
    let head = until(stream, start, if but_one_byte { b"\r\n\r" } else { b"\r\n\r\n" })?;
    let mut lines = head.split("\r\n");
    let mut request = Received::default();
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    request.method = words.next().unwrap_or_default();
    request.target = words.next().unwrap_or_default();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if !but_one_byte {
        request.body = body(stream, &request)?;
    }
    Ok(request)
}

fn body(stream: &mut impl Read, request: &Received) -> io::Result<Vec<u8>> {
    if request.values("transfer-encoding").next().is_none() {
        let length = request.values("content-length").next().and_then(|length| length.parse().ok());
        return exactly(stream, length.unwrap_or(0));
    }
    let mut whole = Vec::new();
    loop {
        let line = until(stream, Vec::new(), b"\r\n")?;
        let length = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        if length == 0 {
            while until(stream, Vec::new(), b"\r\n")? != "\r\n" {} // trailers
            return Ok(whole);
        }
        whole.extend(exactly(stream, length)?);
        until(stream, Vec::new(), b"\r\n")?;
    }
}

fn exactly(stream: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn until(stream: &mut impl Read, mut bytes: Vec<u8>, end: &[u8]) -> io::Result<String> {
    let mut byte = [0];
    while !bytes.ends_with(end) {
        stream.read_exact(&mut byte)?;
        bytes.extend(byte);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
