//! Eight bytes at a time in a `u64`.

/// The byte `byte` eight times.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The eight bytes at `at`, the first of them lowest.
#[inline(always)]
fn load(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Marks, by its high bit, the first byte that ends a run of plain text: a quote, a backslash or a control character. Bytes
/// before it are never marked, and marks after it mean nothing.
#[inline(always)]
fn stops(word: u64) -> u64 {
    // Taking 1 from a byte sets its high bit where it was 0 (or was set already, hence `!word`), so the
    // xor finds one character; taking 0x20 finds what is below. A borrow reaches later bytes only.
    let quote = (word ^ all(b'"')).wrapping_sub(all(1));
    let backslash = (word ^ all(b'\\')).wrapping_sub(all(1));
    let control = word.wrapping_sub(all(0x20));
    (quote | backslash | control) & !word & all(0x80)
}

/// Marks every byte outside ASCII by its high bit.
#[inline(always)]
fn non_ascii(word: u64) -> u64 {
    word & all(0x80)
}

/// The index of the byte that the lowest mark is in.
#[inline(always)]
fn first(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// Whether a byte inside a string is plain ASCII.
#[inline(always)]
pub(crate) fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..0x80) && byte != b'"' && byte != b'\\'
}

/// The length of the run of plain ASCII at the start of `bytes`, which are inside a string.
#[inline]
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = load(bytes, at) {
        let marks = stops(word) | non_ascii(word);
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    at + bytes.iter().skip(at).take_while(|&&byte| is_plain(byte)).count()
}
