//! The time-outs of a request: never early, and not much too late.

use super::*;

pub(super) const CASES: &[Case] = &[
    case!(
        head_timeout,
        "if no answer arrives, `head` ends the call as `TimedOut`, never early, late by at most 10 % and 200 ms"
    ),
    case!(head_timeout_drip, "`head` bounds the whole head, not each piece of it"),
    case!(stall_timeout, "if a body stops, `stall` ends it as `TimedOut`, equally in time"),
    case!(total_timeout, "`total` ends a body that goes on, as `TimedOut`, equally in time"),
    case!(total_timeout_head, "`total` also bounds the wait for the head, if it is shorter"),
    case!(stall_per_piece, "`stall` is for each piece: it does not end a slow body"),
    case!(no_timeout, "a time-out of `Duration::MAX` means none, and does not overflow"),
];

const LIMIT: Duration = Duration::from_millis(300);

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";

async fn head_timeout(subject: &Subject) -> Outcome {
    gives_up(subject, &[Step::Hold], patient().with_head(LIMIT)).await
}

async fn head_timeout_drip(subject: &Subject) -> Outcome {
    let steps = [Step::write("HTTP/1.1 200 OK\r\nx-drip: "), Step::Drip];
    gives_up(subject, &steps, patient().with_head(LIMIT)).await
}

async fn stall_timeout(subject: &Subject) -> Outcome {
    gives_up(subject, &[Step::write(HEAD), Step::Hold], patient().with_stall(LIMIT)).await
}

async fn total_timeout(subject: &Subject) -> Outcome {
    gives_up(subject, &[Step::write(HEAD), Step::Drip], patient().with_total(LIMIT)).await
}

async fn total_timeout_head(subject: &Subject) -> Outcome {
    gives_up(subject, &[Step::Hold], patient().with_total(LIMIT)).await
}

async fn gives_up(subject: &Subject, steps: &[Step], timeouts: Timeouts) -> Outcome {
    punctual(LIMIT, async || {
        let server = started(Server::answering(steps))?;
        let outcome = exchange(subject, get(&server)?, &timeouts).await;
        must_fail(outcome, TransportErrorKind::TimedOut)?;
        // Zero requests, if all of the time passed before.
        same("a repetition", server.received().len() > 1, false)
    })
    .await
}

async fn stall_per_piece(subject: &Subject) -> Outcome {
    let head = Step::write("HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n"); // for 600 ms
    let steps = [head, Step::Drip];
    let mut found = String::new();
    for _ in 0..ATTEMPTS {
        let server = started(Server::answering(&steps[..]))?;
        match exchange(subject, get(&server)?, &patient().with_stall(LIMIT)).await {
            // On a busy machine, the next byte may have been late.
            Err(failure) if failure.kind() == TransportErrorKind::TimedOut => found = failed(failure),
            outcome => return same("a length of", outcome.map_err(failed)?.body().len(), 30),
        }
    }
    Err(found)
}

async fn no_timeout(subject: &Subject) -> Outcome {
    for none in [Duration::MAX, Duration::MAX / 2] {
        let timeouts =
            Timeouts::default().with_connect(none).with_head(none).with_stall(none).with_total(none);
        let server = started(Server::answering([Step::answer(200, "", b"{}")]))?;
        exchange(subject, get(&server)?, &timeouts).await.map_err(failed)?;
    }
    Ok(())
}
