//! Rounds in which contenders take turns, so that a slow moment hits them alike, and their statistics.

use std::time::Instant;

/// The times of the contenders, round by round.
pub(crate) struct Rounds(Vec<Vec<f64>>);

/// Runs all contenders in each round. `run` gets the number of the contender.
pub(crate) fn rounds(rounds: usize, contenders: usize, mut run: impl FnMut(usize)) -> Rounds {
    let mut times = vec![Vec::with_capacity(rounds); contenders];
    // Each round has an order of its own, so that no contender always has the same place or the same predecessor.
    let mut random = fastrand::Rng::with_seed(1);
    let mut order: Vec<usize> = (0..contenders).collect();
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for &contender in &order {
            let start = Instant::now();
            run(contender);
            times[contender].push(start.elapsed().as_secs_f64());
        }
    }
    Rounds(times)
}

impl Rounds {
    /// The median time of a contender, in seconds.
    pub(crate) fn seconds(&self, contender: usize) -> f64 {
        median(self.0[contender].iter().copied())
    }

    /// A contender's time over that of `base`: the median over the rounds.
    pub(crate) fn ratio(&self, contender: usize, base: usize) -> f64 {
        self.ratio_to_sum(contender, &[base])
    }

    /// A contender's time over that of all `parts` together: the median over the rounds.
    pub(crate) fn ratio_to_sum(&self, contender: usize, parts: &[usize]) -> f64 {
        let sum = |round: usize| parts.iter().map(|&part| self.0[part][round]).sum::<f64>();
        median(self.0[contender].iter().enumerate().map(|(round, time)| time / sum(round)))
    }
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
