//! Finds where the strings of a record end, 64 bytes at a time.

/// The quotes, backslashes and control characters of a record: all that can end a run of plain text in a string.
///
/// A whole block is searched at a time, without a branch, in a form that compilers turn into vector instructions on every
/// target. The end of a string is then found by a few operations on bits. Going word by word would make each load wait for the
/// one before.
///
/// It is small and `Copy`, and gets the bytes as an argument, so that it can live in registers.
#[derive(Clone, Copy)]
pub(crate) struct Stops {
    /// Where the current block starts.
    block: usize,
    /// A bit for each of its bytes, the first lowest.
    marks: u64,
}

const BLOCK: usize = 64;

impl Stops {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self { block: 0, marks: marks_from(bytes) }
    }

    /// The index of the first stop in `bytes` from `at` on, or an index past the end if there is none. `at` must not go back from
    /// one call to the next.
    #[inline(always)]
    pub(crate) fn find(&mut self, bytes: &[u8], at: usize) -> usize {
        let mut marks = self.marks_after(at - self.block);
        if marks == 0 {
            *self = self.next(bytes, at);
            marks = self.marks;
        }
        self.block + marks.trailing_zeros() as usize
    }

    /// The next block that has a stop from `at` on, with only such stops.
    #[inline(never)]
    fn next(mut self, bytes: &[u8], at: usize) -> Self {
        loop {
            self.block += BLOCK;
            let Some(rest) = bytes.get(self.block..).filter(|rest| !rest.is_empty()) else {
                return Self { block: bytes.len(), marks: 0 };
            };
            self.marks = marks_from(rest);
            let marks = self.marks_after(at.saturating_sub(self.block));
            if marks != 0 {
                return Self { block: self.block, marks };
            }
        }
    }

    /// The marks of the block without those before `offset`.
    #[inline(always)]
    fn marks_after(self, offset: usize) -> u64 {
        if offset < BLOCK { self.marks & (u64::MAX << offset) } else { 0 }
    }
}

/// The marks of the block at the start of `bytes`, which may be shorter than a block.
fn marks_from(bytes: &[u8]) -> u64 {
    if let Some(block) = bytes.first_chunk() {
        return marks(block);
    }
    let mut block = [b' '; BLOCK];
    block.iter_mut().zip(bytes).for_each(|(padded, byte)| *padded = *byte);
    marks(&block)
}

#[inline(always)]
fn marks(block: &[u8; BLOCK]) -> u64 {
    let mut stops = [0_u8; BLOCK];
    for (stop, &byte) in stops.iter_mut().zip(block) {
        // Swapping 0x22, the quote, with 0x20 puts it next to the control characters. One comparison finds both.
        *stop = if (byte ^ 0x02) <= 0x20 || byte == b'\\' { 0xFF } else { 0 };
    }
    // Bit 0 of each byte of word 0, bit 1 of word 1, and so on: a square of bits, to be transposed.
    let mut square = 0;
    for (index, word) in stops.chunks_exact(8).enumerate() {
        let word = word.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        square |= word & (0x0101_0101_0101_0101 << index);
    }
    transpose(square)
}

/// Moves bit `i` of byte `j` to bit `j` of byte `i` (Hacker's Delight, 7-3).
#[inline(always)]
fn transpose(square: u64) -> u64 {
    let swap = |bits: u64, distance: u32, mask: u64| {
        let changed = (bits ^ (bits >> distance)) & mask;
        bits ^ changed ^ (changed << distance)
    };
    let bits = swap(square, 7, 0x00AA_00AA_00AA_00AA);
    let bits = swap(bits, 14, 0x0000_CCCC_0000_CCCC);
    swap(bits, 28, 0x0000_0000_F0F0_F0F0)
}
