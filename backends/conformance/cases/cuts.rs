//! Answers that are cut, or never arrive.

use super::*;

pub(super) const CASES: &[Case] = &[
    case!(refused, "a connection that is refused is `NotSent`"),
    case!(no_tls, "a request to `https` is `NotSent` if TLS fails, and never sent in the clear"),
    case!(
        no_answer,
        "a connection that ends without an answer is `Interrupted`: the service may have acted on the request"
    ),
    case!(cut_head, "a head that is cut or is not HTTP is `Interrupted`"),
    case!(cut_by_fin, "a body shorter than its `Content-Length` is `Interrupted`"),
    case!(cut_by_reset, "a body that is cut by a reset is `Interrupted`"),
    case!(cut_in_a_chunk, "a chunked body that ends within a chunk is `Interrupted`"),
    case!(cut_between_chunks, "a chunked body that ends without its last chunk is `Interrupted`"),
];

async fn refused(subject: &Subject) -> Outcome {
    let nobody = started(Refusing::start())?;
    for method in [Method::GET, Method::POST] {
        let request = request_to(started(nobody.address())?, method, "/", b"")?;
        must_fail(exchange(subject, request, &patient()).await, TransportErrorKind::NotSent)?;
    }
    Ok(())
}

async fn no_tls(subject: &Subject) -> Outcome {
    for method in [Method::GET, Method::POST] {
        let server = started(Server::answering([Step::answer(200, "", b"{}")]))?;
        let mut request = request(&server, method, "/", b"")?;
        let https = format!("https://{}/", server.address());
        *request.uri_mut() = https.parse().map_err(|error| told("the suite's own request", &error))?;
        let outcome = exchange(subject, request, &patient()).await;
        same("requests in the clear", server.received().len(), 0)?;
        must_fail(outcome, TransportErrorKind::NotSent)?;
    }
    Ok(())
}

async fn no_answer(subject: &Subject) -> Outcome {
    for end in [Step::Fin, Step::Reset] {
        interrupted(subject, Method::GET, [end]).await?;
    }
    interrupted(subject, Method::POST, [Step::Fin]).await
}

async fn cut_head(subject: &Subject) -> Outcome {
    for start in ["HTTP", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-le", "no HTTP at all\r\n\r\n"] {
        at!(interrupted(subject, Method::GET, [Step::write(start), Step::Fin]).await, "{start:?}")?;
    }
    Ok(())
}

async fn cut_by_fin(subject: &Subject) -> Outcome {
    for body in ["", "12345", "123456789"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{body}");
        interrupted(subject, Method::GET, [Step::write(head), Step::Fin]).await?;
    }
    Ok(())
}

async fn cut_by_reset(subject: &Subject) -> Outcome {
    for framing in ["content-length: 10\r\n\r\n12345", "transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n"] {
        let head = format!("HTTP/1.1 200 OK\r\n{framing}");
        interrupted(subject, Method::GET, [Step::write(head), Step::Reset]).await?;
    }
    Ok(())
}

async fn cut_in_a_chunk(subject: &Subject) -> Outcome {
    cut_chunks(subject, &["5", "5\r\n", "5\r\n123", "5\r\n12345\r\na\r\n12345"]).await
}

async fn cut_between_chunks(subject: &Subject) -> Outcome {
    cut_chunks(subject, &["", "5\r\n12345\r\n", "5\r\n12345\r\n0"]).await
}

async fn cut_chunks(subject: &Subject, starts: &[&str]) -> Outcome {
    for start in starts {
        let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{start}");
        at!(interrupted(subject, Method::GET, [Step::write(head), Step::Fin]).await, "{start:?}")?;
    }
    Ok(())
}

/// After these steps the exchange must be interrupted.
async fn interrupted(subject: &Subject, method: Method, steps: impl Into<Vec<Step>>) -> Outcome {
    let server = started(Server::answering(steps))?;
    let request = request(&server, method, "/", b"")?;
    must_fail(exchange(subject, request, &patient()).await, TransportErrorKind::Interrupted)
}
