//! Medians of interleaved rounds, as a table of ratios.

use std::hint::black_box;
use std::time::Instant;

use crate::memory;
use crate::shapes::{Export, Shape};

/// A way to read a document. It gives the number of attributes that it found.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[u8]) -> usize,
    /// Where it can't read a shape at all.
    pub(crate) skips: &'static [Shape],
}

/// Prints a table for each shape. The contenders take turns, so that a slow moment hits them alike.
pub(crate) fn print(contenders: &[Contender], size: usize, rounds: usize) {
    for shape in Shape::ALL {
        let document = Export::document(shape, size);
        let records = useartisan::export::decode(&document).count();
        println!("\n{} ({:.1} MB, {records} records)", shape.name(), document.len() as f64 / 1e6);
        println!("| {:<44} | MB/s | first is × faster | allocations/record | peak heap KiB |", "");
        println!("|---|---:|---:|---:|---:|");
        let fit: Vec<_> = contenders.iter().filter(|contender| !contender.skips.contains(&shape)).collect();
        let heaps: Vec<_> =
            fit.iter().map(|contender| memory::measure(|| (contender.run)(&document))).collect();
        assert!(heaps.iter().all(|(found, _)| *found == heaps[0].0), "they disagree on what is in it");
        let mut seconds = vec![Vec::new(); fit.len()];
        for _ in 0..rounds {
            for (contender, seconds) in fit.iter().zip(&mut seconds) {
                let start = Instant::now();
                black_box((contender.run)(&document));
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
        let medians: Vec<f64> = seconds.into_iter().map(median).collect();
        for ((contender, median), (_, heap)) in fit.iter().zip(&medians).zip(heaps) {
            println!(
                "| {:<44} | {:.0} | {:.2} | {:.2} | {:.0} |",
                contender.name,
                document.len() as f64 / 1e6 / median,
                median / medians[0],
                heap.allocations as f64 / records as f64,
                heap.peak as f64 / 1024.0,
            );
        }
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Prints what a byte costs in pieces of one byte, for a small and a large document: the same, if the cost is linear.
pub(crate) fn print_single_bytes(run: fn(&[u8], usize) -> usize) {
    let [small, large] = [1, 16].map(|size| Export::document(Shape::Pretty, size * 1_000_000));
    let mut nanoseconds = [Vec::new(), Vec::new()];
    for _ in 0..5 {
        // The small one as often as makes up the large one, so that both see the same moments.
        for (times, document, costs) in [(16, &small, 0), (1, &large, 1)] {
            let start = Instant::now();
            for _ in 0..times {
                black_box(run(document, 1));
            }
            let bytes = times * document.len();
            nanoseconds[costs].push(start.elapsed().as_secs_f64() * 1e9 / bytes as f64);
        }
    }
    let [small, large] = nanoseconds.map(median);
    println!("\npieces of one byte: {small:.2} ns/byte for 1 MB, {large:.2} ns/byte for 16 MB");
}
