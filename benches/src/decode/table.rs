//! A table for each shape of document.

use std::hint::black_box;

use crate::{heap, measure};
use useartisan_test_support::shapes::{Export, Shape};

/// A way to read a document. It returns the number of attributes.
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) run: fn(&[u8]) -> usize,
}

pub(super) fn print(contenders: &[Contender], size: usize, rounds: usize) {
    for shape in Shape::ALL {
        let document = Export::document(shape, size);
        let records = useartisan::decode::decode(&document).count();
        println!("\n**{} ({:.1} MB, {records} records)**\n", shape.name(), document.len() as f64 / 1e6);
        println!("| {:<54} | MB/s | first is × faster | allocations/record | peak heap KiB |", "");
        println!("|---|---:|---:|---:|---:|");
        let heaps: Vec<_> =
            contenders.iter().map(|contender| heap::measure(|| (contender.run)(&document))).collect();
        assert!(heaps.iter().all(|(found, _)| *found == heaps[0].0), "they disagree on what is in it");
        let times = measure::rounds(rounds, contenders.len(), |contender| {
            black_box((contenders[contender].run)(&document));
        });
        for (index, (contender, (_, heap))) in contenders.iter().zip(heaps).enumerate() {
            println!(
                "| {:<54} | {:.0} | {:.2} | {:.2} | {:.0} |",
                contender.name,
                document.len() as f64 / 1e6 / times.seconds(index),
                times.ratio(index, 0),
                heap.allocations as f64 / records as f64,
                heap.peak as f64 / 1024.0,
            );
        }
    }
}

/// Prints the cost of a byte in pieces of one byte, for a small and a large document. It is the same if the cost is linear.
pub(super) fn print_single_bytes(run: fn(&[u8], usize) -> usize) {
    let [small, large] = [1, 16].map(|size| Export::document(Shape::Pretty, size * 1_000_000));
    // The small one is repeated to the size of the large one, so that both have the same conditions.
    let turns = [(16, &small), (1, &large)];
    let times = measure::rounds(5, turns.len(), |turn| {
        let (repeated, document) = turns[turn];
        for _ in 0..repeated {
            black_box(run(document, 1));
        }
    });
    let [small, large] = [0, 1].map(|turn| {
        let (repeated, document) = turns[turn];
        times.seconds(turn) * 1e9 / (repeated * document.len()) as f64
    });
    println!("\npieces of one byte: {small:.2} ns/byte for 1 MB, {large:.2} ns/byte for 16 MB");
}
