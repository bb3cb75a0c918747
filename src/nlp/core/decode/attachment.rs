//! What a stretch of words is to another one, of several roles: a score for each role, by what the encoder says of both and by how
//! they lie to each other. Unlike a pointer (`pointer.rs`) it may hold several, or none. The computation is in `docs/model-format.md`, "Events".

use super::relation::{Lie, N_RELATIONS};
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::model_file::{ModelError, ModelFile, weights};
use crate::text::{Document, TokenRange};

/// The weights of each role: one for each number by which two stretches are compared, those of a relation, and a constant.
#[derive(Debug)]
pub(in crate::nlp) struct Attachment {
    width: usize,
    roles: Vec<Vec<f32>>,
}

impl Attachment {
    /// Reads a section with a row for each role. Stretches are compared by `width` numbers.
    pub(in crate::nlp) fn read(file: &ModelFile, name: &str, n_roles: usize, width: usize) -> Result<Self, ModelError> {
        let columns = width + N_RELATIONS + 1;
        let all = weights(file, name, columns)?;
        if all.len() != n_roles * columns {
            return Err(file.required(name)?.wrong(format!("{n_roles} rows expected")));
        }
        Ok(Self { width, roles: all.chunks_exact(columns).map(<[f32]>::to_vec).collect() })
    }

    /// How probable it is that a candidate plays a role for the owner, given what is said of both. `candidates` are all that could, ascending, this
    /// one among them.
    pub(in crate::nlp) fn probability(
        &self,
        doc: &Document,
        role: usize,
        (owner, said_of_owner): (TokenRange, &[f32]),
        (candidate, said_of_candidate): (TokenRange, &[f32]),
        candidates: &[TokenRange],
    ) -> f32 {
        let (compared, relation) = self.roles[role].split_at(self.width);
        let pairs = said_of_owner.iter().zip(said_of_candidate).zip(compared);
        #[expect(clippy::cast_precision_loss, reason = "a row has a few dozen columns")]
        let product =
            pairs.map(|((one, other), weight)| one * other * weight).sum::<f32>() / (self.width as f32).sqrt();
        let lie = Lie::of(doc, owner, candidate, candidates).numbers().map(|at| relation[at]).sum::<f32>();
        1.0 / (1.0 + exp(-(product + lie + relation[N_RELATIONS])))
    }
}
