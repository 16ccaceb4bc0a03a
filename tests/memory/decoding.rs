//! Promise 14: decoding takes constant memory, and borrowed records take no allocation.

use crate::support::memory;
use crate::support::shapes::{Export, Shape};
use useartisan::decode::{Check, Decoder};

/// Decodes a generated export of this size, which is never whole in memory.
fn decode(shape: Shape, size: u64) -> u64 {
    let mut export = Export::new(shape);
    let (mut decoder, mut check) = (Decoder::new(), Check::new());
    let (mut records, mut passed) = (0, 0);
    let mut pass = |piece: &[u8]| {
        for mut input in piece.chunks(700) {
            while decoder.advance(&mut input).unwrap() {
                records += u64::from(!decoder.record().is_empty());
            }
        }
        check.push(piece).unwrap();
    };
    pass(export.head().as_bytes());
    while passed < size {
        let record = export.record();
        passed += record.len() as u64;
        pass(record.as_bytes());
    }
    pass(export.tail().as_bytes());
    decoder.finish().unwrap();
    check.finish().unwrap();
    records
}

#[test]
fn memory_does_not_grow_with_the_document() {
    let full = std::env::var_os("USEARTISAN_FULL").is_some();
    let size = if full { 4 << 30 } else { 4 << 20 };
    for shape in Shape::ALL {
        let (records, heap) = memory::measure(|| decode(shape, size));
        assert!(records > 500);
        assert!(heap.peak < 256 << 10, "{}: {} bytes", shape.name(), heap.peak);
        if full {
            // One shape of this size is enough.
            return;
        }
    }
}

#[test]
fn a_borrowed_record_takes_no_allocation() {
    let document = Export::document(Shape::Escapes, 1 << 20);
    let mut decoder = Decoder::new();
    let (mut head, mut rest) = document.split_at(document.len() / 2);
    let mut run = |input: &mut &[u8]| while decoder.advance(input).unwrap() {};
    run(&mut head);
    let ((), heap) = memory::measure(|| run(&mut rest));
    // Of some 650 records, one may be the largest so far, and a buffer grows for it.
    assert!(heap.allocations <= 2, "{} allocations", heap.allocations);
}
