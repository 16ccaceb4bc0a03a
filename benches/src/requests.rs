//! Requests: every endpoint compared with the same request written by hand, and with other crates that do no I/O.

mod endpoints;
mod peers;

use std::hint::black_box;

use crate::{heap, measure};

/// The number of rounds, and of requests in a turn. Turns are short and many, so that a busy machine interrupts only a few.
const ROUNDS: usize = 2_001;
const TIMES: usize = 100;

/// A way to build a request.
struct Contender {
    name: &'static str,
    /// Builds this many requests.
    run: Box<dyn Fn(usize)>,
}

impl Contender {
    fn new<T>(name: &'static str, build: impl Fn() -> T + 'static) -> Self {
        let run = move |times| {
            for _ in 0..times {
                black_box(build());
            }
        };
        Contender { name, run: Box::new(run) }
    }

    /// The heap use of one request. The first may fill caches for later ones.
    fn allocations(&self) -> u64 {
        (self.run)(1);
        heap::measure(|| (self.run)(1)).1.allocations
    }
}

fn rounds(contenders: &[Contender]) -> measure::Rounds {
    measure::rounds(ROUNDS, contenders.len(), |contender| (contenders[contender].run)(TIMES))
}

/// Prints a table of the endpoints and one of the peers.
pub(crate) fn print() {
    println!("\n**beside the same request written by hand**\n");
    println!("| {:<35} | by hand ns | ours ÷ by hand | with its ids and its call | allocations |", "");
    println!("|---|---:|---:|---:|---|");
    for (name, contenders) in endpoints::all() {
        let times = rounds(&contenders);
        let [ours, whole, by_hand] = contenders.each_ref().map(Contender::allocations);
        println!(
            "| {name:<35} | {:.0} | {:.2} | {:.2} | {ours}, {whole}; {by_hand} |",
            times.seconds(2) * 1e9 / TIMES as f64,
            times.ratio(0, 2),
            times.ratio(1, 2),
        );
    }
    for (title, contenders) in peers::all() {
        println!("\n**beside other crates: {title}**\n");
        println!("| {:<45} | ns | first is × faster | allocations |", "");
        println!("|---|---:|---:|---:|");
        let times = rounds(&contenders);
        for (index, contender) in contenders.iter().enumerate() {
            println!(
                "| {:<45} | {:.0} | {:.2} | {} |",
                contender.name,
                times.seconds(index) * 1e9 / TIMES as f64,
                times.ratio(index, 0),
                contender.allocations(),
            );
        }
    }
}
