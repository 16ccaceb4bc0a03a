//! The clock, the timer and the seeds.

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use super::super::subject::wait;
use super::*;

pub(super) const CASES: &[Case] = &[
    case!(sleep, "`sleep` lasts as long as asked, never less, late by at most 10 % and 200 ms"),
    case!(sleep_without_end, "a `sleep` of `Duration::MAX` neither overflows nor blocks its executor")
        .async_only(),
    case!(now, "`now` never goes back, and runs as fast as time does"),
    case!(seed, "`seed` differs from call to call"),
];

const LENGTH: Duration = Duration::from_millis(100);

async fn sleep(subject: &Subject) -> Outcome {
    subject.sleep(Duration::ZERO).await;
    punctual(LENGTH, async || {
        subject.sleep(LENGTH).await;
        Ok(())
    })
    .await
}

async fn sleep_without_end(subject: &Subject) -> Outcome {
    for duration in [LENGTH, Duration::MAX] {
        let mut sleep = pin!(subject.sleep(duration));
        let over = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_ready())).await;
        same(format_args!("{duration:?} over at the first poll"), over, false)?;
    }
    Ok(())
}

async fn now(subject: &Subject) -> Outcome {
    for _ in 0..1000 {
        let (first, second) = (subject.now(), subject.now());
        if first > second {
            return Err(format!("{second:?} after {first:?}"));
        }
    }
    let mut found = String::new();
    for _ in 0..ATTEMPTS {
        let (start, began) = (subject.now(), Instant::now());
        wait(LENGTH).await;
        let (counted, took) = (subject.now().saturating_sub(start), began.elapsed());
        // A busy machine may pause between two readings, and a clock may be coarse.
        if counted.abs_diff(took) < LENGTH / 5 {
            return Ok(());
        }
        found = format!("{counted:?} counted in {took:?}");
    }
    Err(found)
}

async fn seed(subject: &Subject) -> Outcome {
    let seeds: HashSet<_> = (0..100).map(|_| subject.seed()).collect();
    same("different seeds of a hundred:", seeds.len(), 100)
}
