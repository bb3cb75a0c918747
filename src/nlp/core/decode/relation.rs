//! How a stretch of words lies to another one, as the few numbers that pointers learn from.

use crate::text::{Document, TokenRange, work};

/// Distances in tokens up to which each class reaches; a last one holds the rest.
const GAPS: [u32; 7] = [1, 2, 3, 5, 8, 15, 30];

/// Classes of distance: eight before, eight behind, one for those that overlap.
const N_GAPS: usize = 17;

/// Sentences apart that are told from each other, on either side.
const MOST_SENTENCES: usize = 3;

const N_SENTENCES: usize = 2 * MOST_SENTENCES + 1;

/// Other candidates between the two that are counted.
const MOST_BETWEEN: usize = 3;

const N_BETWEEN: usize = 2 * (MOST_BETWEEN + 1);

/// Numbers that a relation is described by in all.
pub(in crate::nlp) const N_RELATIONS: usize = N_GAPS + N_SENTENCES + N_BETWEEN;

/// Where a candidate lies, seen from a stretch that may belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lie {
    gap: usize,
    sentences: usize,
    between: usize,
}

impl Lie {
    /// `candidates` are all that it could belong to, ascending, this one among them.
    pub(super) fn of(doc: &Document, span: TokenRange, candidate: TokenRange, candidates: &[TokenRange]) -> Self {
        work::count(candidates.len());
        let is_between =
            |from: u32, to: u32| candidates.iter().filter(|other| from <= other.start && other.end <= to).count();
        let class = |gap: u32| GAPS.iter().filter(|most| gap > **most).count();
        let (gap, behind, between) = if candidate.end <= span.start {
            (class(span.start - candidate.end + 1), 0, is_between(candidate.end, span.start))
        } else if candidate.start >= span.end {
            let gap = class(candidate.start - span.end + 1);
            (GAPS.len() + 1 + gap, 1, is_between(span.end, candidate.start))
        } else {
            (N_GAPS - 1, 1, 0)
        };
        let sentence = |range: TokenRange| doc.sentence_of(range.start as usize);
        let (own, other) = (sentence(span), sentence(candidate));
        let sentences = if other >= own {
            MOST_SENTENCES + (other - own).min(MOST_SENTENCES)
        } else {
            MOST_SENTENCES - (own - other).min(MOST_SENTENCES)
        };
        Self { gap, sentences, between: behind * (MOST_BETWEEN + 1) + between.min(MOST_BETWEEN) }
    }

    /// Its numbers among [`N_RELATIONS`].
    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        [self.gap, N_GAPS + self.sentences, N_GAPS + N_SENTENCES + self.between].into_iter()
    }
}
