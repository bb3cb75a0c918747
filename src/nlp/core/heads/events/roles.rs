//! A small network that says what the words of a sentence are to a trigger: none, actor, recipient, date, place.
//!
//! Each word is the sum of the vectors of its features (`facts`). What is largest in any of the words tells each of the others who else is there: a second
//! recipient is less likely beside a sure one. The computation is in `docs/model-format.md`, "Events".

use super::links::ROLES;
use super::vectors::{FeatureVectors, VectorSpace};
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::model_file::{ModelError, ModelFile};

/// None, then the roles.
pub(super) const LABELS: usize = 1 + ROLES.len();

/// The weights.
#[derive(Debug)]
pub(super) struct Roles {
    vectors: FeatureVectors,
    query: Linear,
    hidden: Linear,
    out: Linear,
}

/// Working space, kept from trigger to trigger.
#[derive(Debug, Default)]
pub(super) struct RoleSpace {
    vectors: VectorSpace,
    asked: Vec<f32>,
    both: Vec<f32>,
    hidden: Vec<f32>,
    scores: Vec<f32>,
}

impl Roles {
    /// Reads the sections `event.role.*`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile) -> Result<Option<Self>, ModelError> {
        let Some(vectors) = FeatureVectors::read(file, "event.role", LABELS)? else { return Ok(None) };
        let query = Linear::read(file, "event.role.query", vectors.width())?;
        let hidden = Linear::read(file, "event.role.hidden", 2 * vectors.width())?;
        let out = Linear::read(file, "event.role.out", hidden.outputs())?;
        for (layer, outputs, name) in [(&query, vectors.width(), "event.role.query"), (&out, LABELS, "event.role.out")]
        {
            if layer.outputs() != outputs {
                let problem = format!("{outputs} rows expected, {} found", layer.outputs());
                return Err(file.required(&format!("{name}.weight"))?.wrong(problem));
            }
        }
        Ok(Some(Self { vectors, query, hidden, out }))
    }

    /// Makes room for some words.
    pub(super) fn begin(&self, n_words: usize, space: &mut RoleSpace) {
        self.vectors.begin(n_words, &mut space.vectors);
    }

    /// Hears the features of the word at a place.
    pub(super) fn hear(&self, place: usize, keys: &[u64], space: &mut RoleSpace) {
        self.vectors.hear(place, keys, &mut space.vectors);
    }

    /// The scores of each label for each of the words, a row for each.
    pub(super) fn scores<'s>(&self, space: &'s mut RoleSpace) -> &'s [f32] {
        let width = self.vectors.width();
        let RoleSpace { vectors, asked, both, hidden, scores } = space;
        let words = self.vectors.words(vectors);
        if words.is_empty() {
            return &[];
        }
        self.query.apply(Matrix::whole(words, width), asked);
        let mut largest = vec![0.0_f32; width];
        for row in asked.chunks_exact(width) {
            largest.iter_mut().zip(row).for_each(|(largest, asked)| *largest = largest.max(*asked));
        }
        both.clear();
        for row in words.chunks_exact(width) {
            both.extend_from_slice(row);
            both.extend_from_slice(&largest);
        }
        self.hidden.apply(Matrix::whole(both, 2 * width), hidden);
        hidden.iter_mut().for_each(|hidden| *hidden = hidden.max(0.0));
        self.out.apply(Matrix::whole(hidden, self.hidden.outputs()), scores);
        self.vectors.add_said(vectors, scores);
        scores
    }
}
