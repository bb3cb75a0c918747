//! Words as sums of the vectors of their sparse features: how the small networks over the tree (`roles`, `triggers`) hear of a word.

use crate::nlp::core::heads::sparse::Listed;
use crate::nlp::model_file::{ModelError, ModelFile, numbers};

/// Features with their vectors, and behind each vector what the feature says of every label by itself.
#[derive(Debug)]
pub(super) struct FeatureVectors {
    features: Listed,
    bias: Vec<f32>,
    n_labels: usize,
}

/// Working space, kept from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct VectorSpace {
    sums: Vec<f32>,
    words: Vec<f32>,
}

impl FeatureVectors {
    /// Reads `NAME.features.hash`, `NAME.features.weight` and `NAME.bias`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile, name: &str, n_labels: usize) -> Result<Option<Self>, ModelError> {
        let section = format!("{name}.bias");
        if file.section(&section).is_none() {
            return Ok(None);
        }
        let bias = numbers(file, &section)?;
        let features = Listed::read(file, &format!("{name}.features"), bias.len() + n_labels)?;
        Ok(features.map(|features| Self { features, bias, n_labels }))
    }

    /// Numbers in a word's vector.
    pub(super) fn width(&self) -> usize {
        self.bias.len()
    }

    fn columns(&self) -> usize {
        self.bias.len() + self.n_labels
    }

    /// Makes room for some words.
    pub(super) fn begin(&self, n_words: usize, space: &mut VectorSpace) {
        space.sums.clear();
        space.sums.resize(n_words * self.columns(), 0.0);
    }

    /// Hears the features of the word at a place.
    pub(super) fn hear(&self, place: usize, keys: &[u64], space: &mut VectorSpace) {
        let row = &mut space.sums[place * self.columns()..][..self.columns()];
        self.features.say(keys, row);
    }

    /// The words' vectors, a row for each.
    pub(super) fn words<'s>(&self, space: &'s mut VectorSpace) -> &'s [f32] {
        let VectorSpace { sums, words } = space;
        words.clear();
        for row in sums.chunks_exact(self.columns()) {
            words.extend(row.iter().zip(&self.bias).map(|(sum, bias)| (sum + bias).max(0.0)));
        }
        words
    }

    /// Adds what the features say of the labels by themselves to the scores, a row for each word.
    pub(super) fn add_said(&self, space: &VectorSpace, scores: &mut [f32]) {
        let rows = space.sums.chunks_exact(self.columns());
        for (scores, sums) in scores.chunks_exact_mut(self.n_labels).zip(rows) {
            scores.iter_mut().zip(&sums[self.width()..]).for_each(|(score, said)| *score += said);
        }
    }
}
