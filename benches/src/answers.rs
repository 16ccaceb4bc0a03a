//! Answers: each published one and a long list of jobs, compared with a serde derive written by hand.

mod cases;
mod derives;

use std::time::Instant;

use crate::{heap, measure};
use cases::{Case, Read};

/// The shortest turn of a contender, in seconds: long enough for the clock, and short enough that other work on the machine hits few
/// turns.
const TURN: f64 = 0.0002;
const ROUNDS: usize = 401;

/// Prints a row for each answer.
pub(crate) fn print() {
    println!("\n| {:<60} | bytes | ns | derive's ns | ratio | allocations | derive's |", "");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for case in cases::all() {
        let contenders = [&case.ours, &case.derive];
        let heaps = contenders.map(|read| {
            read(&case.body);
            heap::measure(|| read(&case.body))
        });
        assert!(heaps.iter().all(|(ok, _)| *ok == case.succeeds), "{}: not what was expected", case.name);
        let repeated = repetitions(&case);
        let times = measure::rounds(ROUNDS, contenders.len(), |contender| {
            repeat(contenders[contender], &case.body, repeated);
        });
        let [ours, derive] = [0, 1].map(|contender| times.seconds(contender) * 1e9 / repeated as f64);
        let ratio = times.ratio(0, 1);
        let [mine, its] = heaps.map(|(_, heap)| heap.allocations);
        println!(
            "| {:<60} | {} | {ours:.0} | {derive:.0} | {ratio:.2} | {mine} | {its} |",
            case.name,
            case.body.len()
        );
    }
}

/// How often a turn reads the answer.
fn repetitions(case: &Case) -> usize {
    let mut repeated = 1;
    loop {
        let start = Instant::now();
        repeat(&case.derive, &case.body, repeated);
        if start.elapsed().as_secs_f64() > TURN {
            return repeated;
        }
        repeated *= 2;
    }
}

fn repeat(read: &Read, body: &[u8], times: usize) {
    for _ in 0..times {
        read(body);
    }
}
