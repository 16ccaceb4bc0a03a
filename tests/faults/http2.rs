//! Frames of HTTP/2 (RFC 9113, section 4).

use std::io::{self, Read, Write};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS_KIND: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

/// The longest payload of a frame that a client accepts by default, in bytes.
const LONGEST_FRAME: usize = 16_384;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// The server's first frame: the default settings.
pub(crate) const SETTINGS: [u8; 9] = [0, 0, 0, SETTINGS_KIND, 0, 0, 0, 0, 0];

pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;
pub(crate) const REFUSED_STREAM: u32 = 7;
pub(crate) const CANCEL: u32 = 8;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The head of an answer to the first request: 200, with these headers.
pub(crate) fn head(headers: &[(&str, &str)]) -> Vec<u8> {
    // `:status: 200` is in the static table. The other headers are literals without indexing.
    let mut block = vec![0x88];
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            block.extend(length(text.len()));
            block.extend(text.as_bytes());
        }
    }
    let mut pieces = block.chunks(LONGEST_FRAME).peekable();
    let mut kind = HEADERS;
    let mut frames = Vec::new();
    while let Some(piece) = pieces.next() {
        let flags = if pieces.peek().is_none() { END_HEADERS } else { 0 };
        frames.extend(frame(kind, flags, 1, piece));
        kind = CONTINUATION;
    }
    frames
}

/// The length of a text that is not Huffman-coded (RFC 7541, section 5.1, with a prefix of 7 bits).
fn length(length: usize) -> Vec<u8> {
    let Some(mut rest) = length.checked_sub(0x7f) else { return vec![u8::try_from(length).unwrap()] };
    let mut bytes = vec![0x7f];
    while rest >= 0x80 {
        bytes.push(u8::try_from(rest % 0x80).unwrap() | 0x80);
        rest /= 0x80;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

pub(crate) fn data(body: &str) -> Vec<u8> {
    frame(DATA, 0, 1, body.as_bytes())
}

pub(crate) fn last_data(body: &str) -> Vec<u8> {
    frame(DATA, END_STREAM, 1, body.as_bytes())
}

pub(crate) fn reset(reason: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, 1, &reason.to_be_bytes())
}

/// Ends all streams after `last`.
pub(crate) fn goaway(last: u32, reason: u32) -> Vec<u8> {
    goaway_saying(last, reason, "")
}

/// The same with debug data, which may be any text.
pub(crate) fn goaway_saying(last: u32, reason: u32, debug: &str) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[&last.to_be_bytes(), &reason.to_be_bytes(), debug.as_bytes()].concat())
}

/// Reads the client's preface, and the frames of a request to its last one.
pub(crate) fn read_request(stream: &mut (impl Read + Write)) -> io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface)?;
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    loop {
        let mut start = [0; 9];
        stream.read_exact(&mut start)?;
        let mut payload = vec![0; u32::from_be_bytes([0, start[0], start[1], start[2]]) as usize];
        stream.read_exact(&mut payload)?;
        match (start[3], start[4]) {
            (SETTINGS_KIND, flags) if flags & ACK == 0 => {
                stream.write_all(&frame(SETTINGS_KIND, ACK, 0, &[]))?;
                stream.flush()?;
            }
            (DATA | HEADERS, flags) if flags & END_STREAM != 0 => return Ok(()),
            _ => {}
        }
    }
}
