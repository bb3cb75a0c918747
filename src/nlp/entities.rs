//! Names: the best sequence of BIO labels in each sentence, found by Viterbi's algorithm over what the encoder and the sparse
//! signs say.
//!
//! What one label makes of the next is learned, but for one hard rule: a name goes on only where it began. What the gazetteer knows is an input of the encoder, not decided here.

use std::ops::Range;

use super::encoder::kernel::Matrix;
use super::encoder::layers::{Linear, vector};
use super::encoder::{Encoder, Encoding, HeadInput, HeadRows, Properties};
use super::model_file::{ModelError, ModelFile};
use super::signs::Signs;
use crate::text::{Document, Entity, EntityKind, TokenRange};

/// The entity head.
#[derive(Debug)]
pub(super) struct EntityHead {
    kinds: Vec<EntityKind>,
    input: HeadInput,
    out: Linear,
    signs: Option<Signs>,
    /// What each label adds to the score of the next.
    next: Vec<f32>,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(super) struct EntitySpace {
    pub(super) rows: HeadRows,
    scores: Vec<f32>,
    back: Vec<u8>,
    properties: Vec<Properties>,
    /// The scores before they become sums, for the test that compares them.
    #[cfg(test)]
    pub(super) seen: Vec<f32>,
}

/// Label of a token outside of names; kind `k` begins with label `1 + 2k` and goes on with the next.
const OUTSIDE: usize = 0;

impl EntityHead {
    pub(super) fn read(file: &ModelFile, encoder: &Encoder) -> Result<Self, ModelError> {
        let labels = file.labels("entity")?;
        let input = HeadInput::read(file, "entity", encoder)?;
        let out = Linear::read(file, "entity.out", input.outputs())?;
        let section = file.required("entity.out.weight")?;
        let pairs = labels.get(1..).unwrap_or_default().chunks(2);
        let kinds = pairs
            .map(|pair| match pair {
                [begin, inside]
                    if begin.strip_prefix("B-").is_some() && begin.strip_prefix("B-") == inside.strip_prefix("I-") =>
                {
                    Ok(begin[2..].parse()?)
                }
                _ => Err(section.wrong(format!("labels O, B-KIND, I-KIND … expected, {pair:?} found"))),
            })
            .collect::<Result<Vec<EntityKind>, _>>()?;
        if out.outputs() != labels.len() || labels.is_empty() {
            return Err(section.wrong(format!("{} labels but {} scores", labels.len(), out.outputs())));
        }
        let mut next = transitions(file, "entity", labels.len(), 1)?;
        let signs = Signs::read(file, labels.len())?;
        if signs.is_some() {
            let of_signs = vector(file, "signs.next", labels.len() * labels.len())?;
            next.iter_mut().zip(of_signs).for_each(|(score, more)| *score += more);
        }
        Ok(Self { kinds, input, out, signs, next })
    }

    /// Hears what a stage of the encoder says.
    pub(super) fn gather(&self, stage: &str, rows: &[f32], space: &mut EntitySpace) {
        self.input.gather(stage, rows, &mut space.rows);
    }

    /// Fills the names of every sentence.
    pub(super) fn annotate(
        &self,
        doc: &mut Document,
        encoder: &Encoder,
        encoding: &mut Encoding,
        space: &mut EntitySpace,
    ) {
        let EntitySpace {
            rows,
            scores,
            back,
            properties,
            #[cfg(test)]
            seen,
        } = space;
        #[cfg(test)]
        seen.clear();
        let (_, hidden) = self.input.apply(encoder, encoding, rows);
        self.out.apply(Matrix::whole(hidden, self.input.outputs()), scores);
        doc.entities.clear();
        let n_labels = self.out.outputs();
        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let scores = &mut scores[range.start * n_labels..range.end * n_labels];
            if let Some(signs) = &self.signs {
                signs.add(&range, encoding, properties, scores);
            }
            #[cfg(test)]
            seen.extend_from_slice(scores);
            decode(scores, &self.next, back, |names, kind| {
                let tokens = TokenRange::new(range.start + names.start, range.start + names.end);
                doc.entities.push(Entity { tokens, kind: self.kinds[kind] });
            });
        }
    }
}

/// What each label adds to the score of the next, `n_labels` rows of as many numbers: section `NAME.next`, nothing if the file
/// has none.
pub(super) fn transitions(
    file: &ModelFile,
    name: &str,
    n_labels: usize,
    chains: usize,
) -> Result<Vec<f32>, ModelError> {
    let name = format!("{name}.next");
    let mut next = match file.section(&name) {
        Some(_) => vector(file, &name, chains * n_labels * n_labels)?,
        None => vec![0.0; chains * n_labels * n_labels],
    };
    forbid(&mut next, n_labels);
    Ok(next)
}

/// A name goes on only where it began.
fn forbid(next: &mut [f32], n_labels: usize) {
    for (place, score) in next.iter_mut().enumerate() {
        let (from, to) = (place / n_labels % n_labels, place % n_labels);
        let goes_on = to > OUTSIDE && to % 2 == 0;
        if goes_on && from != to && from + 1 != to {
            *score = f32::NEG_INFINITY;
        }
    }
}

/// Finds the best sequence and reports its names in order. `scores` become sums on the way; `next` are [`transitions`].
pub(super) fn decode(scores: &mut [f32], next: &[f32], back: &mut Vec<u8>, mut found: impl FnMut(Range<usize>, usize)) {
    let n_labels = next.len().isqrt();
    let n = scores.len() / n_labels;
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
    // Backwards to the labels, which replace the first column of the back pointers; then forwards over the names.
    let mut label = super::core::argmax(&scores[(n - 1) * n_labels..]);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(mut scores: Vec<f32>, n_labels: usize) -> Vec<(Range<usize>, usize)> {
        let mut names = Vec::new();
        let mut next = vec![0.0; n_labels * n_labels];
        forbid(&mut next, n_labels);
        decode(&mut scores, &next, &mut Vec::new(), |range, kind| names.push((range, kind)));
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
