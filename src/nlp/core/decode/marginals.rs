//! How probable each label of a sequence is, whatever the others are: the forward-backward algorithm over a chain of labels.
//!
//! It is computed on probabilities that sum to one at each token, not on their logarithms: a step is then a product of a row and a
//! matrix. The best sequence is another question (`bio.rs`).

use super::bio::Transitions;
use crate::nlp::core::encoder::elementwise::exp;
use crate::text::work;

/// What each label makes of the next, as factors.
#[derive(Debug)]
pub(in crate::nlp) struct Marginals {
    n_labels: usize,
    /// A row for each label, of factors for the next.
    next: Vec<f32>,
    /// The same, a row for each label, of factors for the one before.
    before: Vec<f32>,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct MarginalSpace {
    own: Vec<f32>,
    forward: Vec<f32>,
    backward: Vec<f32>,
    /// What stands behind a token, of one row.
    behind: Vec<f32>,
}

impl Marginals {
    /// For sequences that these transitions score.
    pub(in crate::nlp) fn of(transitions: &Transitions) -> Self {
        let (n_labels, scores) = transitions.matrix();
        // What is forbidden must be impossible, not just very rare: `exp` never gives nothing.
        let factor = |score: f32| if score == f32::NEG_INFINITY { 0.0 } else { exp(score) };
        let next: Vec<f32> = scores.iter().map(|score| factor(*score)).collect();
        let before = (0..next.len()).map(|at| next[at % n_labels * n_labels + at / n_labels]).collect();
        Self { n_labels, next, before }
    }

    /// Reads the scores of some tokens, a row each.
    pub(in crate::nlp) fn read(&self, scores: &[f32], space: &mut MarginalSpace) {
        let MarginalSpace { own, forward, backward, behind } = space;
        let width = self.n_labels;
        let n = scores.len() / width;
        work::count(n);
        own.clear();
        for (token, row) in scores.chunks_exact(width).enumerate() {
            // A stretch goes on only where it began: no sequence begins with such a label.
            let can_be = |label: usize| token > 0 || label == 0 || label % 2 == 1;
            let allowed = row.iter().enumerate().filter(|(label, _)| can_be(*label));
            let most = allowed.map(|(_, score)| *score).fold(f32::NEG_INFINITY, f32::max);
            own.extend(
                row.iter().enumerate().map(|(label, score)| if can_be(label) { exp(score - most) } else { 0.0 }),
            );
        }
        forward.clear();
        forward.extend_from_slice(own);
        share(&mut forward[..width]);
        for token in 1..n {
            let (done, now) = forward.split_at_mut(token * width);
            let now = &mut now[..width];
            product(&self.next, &done[(token - 1) * width..], now);
            now.iter_mut().zip(&own[token * width..]).for_each(|(value, own)| *value *= own);
            share(now);
        }
        backward.clear();
        backward.resize(n * width, 1.0);
        for token in (0..n.saturating_sub(1)).rev() {
            let (now, done) = backward.split_at_mut((token + 1) * width);
            behind.clear();
            behind.extend(done[..width].iter().zip(&own[(token + 1) * width..]).map(|(value, own)| value * own));
            product(&self.before, behind, &mut now[token * width..]);
        }
    }

    /// Probability that a token has a label, of the scores that were read last.
    pub(in crate::nlp) fn probability(&self, token: usize, label: usize, space: &MarginalSpace) -> f32 {
        let row = token * self.n_labels..(token + 1) * self.n_labels;
        let (forward, backward) = (&space.forward[row.clone()], &space.backward[row]);
        let total: f32 = forward.iter().zip(backward).map(|(before, behind)| before * behind).sum();
        if total > 0.0 { forward[label] * backward[label] / total } else { 0.0 }
    }
}

/// `out = row · factors`, made to sum to one.
fn product(factors: &[f32], row: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    for (value, factors) in row.iter().zip(factors.chunks_exact(out.len())) {
        out.iter_mut().zip(factors).for_each(|(sum, factor)| *sum += value * factor);
    }
    share(out);
}

fn share(row: &mut [f32]) {
    let total: f32 = row.iter().sum();
    if total > 0.0 {
        row.iter_mut().for_each(|value| *value /= total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By trying every sequence.
    fn tried(scores: &[f32], next: &[f32], width: usize, token: usize, label: usize) -> f64 {
        let n = scores.len() / width;
        let (mut with, mut all) = (0.0, 0.0);
        for number in 0..width.pow(u32::try_from(n).unwrap()) {
            let labels: Vec<usize> = (0..n).map(|at| number / width.pow(u32::try_from(at).unwrap()) % width).collect();
            let goes_on = |label: usize| label > 0 && label.is_multiple_of(2);
            let is_allowed = (0..n).all(|at| {
                !goes_on(labels[at]) || at > 0 && (labels[at - 1] == labels[at] || labels[at - 1] + 1 == labels[at])
            });
            if !is_allowed {
                continue;
            }
            let own: f32 = (0..n).map(|at| scores[at * width + labels[at]]).sum();
            let between: f32 = labels.windows(2).map(|pair| next[pair[0] * width + pair[1]]).sum();
            let value = f64::from(own + between).exp();
            all += value;
            if labels[token] == label {
                with += value;
            }
        }
        with / all
    }

    proptest! {
        #[test]
        fn a_label_has_the_share_of_the_sequences_that_hold_it(
            n in 1usize..=4,
            numbers in prop::collection::vec(-4.0f32..4.0, 45),
        ) {
            const WIDTH: usize = 5;
            let (scores, next) = (&numbers[..n * WIDTH], &numbers[20..]);
            let marginals = Marginals::of(&Transitions::of(WIDTH, next.to_vec()));
            let mut space = MarginalSpace::default();
            marginals.read(scores, &mut space);
            for (token, label) in (0..n).flat_map(|token| (0..WIDTH).map(move |label| (token, label))) {
                let (got, wanted) = (f64::from(marginals.probability(token, label, &space)), tried(scores, next, WIDTH, token, label));
                prop_assert!((got - wanted).abs() < 1e-4, "label {} of token {}: {} for {}", label, token, got, wanted);
            }
        }
    }

    #[test]
    fn far_apart_scores_stay_numbers() {
        let marginals = Marginals::of(&Transitions::of(3, vec![0.0; 9]));
        let mut space = MarginalSpace::default();
        marginals.read(&[500.0, -500.0, 900.0, -500.0, 500.0, 0.0], &mut space);
        assert!((marginals.probability(0, 0, &space) - 1.0).abs() < 1e-6);
        assert!((marginals.probability(1, 1, &space) - 1.0).abs() < 1e-6);
    }
}
