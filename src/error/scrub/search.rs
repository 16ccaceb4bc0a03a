//! Where in a text one of several others may begin.

/// By the last two bytes of a window that moves over the text, how far it may move on (Wu and Manber, «A fast algorithm for
/// multi-pattern searching», 1994).
pub(super) struct Search {
    /// The length of the shortest text that is looked for.
    window: usize,
    /// How far the window may move on without passing over a text that is looked for; 0 where one may begin with it.
    shifts: [u8; PAIRS],
}

/// How many pairs of bytes are told apart: by five bits of each, which are the same for both cases of a letter.
const PAIRS: usize = 32 * 32;

impl Search {
    /// None of `texts` may be empty.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t [u8]> + Clone) -> Self {
        let window = texts.clone().map(<[u8]>::len).min().unwrap_or(1);
        let first_end = window.min(2);
        // A shorter step is as right as a longer one.
        let step = |bytes: usize| u8::try_from(bytes).unwrap_or(u8::MAX);
        let mut shifts = [step(window - first_end + 1); PAIRS];
        for text in texts {
            for end in first_end..=window {
                if let Some(shift) = text.get(..end).and_then(|head| shifts.get_mut(pair(head))) {
                    *shift = (*shift).min(step(window - end));
                }
            }
        }
        Search { window, shifts }
    }

    #[cfg(test)]
    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// The first place from `at` on where one may begin.
    #[inline]
    pub(super) fn next(&self, text: &[u8], mut at: usize) -> Option<usize> {
        loop {
            let window = text.get(at..at + self.window)?;
            match self.shifts.get(pair(window)) {
                Some(&shift) if shift > 0 => at += usize::from(shift),
                _ => return Some(at),
            }
        }
    }
}

/// The place in `shifts` of the last two bytes; a byte that is alone stands for two.
fn pair(window: &[u8]) -> usize {
    let (one, two) = match *window {
        [.., one, two] => (one, two),
        [byte] => (byte, byte),
        [] => (0, 0),
    };
    usize::from(one % 32) * 32 + usize::from(two % 32)
}
