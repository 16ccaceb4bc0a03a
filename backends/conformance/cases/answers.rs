//! Answers that arrive whole.

use super::super::subject::comes_true;
use super::*;

pub(super) const CASES: &[Case] = &[
    case!(every_status, "any status is an answer with its body, not a failure"),
    case!(redirects, "no redirect is followed: the answer is returned, and its `Location` is not changed"),
    case!(
        response_headers,
        "the headers of an answer are not changed, and repeated ones keep their number and order"
    ),
    case!(content_coding, "a body with a content coding is returned raw, with its headers"),
    case!(interim_answers, "interim answers (1xx) are skipped"),
    case!(
        empty_bodies,
        "a body that is empty or that the status forbids is empty, and does not wait for more"
    ),
    case!(chunked, "a chunked body is returned whole and without its framing, however it is split"),
    case!(trailers, "the trailers of a chunked body are skipped"),
    case!(until_closed, "a body without a length lasts until the connection ends"),
    case!(large_body, "a body of more than 10 MB is returned whole"),
    case!(body_as_it_comes, "the head is returned before the body, and each piece before the next is sent"),
    case!(unread_body, "a body is not read ahead beyond fixed buffers"),
];

async fn every_status(subject: &Subject) -> Outcome {
    for status in [200, 201, 202, 400, 401, 403, 404, 407, 409, 418, 422, 429, 500, 502, 503, 599] {
        let steps = [Step::answer(status, "www-authenticate: Basic\r\n", b"{\"success\":false}")];
        let response = at!(answered(subject, steps).await, "status {status}")?;
        same("status", response.status().as_u16(), status)?;
        at!(same("a body", text(response.body()), "{\"success\":false}"), "status {status}")?;
    }
    Ok(())
}

async fn redirects(subject: &Subject) -> Outcome {
    let other = started(Server::answering([Step::answer(200, "", b"elsewhere")]))?;
    for status in [301, 302, 303, 307, 308] {
        for location in [format!("http://{}/public", other.address()), "/elsewhere".to_owned()] {
            let steps = [Step::answer(status, &format!("location: {location}\r\n"), b"moved")];
            let server = started(Server::answering(steps))?;
            let response = at!(answer_to_get(subject, &server).await, "{status} to {location}")?;
            same("status", response.status().as_u16(), status)?;
            same("a body", text(response.body()), "moved")?;
            let kept = response.headers().get("location").map(|value| value.as_bytes());
            same("a location", kept.map(text), Some(location))?;
            same("requests", server.received().len(), 1)?;
        }
    }
    same("connections to elsewhere", other.connections(), 0)
}

async fn response_headers(subject: &Subject) -> Outcome {
    let lines = "x-twice: one\r\nRetry-After: 120\r\nX-Twice: two, 2\r\nx-empty:\r\nX-TWICE: \"3\"\r\n";
    let response = answered(subject, [Step::answer(200, lines, b"{}")]).await?;
    for (name, values) in [
        ("x-twice", &["one", "two, 2", "\"3\""][..]),
        ("retry-after", &["120"]),
        ("x-empty", &[""]),
        ("content-length", &["2"]),
    ] {
        let found: Vec<_> =
            response.headers().get_all(name).iter().map(|value| text(value.as_bytes())).collect();
        same(format_args!("`{name}`"), found, values)?;
    }
    Ok(())
}

async fn content_coding(subject: &Subject) -> Outcome {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let line = format!("content-encoding: {coding}\r\n");
        let response = at!(answered(subject, [Step::answer(200, &line, GZIPPED)]).await, "{coding}")?;
        let kept = response.headers().get("content-encoding").map(|value| text(value.as_bytes()));
        same("a coding", kept.as_deref(), Some(coding))?;
        at!(same("a body", &**response.body(), GZIPPED), "{coding}")?;
    }
    Ok(())
}

/// `{}`, by gzip.
const GZIPPED: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";

async fn interim_answers(subject: &Subject) -> Outcome {
    let hints = "HTTP/1.1 103 Early Hints\r\nx-interim: 1\r\nlink: </x>\r\n\r\n";
    for interim in [hints, "HTTP/1.1 102 Processing\r\n\r\n", &hints.repeat(10)] {
        let steps = [Step::write(interim), Step::answer(200, "x-final: 1\r\n", b"{}")];
        let response = answered(subject, steps).await?;
        let kept = ["x-final", "x-interim"].map(|name| response.headers().contains_key(name));
        same("a status, and headers of both", (response.status().as_u16(), kept), (200, [true, false]))?;
        same("a body", text(response.body()), "{}")?;
    }
    Ok(())
}

/// Like [`answered`]. A blocking body must also stay at its end.
async fn ended(subject: &Subject, steps: impl Into<Vec<Step>>) -> Result<Response<Vec<u8>>, String> {
    let server = started(Server::answering(steps))?;
    let response = subject.send(get(&server)?, &patient()).await.map_err(failed)?;
    let (head, mut unread) = response.into_parts();
    let body = unread.whole().await.map_err(failed)?;
    let after = at!(unread.after_end().map_err(failed), "a read after the end")?;
    same("after the end", after, None::<Bytes>)?;
    Ok(Response::from_parts(head, body))
}

async fn empty_bodies(subject: &Subject) -> Outcome {
    for (status, line) in
        [(204, ""), (304, ""), (304, "content-length: 5\r\n"), (200, "content-length: 0\r\n")]
    {
        // The connection stays open, and nothing more arrives.
        let head = format!("HTTP/1.1 {status} Told\r\n{line}\r\n");
        let response = at!(ended(subject, [Step::write(head), Step::Hold]).await, "{status} {line:?}")?;
        at!(same("a body", text(response.body()), ""), "{status} {line:?}")?;
        same("status", response.status().as_u16(), status)?;
    }
    Ok(())
}

async fn chunked(subject: &Subject) -> Outcome {
    let bytewise: String = "Hello, world".chars().map(|letter| format!("1\r\n{letter}\r\n")).collect();
    for chunks in [
        "c\r\nHello, world\r\n0\r\n\r\n",
        "5\r\nHello\r\n007\r\n, world\r\n0\r\n\r\n",
        "C;name=value\r\nHello, world\r\n0\r\n\r\n",
        &format!("{bytewise}0\r\n\r\n"),
    ] {
        in_chunks(subject, chunks).await?;
    }
    Ok(())
}

async fn trailers(subject: &Subject) -> Outcome {
    for trailers in ["x-trailer: 1\r\n", "x-trailer: 1\r\nx-other: 2\r\n"] {
        in_chunks(subject, &format!("c\r\nHello, world\r\n0\r\n{trailers}\r\n")).await?;
    }
    Ok(())
}

/// The chunks of "Hello, world", all at once and byte by byte.
async fn in_chunks(subject: &Subject, chunks: &str) -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let at_once = vec![Step::write([head, chunks].concat())];
    let mut bytewise = vec![Step::write(head)];
    bytewise.extend(chunks.bytes().map(|byte| Step::write([byte])));
    for steps in [at_once, bytewise] {
        let response = at!(ended(subject, steps).await, "{chunks:?}")?;
        at!(same("a body", text(response.body()), "Hello, world"), "{chunks:?}")?;
    }
    Ok(())
}

async fn until_closed(subject: &Subject) -> Outcome {
    for version in ["1.0", "1.1"] {
        let head = format!("HTTP/{version} 200 OK\r\n\r\n");
        let steps = [Step::write(head), Step::write("Hello, "), Step::write("world"), Step::Fin];
        let response = at!(ended(subject, steps).await, "HTTP/{version}")?;
        at!(same("a body", text(response.body()), "Hello, world"), "HTTP/{version}")?;
    }
    Ok(())
}

/// 100 KB with a period that is not a power of two, so that a misplaced piece is noticed.
fn piece() -> Vec<u8> {
    (0..=250).cycle().take(100_000).collect()
}

async fn large_body(subject: &Subject) -> Outcome {
    let (part, length) = (piece(), 12_000_000);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    let steps = [Step::write(head), Step::Repeat(part.clone(), length / part.len())];
    let server = started(Server::answering(steps))?;
    let mut body = subject.send(get(&server)?, &patient()).await.map_err(failed)?.into_body();
    let (mut read, mut expected) = (0, part.iter().cycle());
    while let Some(piece) = at!(body.piece().await.map_err(failed), "byte {read}")? {
        if piece.iter().any(|byte| expected.next() != Some(byte)) {
            return Err(format!("other bytes after {read}"));
        }
        read += piece.len();
    }
    same("a length of", read, length)
}

async fn body_as_it_comes(subject: &Subject) -> Outcome {
    let head = Step::write("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
    let steps = [head, Step::Gate(1), Step::write("Hello, "), Step::Gate(2), Step::write("world")];
    let server = started(Server::answering(steps))?;
    let head = subject.send(get(&server)?, &patient()).await;
    let mut unread = at!(head.map_err(failed), "the head")?.into_body();
    let mut body = Vec::new();
    for end in [7, 12] {
        server.open();
        while body.len() < end {
            let piece = at!(unread.piece().await.map_err(failed), "byte {}", body.len())?;
            body.extend(piece.ok_or("an early end")?);
        }
    }
    same("a body", text(&body), "Hello, world")
}

async fn unread_body(subject: &Subject) -> Outcome {
    /// More than a kernel buffers for a connection. At most half of it may leave the server before anyone reads.
    const LENGTH: usize = 80_000_000;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n");
    let steps = [Step::write(head), Step::Flood(piece(), LENGTH / piece().len())];
    let server = started(Server::answering(steps))?;
    let body = subject.send(get(&server)?, &patient()).await.map_err(failed)?.into_body();
    let over = comes_true(|| server.flooded().is_some()).await;
    same("an end of the server's writing", over, true)?;
    drop(body);
    let taken = server.flooded().unwrap_or(0);
    if taken > LENGTH / 2 { Err(format!("{taken} bytes taken before anybody read")) } else { Ok(()) }
}
