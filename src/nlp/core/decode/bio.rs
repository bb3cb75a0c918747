//! The best sequence of BIO labels, by Viterbi's algorithm.
//!
//! What one label makes of the next is learned, but for one hard rule: a stretch goes on only where it began.

use std::ops::Range;

use super::argmax::argmax;
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::text::work;

/// Label of a token outside of all stretches; kind `k` begins with label `1 + 2k` and goes on with the next.
const OUTSIDE: usize = 0;

/// What each label adds to the score of the next.
#[derive(Debug)]
pub(in crate::nlp) struct Transitions {
    n_labels: usize,
    /// A row of as many numbers for each label.
    next: Vec<f32>,
}

impl Transitions {
    /// Labels that there is room for in the working space.
    pub(in crate::nlp) const MOST_LABELS: usize = u8::MAX as usize;

    /// Reads section `NAME.next`, which holds a matrix for each chain of labels, of which the numbers of labels are given; zeros if the
    /// file has none.
    pub(in crate::nlp) fn read(file: &ModelFile, name: &str, chains: &[usize]) -> Result<Vec<Self>, ModelError> {
        let name = format!("{name}.next");
        let size = chains.iter().map(|n_labels| n_labels * n_labels).sum();
        let all = match file.section(&name) {
            Some(_) => vector(file, &name, size)?,
            None => vec![0.0; size],
        };
        let mut rest = all.as_slice();
        let next = |&n_labels: &usize| {
            let (own, behind) = rest.split_at(n_labels * n_labels);
            rest = behind;
            Self::of(n_labels, own.to_vec())
        };
        Ok(chains.iter().map(next).collect())
    }

    /// Number of labels, and what each adds to the score of the next: a row for each.
    pub(super) fn matrix(&self) -> (usize, &[f32]) {
        (self.n_labels, &self.next)
    }

    /// Forbids what cannot follow.
    pub(super) fn of(n_labels: usize, mut next: Vec<f32>) -> Self {
        for (place, score) in next.iter_mut().enumerate() {
            let (from, to) = (place / n_labels, place % n_labels);
            let goes_on = to > OUTSIDE && to % 2 == 0;
            if goes_on && from != to && from + 1 != to {
                *score = f32::NEG_INFINITY;
            }
        }
        Self { n_labels, next }
    }

    /// Adds as many numbers to what is known.
    pub(in crate::nlp) fn add(&mut self, more: &[f32]) {
        self.next.iter_mut().zip(more).for_each(|(score, more)| *score += more);
    }

    /// Finds the best sequence for some tokens, a row of scores each, and reports its stretches and their kinds in order. `scores`
    /// become sums on the way; `back` is working space.
    pub(in crate::nlp) fn best(
        &self,
        scores: &mut [f32],
        back: &mut Vec<u8>,
        mut found: impl FnMut(Range<usize>, usize),
    ) {
        let (n_labels, next) = (self.n_labels, &self.next);
        let n = scores.len() / n_labels;
        work::count(n);
        back.clear();
        back.resize(n * n_labels, 0);
        for label in (2..n_labels).step_by(2) {
            scores[label] = f32::NEG_INFINITY;
        }
        for token in 1..n {
            let (before, now) = scores.split_at_mut(token * n_labels);
            let before = &before[(token - 1) * n_labels..];
            for (label, score) in now[..n_labels].iter_mut().enumerate() {
                let (mut from, mut best) = (OUTSIDE, f32::NEG_INFINITY);
                for (place, sum) in before.iter().enumerate() {
                    let sum = sum + next[place * n_labels + label];
                    if sum > best {
                        (from, best) = (place, sum);
                    }
                }
                *score += best;
                back[token * n_labels + label] = u8::try_from(from).expect("there are fewer than 256 labels");
            }
        }
        // Backwards to the labels, which replace the first column of the back pointers; then forwards over the stretches.
        let mut label = argmax(&scores[(n - 1) * n_labels..]);
        for token in (0..n).rev() {
            let before = back[token * n_labels + label];
            back[token * n_labels] = u8::try_from(label).expect("there are fewer than 256 labels");
            label = usize::from(before);
        }
        let mut open: Option<(usize, usize)> = None;
        for token in 0..=n {
            let label = if token < n { usize::from(back[token * n_labels]) } else { OUTSIDE };
            let goes_on = label > OUTSIDE && label % 2 == 0;
            if !goes_on && let Some((start, kind)) = open.take() {
                found(start..token, kind);
            }
            if label % 2 == 1 {
                open = Some((token, label / 2));
            }
        }
    }
}

/// Mean probability of the labels of a stretch among the three (O, B, I) that each of its tokens could have. They begin at `column`
/// of rows that are `width` wide.
pub(in crate::nlp) fn probability(scores: &[f32], width: usize, column: usize, range: &Range<usize>) -> f32 {
    let of_token = |token: usize| {
        let label = if token == range.start { 1 } else { 2 };
        let row = &scores[token * width + column..][..3];
        1.0 / row.iter().map(|score| exp(score - row[label])).sum::<f32>()
    };
    #[expect(clippy::cast_precision_loss, reason = "a stretch has a few hundred tokens")]
    let n = range.len() as f32;
    range.clone().map(of_token).sum::<f32>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(mut scores: Vec<f32>, n_labels: usize) -> Vec<(Range<usize>, usize)> {
        let mut names = Vec::new();
        let transitions = Transitions::of(n_labels, vec![0.0; n_labels * n_labels]);
        transitions.best(&mut scores, &mut Vec::new(), |range, kind| names.push((range, kind)));
        names
    }

    #[test]
    fn a_name_goes_on_only_where_it_began() {
        // Labels O, B-0, I-0, B-1, I-1. The second token would be I-1, but a name of kind 0 began before it.
        #[rustfmt::skip]
        let scores = vec![
            0.0, 5.0, 9.0, 0.0, 0.0,
            0.0, 0.0, 2.0, 0.0, 3.0,
            4.0, 0.0, 0.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 1.0, 0.0,
        ];
        assert_eq!(names(scores, 5), vec![(0..2, 0), (3..4, 1)]);
    }

    #[test]
    fn a_sentence_may_be_one_name_or_none() {
        assert_eq!(names(vec![0.0, 1.0, 0.0, 0.0, 0.0, 2.0], 3), vec![(0..2, 0)]);
        assert_eq!(names(vec![1.0, 0.0, 9.0], 3), vec![]);
    }
}
