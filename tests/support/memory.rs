//! A counting allocator.
#![allow(unsafe_code, reason = "an allocator is")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// To be made the `#[global_allocator]` of a program that measures.
pub struct Counting;

/// Off while time is measured, so that whoever allocates much does not pay for being counted.
static ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

fn count(allocations: u64, bytes: i64) {
    if ON.load(Relaxed) {
        COUNT.fetch_add(allocations, Relaxed);
        let held = HELD.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(held, Relaxed);
    }
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

/// What a piece of work asked of the heap.
#[derive(Clone, Copy, Default)]
pub struct Heap {
    pub allocations: u64,
    /// The most that was held at a time, over what was held at the start.
    pub peak: u64,
}

pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    COUNT.store(0, Relaxed);
    HELD.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    ON.store(true, Relaxed);
    let value = work();
    ON.store(false, Relaxed);
    (value, Heap { allocations: COUNT.load(Relaxed), peak: PEAK.load(Relaxed).unsigned_abs() })
}
