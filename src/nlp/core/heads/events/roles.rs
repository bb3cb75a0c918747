//! A small network that says what the words of a sentence are to a trigger: none, actor, recipient, date, place.
//!
//! Each word is the sum of the vectors of its features (`facts`). What is largest in any of the words tells each of the others who else is there: a second
//! recipient is less likely beside a sure one. The computation is in `docs/model-format.md`, "Events".

use super::links::ROLES;
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::heads::sparse::Listed;
use crate::nlp::model_file::{ModelError, ModelFile, numbers};

/// None, then the roles.
pub(super) const LABELS: usize = 1 + ROLES.len();

/// The weights.
#[derive(Debug)]
pub(super) struct Roles {
    /// Of each feature its vector, and behind it what it says of each label by itself.
    features: Listed,
    bias: Vec<f32>,
    query: Linear,
    hidden: Linear,
    out: Linear,
}

/// Working space, kept from trigger to trigger.
#[derive(Debug, Default)]
pub(super) struct RoleSpace {
    sums: Vec<f32>,
    words: Vec<f32>,
    asked: Vec<f32>,
    both: Vec<f32>,
    hidden: Vec<f32>,
    scores: Vec<f32>,
}

impl Roles {
    /// Reads the sections `event.role.*`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile) -> Result<Option<Self>, ModelError> {
        if file.section("event.role.bias").is_none() {
            return Ok(None);
        }
        let bias = numbers(file, "event.role.bias")?;
        let Some(features) = Listed::read(file, "event.role.features", bias.len() + LABELS)? else { return Ok(None) };
        let query = Linear::read(file, "event.role.query", bias.len())?;
        let hidden = Linear::read(file, "event.role.hidden", 2 * bias.len())?;
        let out = Linear::read(file, "event.role.out", hidden.outputs())?;
        for (layer, outputs, name) in [(&query, bias.len(), "event.role.query"), (&out, LABELS, "event.role.out")] {
            if layer.outputs() != outputs {
                let problem = format!("{outputs} rows expected, {} found", layer.outputs());
                return Err(file.required(&format!("{name}.weight"))?.wrong(problem));
            }
        }
        Ok(Some(Self { features, bias, query, hidden, out }))
    }

    /// Makes room for some words.
    pub(super) fn begin(&self, n_words: usize, space: &mut RoleSpace) {
        space.sums.clear();
        space.sums.resize(n_words * (self.bias.len() + LABELS), 0.0);
    }

    /// Hears the features of the word at a place.
    pub(super) fn hear(&self, place: usize, keys: &[u64], space: &mut RoleSpace) {
        let width = self.bias.len() + LABELS;
        let row = &mut space.sums[place * width..][..width];
        keys.iter().for_each(|&key| self.features.say(key, row));
    }

    /// The scores of each label for each of the words, a row for each.
    pub(super) fn scores<'s>(&self, space: &'s mut RoleSpace) -> &'s [f32] {
        let width = self.bias.len();
        let RoleSpace { sums, words, asked, both, hidden, scores } = space;
        words.clear();
        for row in sums.chunks_exact(width + LABELS) {
            words.extend(row.iter().zip(&self.bias).map(|(sum, bias)| (sum + bias).max(0.0)));
        }
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
        for (scores, sums) in scores.chunks_exact_mut(LABELS).zip(sums.chunks_exact(width + LABELS)) {
            scores.iter_mut().zip(&sums[width..]).for_each(|(score, said)| *score += said);
        }
        scores
    }
}
