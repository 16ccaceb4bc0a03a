//! The tables of calls and of downloads.

use std::hint::black_box;
use std::time::Instant;

use useartisan::decode::Decoder;

use super::load::{Call, Run, Work};
use super::server::DOWNLOAD;
use crate::{heap, measure};
use useartisan_test_support::shapes::{Export, Shape};

/// The number of turns of each contender.
const ROUNDS: usize = 101;

/// The same for downloads. Each download is a turn.
const DOWNLOADS: usize = 41;

/// One client: bare, bare again as the control, bare without a time-out, under this crate, and under this crate boxed.
pub(super) struct Contenders {
    pub(super) name: &'static str,
    pub(super) bare: Run,
    pub(super) again: Run,
    pub(super) untimed: Run,
    pub(super) ours: Run,
    pub(super) boxed: Run,
}

pub(super) fn print_calls(contenders: &[Contenders]) {
    println!(
        "\n| {:<37} | calls/s | MB/s | bare again | no time-out | useartisan | boxed | allocations | added | added, boxed |",
        ""
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for contenders in contenders {
        for call in Call::ALL {
            for tasks in [1, 64] {
                print_row(contenders, call, tasks);
            }
        }
    }
}

fn print_row(contenders: &Contenders, call: Call, tasks: usize) {
    let Contenders { name, bare, again, untimed, ours, boxed } = contenders;
    let runs = [bare, again, untimed, ours, boxed];
    let each = calls_of_a_turn(bare, call, tasks);
    let (work, calls) = (Work::Calls { call, tasks, each }, (tasks * each) as f64);
    let [heap, _, _, ours, boxed] = runs.map(|run| {
        run(work);
        heap::measure(|| run(work)).1.allocations as f64 / calls
    });
    let times = measure::rounds(ROUNDS, runs.len(), |run| runs[run](work));
    let rate = calls / times.seconds(0);
    let load = if tasks == 1 { "one at a time".into() } else { format!("{tasks} at once") };
    println!(
        "| {:<37} | {rate:.0} | {:.0} | {:.3} | {:.3} | {:.3} | {:.3} | {heap:.1} | {:+.1} | {:+.1} |",
        format!("{name}: {}, {load}", call.name()),
        rate * call.length() as f64 / 1e6,
        times.ratio(0, 1),
        times.ratio(0, 2),
        times.ratio(0, 3),
        times.ratio(0, 4),
        ours - heap,
        boxed - heap,
    );
}

/// The number of calls of each task in a turn: enough that starting the tasks does not matter, and few enough that other work on
/// the machine hits all contenders alike.
fn calls_of_a_turn(run: &Run, call: Call, tasks: usize) -> usize {
    let turn = if tasks == 1 { 0.01 } else { 0.06 };
    let try_out = Work::Calls { call, tasks, each: 20 };
    run(try_out);
    let start = Instant::now();
    run(try_out);
    (20.0 * turn / start.elapsed().as_secs_f64()).max(1.0) as usize
}

pub(super) fn print_downloads(contenders: &[Contenders]) {
    let document = Export::document(Shape::Pretty, DOWNLOAD);
    println!("\n**a download of {:.0} MB, in MB/s**\n", document.len() as f64 / 1e6);
    println!(
        "| client  | bare, not decoded | decoded from memory | useartisan | boxed | time of their sum | boxed | peak heap KiB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for Contenders { name, bare, ours, boxed, .. } in contenders {
        let decoded = |_| decode(&document);
        let runs: [&dyn Fn(Work); 4] = [bare, &decoded, ours, boxed];
        bare(Work::Download);
        let peak = heap::measure(|| ours(Work::Download)).1.peak as f64 / 1024.0;
        let times = measure::rounds(DOWNLOADS, runs.len(), |run| runs[run](Work::Download));
        let [bare, decoded, ours, boxed] =
            [0, 1, 2, 3].map(|run| document.len() as f64 / 1e6 / times.seconds(run));
        println!(
            "| {name:<7} | {bare:.0} | {decoded:.0} | {ours:.0} | {boxed:.0} | {:.3} | {:.3} | {peak:.0} |",
            times.ratio_to_sum(2, &[0, 1]),
            times.ratio_to_sum(3, &[0, 1]),
        );
    }
}

/// Decodes its records without looking at their strings, in the pieces of a blocking client.
fn decode(document: &[u8]) {
    let mut decoder = Decoder::new();
    for mut piece in document.chunks(64 << 10) {
        while decoder.advance(&mut piece).unwrap() {
            black_box(decoder.record());
        }
    }
    decoder.finish().unwrap();
}
