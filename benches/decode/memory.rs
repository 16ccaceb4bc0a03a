//! A counting allocator.
#![allow(unsafe_code, reason = "an allocator is")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static COUNT: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        let held = HELD.fetch_add(layout.size() as u64, Relaxed) + layout.size() as u64;
        PEAK.fetch_max(held, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as u64, Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What a piece of work asked of the heap.
#[derive(Clone, Copy, Default)]
pub(crate) struct Heap {
    pub(crate) allocations: u64,
    /// The most that was held at a time, over what was held at the start.
    pub(crate) peak: u64,
}

pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    let (count, held) = (COUNT.load(Relaxed), HELD.load(Relaxed));
    PEAK.store(held, Relaxed);
    let value = work();
    (value, Heap { allocations: COUNT.load(Relaxed) - count, peak: PEAK.load(Relaxed) - held })
}
