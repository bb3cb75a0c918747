//! Which earlier stretch of words speaks of the same as this one, or none: by what the encoder says of both, by whether they are alike and by the
//! sentences between them. The computation is in `docs/model-format.md`, "Events".

use super::argmax::argmax;
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::text::work;

/// Sentences between two stretches that are told from each other.
const MOST_SENTENCES: usize = 7;

/// Numbers of the relation: of another kind or the same, other words or the same, sentences between, and none.
const N_RELATIONS: usize = 2 + 2 + (MOST_SENTENCES + 1) + 1;

/// How an earlier stretch is like this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::nlp) struct Likeness {
    /// Whether both are of one kind.
    pub(in crate::nlp) same_kind: bool,
    /// Whether both are the same words.
    pub(in crate::nlp) same_words: bool,
    /// Sentences from one to the other.
    pub(in crate::nlp) sentences: usize,
}

/// The weights.
#[derive(Debug)]
pub(in crate::nlp) struct Antecedent {
    relation: Vec<f32>,
}

impl Antecedent {
    /// Reads a section of numbers for each class of likeness.
    pub(in crate::nlp) fn read(file: &ModelFile, name: &str) -> Result<Self, ModelError> {
        Ok(Self { relation: vector(file, name, N_RELATIONS)? })
    }

    /// The best of some candidates, by its place (nothing for "none"), and how probable that answer is. `own` is what is said of this stretch,
    /// with each candidate comes what is said of it; `scores` is working space.
    pub(in crate::nlp) fn find<'a>(
        &self,
        own: &[f32],
        candidates: impl Iterator<Item = (&'a [f32], Likeness)>,
        scores: &mut Vec<f32>,
    ) -> (Option<usize>, f32) {
        #[expect(clippy::cast_precision_loss, reason = "a row has a few dozen columns")]
        let scale = 1.0 / (own.len() as f32).sqrt();
        scores.clear();
        scores.extend(candidates.map(|(candidate, like)| {
            let product = own.iter().zip(candidate).map(|(one, other)| one * other).sum::<f32>() * scale;
            let classes =
                [usize::from(like.same_kind), 2 + usize::from(like.same_words), 4 + like.sentences.min(MOST_SENTENCES)];
            product + classes.map(|class| self.relation[class]).iter().sum::<f32>()
        }));
        work::count(scores.len());
        scores.push(self.relation[N_RELATIONS - 1]);
        let best = argmax(scores);
        let total: f32 = scores.iter().map(|score| exp(score - scores[best])).sum();
        (Some(best).filter(|best| best + 1 < scores.len()), 1.0 / total)
    }
}
