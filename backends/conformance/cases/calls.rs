//! Several calls: none is repeated, none gets another's answer, and an abandoned call leaves nothing behind.

use super::super::subject::{BoxFuture, comes_true, run_until};
use super::*;

pub(super) const CASES: &[Case] = &[
    case!(not_repeated, "a request whose connection ends before the answer is not sent again"),
    case!(not_repeated_when_reused, "nor is a request on a reused connection"),
    case!(
        kept_connection_dies,
        "a request on a reused connection that ends is `Interrupted`: the service may have acted on it"
    ),
    case!(own_answers, "each call gets its own answer, at the same time as others and after others"),
    case!(left_over_bytes, "bytes after an answer are not the answer to another call"),
    case!(
        dropped_body,
        "a body dropped before its end closes its connection, and does not wait for the rest"
    ),
    case!(cancelled, "a call whose future is dropped closes its connection").async_only(),
    case!(side_by_side, "a call that waits for its answer does not block its executor").async_only(),
    case!(offload, "`offload` runs its work once, and ends after it").async_only(),
];

async fn not_repeated(subject: &Subject) -> Outcome {
    for method in [Method::GET, Method::POST] {
        let answers = [vec![Step::Fin], vec![Step::answer(200, "", b"{}")]];
        let server = started(Server::in_turn(answers))?;
        let outcome = exchange(subject, request(&server, method, "/", b"")?, &patient()).await;
        at!(once(&server, 1), "{outcome:?}")?;
    }
    Ok(())
}

async fn not_repeated_when_reused(subject: &Subject) -> Outcome {
    for method in [Method::GET, Method::POST] {
        let answer = vec![Step::answer(200, "", b"{}")];
        let server = started(Server::in_turn([answer.clone(), vec![Step::Fin], answer]))?;
        answer_to_get(subject, &server).await?;
        let outcome = exchange(subject, request(&server, method, "/", b"")?, &patient()).await;
        at!(once(&server, 2), "{outcome:?}")?;
    }
    Ok(())
}

async fn kept_connection_dies(subject: &Subject) -> Outcome {
    for end in [Step::Fin, Step::Reset] {
        let server = started(Server::in_turn([vec![Step::answer(200, "", b"{}")], vec![end]]))?;
        answer_to_get(subject, &server).await?;
        let outcome = exchange(subject, request(&server, Method::POST, "/", b"{}")?, &patient()).await;
        must_fail(outcome, TransportErrorKind::Interrupted)?;
    }
    Ok(())
}

fn once(server: &Server, requests: usize) -> Outcome {
    same("requests", server.received().len(), requests)
}

async fn own_answers(subject: &Subject) -> Outcome {
    let server = &started(Server::answering([Step::Echo]))?;
    let calls = (0..8).map(|caller| -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            for call in 0..8 {
                own_answer(subject, server, &format!("/{caller}/{call}")).await?;
            }
            Ok(())
        })
    });
    let outcomes = subject.at_once(calls.collect()).await;
    same("calls that came to an end", outcomes.len(), 8)?;
    outcomes.into_iter().collect::<Outcome>()?;
    once(server, 64)
}

async fn own_answer(subject: &Subject, server: &Server, target: &str) -> Outcome {
    let request = request(server, Method::GET, target, b"")?;
    let response = exchange(subject, request, &patient()).await.map_err(failed)?;
    same("the answer", text(response.body()), target)
}

async fn left_over_bytes(subject: &Subject) -> Outcome {
    let poison = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";
    // Read to its end, dropped after a piece, and dropped unread.
    for (length, pieces) in [(2, 2), (2 + poison.len(), 1), (2 + poison.len(), 0)] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{}}");
        let server = started(Server::in_turn([vec![Step::write(head + poison)], vec![Step::Echo]]))?;
        let mut body = subject.send(get(&server)?, &patient()).await.map_err(failed)?.into_body();
        for _ in 0..pieces {
            body.piece().await.map_err(failed)?;
        }
        drop(body);
        // It is fine to find that the connection is broken.
        if let Ok(response) = exchange(subject, get(&server)?, &patient()).await {
            same("an answer", text(response.body()), "/public/api/apps")?;
        }
    }
    Ok(())
}

async fn dropped_body(subject: &Subject) -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nHello";
    for read in [false, true] {
        let server = started(Server::answering([Step::write(head), Step::Hold]))?;
        let mut body = subject.send(get(&server)?, &patient()).await.map_err(failed)?.into_body();
        if read {
            body.piece().await.map_err(failed)?;
        }
        drop(body);
        closed(&server).await?;
    }
    Ok(())
}

async fn cancelled(subject: &Subject) -> Outcome {
    let server = started(Server::answering([Step::Hold]))?;
    let timeouts = patient();
    let call = exchange(subject, get(&server)?, &timeouts);
    if let Some(outcome) = run_until(call, || server.received().len() == 1).await {
        return Err(format!("an end without an answer: {outcome:?}"));
    }
    closed(&server).await
}

/// The client must have ended the connection.
async fn closed(server: &Server) -> Outcome {
    same("an end of the connection", comes_true(|| server.gone() == 1).await, true)
}

async fn side_by_side(subject: &Subject) -> Outcome {
    let server = started(Server::answering([Step::Requests(2), Step::Echo]))?;
    let calls = ["/1", "/2"]
        .map(|target| -> BoxFuture<'_, Outcome> { Box::pin(own_answer(subject, &server, target)) });
    subject.at_once(calls.into()).await.into_iter().collect()
}

async fn offload(subject: &Subject) -> Outcome {
    let (tell, told) = std::sync::mpsc::channel();
    subject.offload(Box::new(move || tell.send(()).unwrap_or_default())).await;
    same("times that it was done", told.try_iter().count(), 1)
}
