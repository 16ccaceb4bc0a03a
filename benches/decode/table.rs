//! Medians of interleaved rounds, as a table of ratios.

use std::time::Instant;

use crate::memory::{self, Heap};
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
        let mut seconds = vec![Vec::new(); fit.len()];
        let mut heaps = vec![Heap::default(); fit.len()];
        let mut found = Vec::new();
        for _ in 0..rounds {
            for (index, contender) in fit.iter().enumerate() {
                let start = Instant::now();
                let (sum, heap) = memory::measure(|| (contender.run)(&document));
                seconds[index].push(start.elapsed().as_secs_f64());
                heaps[index] = heap;
                found.push(sum);
            }
        }
        assert!(found.iter().all(|sum| *sum == found[0]), "they disagree on what is in it: {found:?}");
        let medians: Vec<f64> = seconds.into_iter().map(median).collect();
        for ((contender, median), heap) in fit.iter().zip(&medians).zip(heaps) {
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
