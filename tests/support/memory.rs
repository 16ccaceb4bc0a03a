//! An allocator that counts the allocations of a thread.
#![allow(unsafe_code, reason = "an allocator is")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The `#[global_allocator]` of a measuring program.
pub struct Counting;

/// Counts on the measured thread. Others may allocate meanwhile.
#[derive(Clone, Copy)]
struct Counts {
    /// Off while time is measured, so that counting does not slow down allocations.
    on: bool,
    allocations: u64,
    held: i64,
    peak: i64,
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { on: false, allocations: 0, held: 0, peak: 0 }) };
}

fn count(allocations: u64, bytes: i64) {
    // A thread that is ending has no counter.
    let _ = COUNTS.try_with(|counts| {
        let now = counts.get();
        if now.on {
            let held = now.held + bytes;
            let allocations = now.allocations + allocations;
            counts.set(Counts { on: true, allocations, held, peak: now.peak.max(held) });
        }
    });
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The heap use of some work on its thread.
#[derive(Clone, Copy, Default)]
pub struct Heap {
    pub allocations: u64,
    /// The peak above the start.
    pub peak: u64,
}

pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    COUNTS.set(Counts { on: true, allocations: 0, held: 0, peak: 0 });
    let value = work();
    let counts = COUNTS.get();
    COUNTS.set(Counts { on: false, ..counts });
    (value, Heap { allocations: counts.allocations, peak: counts.peak.unsigned_abs() })
}
