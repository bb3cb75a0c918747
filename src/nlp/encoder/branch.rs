//! Layers of one head's own on top of the encoder: a weighted sum of what the encoder's stages say, then recurrent layers.
//!
//! The computation is in `docs/model-format.md`, "Branches". A head without a branch reads the encoder itself.

use super::elementwise::Leaky;
use super::kernel::Matrix;
use super::layers::{Linear, Sru, vector};
use super::{Encoder, Encoding, STAGES};
use crate::nlp::model_file::{ModelError, ModelFile};

/// From the encoder to the first layer of a head: the head's own layers, if the file has any, and one projection.
#[derive(Debug)]
pub(in crate::nlp) struct HeadInput {
    branch: Option<Branch>,
    hidden: Linear,
}

/// Working space of a [`HeadInput`], kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct HeadRows {
    /// What the head's own layers say of each token; of no use without a branch.
    pub(in crate::nlp) own: Vec<f32>,
    /// The projection, a row for each token.
    pub(in crate::nlp) hidden: Vec<f32>,
}

impl HeadInput {
    /// Reads `HEAD.hidden` and the branch of a head.
    pub(in crate::nlp) fn read(file: &ModelFile, head: &str, encoder: &Encoder) -> Result<Self, ModelError> {
        let branch = Branch::read(file, head, encoder)?;
        Ok(Self { branch, hidden: Linear::read(file, &format!("{head}.hidden"), encoder.outputs())? })
    }

    /// Numbers in a row of the projection.
    pub(in crate::nlp) fn outputs(&self) -> usize {
        self.hidden.outputs()
    }

    /// Hears what a stage of the encoder says.
    pub(in crate::nlp) fn gather(&self, stage: &str, said: &[f32], rows: &mut HeadRows) {
        if let Some(branch) = &self.branch {
            branch.gather(stage, said, &mut rows.own);
        }
    }

    /// Fills the projection, and gives the rows that it reads: those of the head's own layers, else the encoder's.
    pub(in crate::nlp) fn apply<'r>(
        &self,
        encoder: &Encoder,
        encoding: &'r mut Encoding,
        rows: &'r mut HeadRows,
    ) -> (&'r [f32], &'r [f32]) {
        if let Some(branch) = &self.branch {
            branch.apply(encoder, encoding, &mut rows.own);
        }
        let HeadRows { own, hidden } = rows;
        let read = if self.branch.is_some() { own.as_slice() } else { encoding.rows.as_slice() };
        self.hidden.apply(Matrix::whole(read, encoder.outputs()), hidden);
        let width = self.hidden.outputs();
        encoder.arch.dispatch(Leaky { rows: hidden, width, start: 0, end: width });
        (read, hidden)
    }
}

/// What stands between the encoder and one head.
#[derive(Debug)]
struct Branch {
    /// What each stage's columns weigh: the convolution's, then each recurrent layer's.
    mix: Vec<f32>,
    layers: Vec<Sru>,
    width: usize,
}

impl Branch {
    /// Reads the branch of a head; nothing if the file has none for it.
    fn read(file: &ModelFile, head: &str, encoder: &Encoder) -> Result<Option<Self>, ModelError> {
        let name = format!("{head}.mix");
        if file.section(&name).is_none() {
            return Ok(None);
        }
        let width = encoder.outputs();
        let mix = vector(file, &name, (encoder.layers.len() + 1) * width)?;
        let mut layers = Vec::new();
        while file.section(&format!("{head}.sru.{}.project", layers.len())).is_some() {
            layers.push(Sru::read(file, &format!("{head}.sru.{}", layers.len()), encoder.width)?);
        }
        Ok(Some(Self { mix, layers, width }))
    }

    /// Takes what a stage of the encoder says into the sum that the layers read. `rows` begins anew with the first stage.
    fn gather(&self, stage: &str, said: &[f32], rows: &mut Vec<f32>) {
        let place = match STAGES.iter().position(|known| *known == stage) {
            Some(layer) => layer + 1,
            None if stage == FIRST => {
                rows.clear();
                rows.resize(said.len(), 0.0);
                0
            }
            None => return,
        };
        let weights = &self.mix[place * self.width..][..self.width];
        for (row, said) in rows.chunks_exact_mut(self.width).zip(said.chunks_exact(self.width)) {
            for ((sum, value), weight) in row.iter_mut().zip(said).zip(weights) {
                *sum += weight * value;
            }
        }
    }

    /// Runs the layers over the sum, which they replace. The encoding lends its working space.
    fn apply(&self, encoder: &Encoder, encoding: &mut Encoding, rows: &mut Vec<f32>) {
        let Encoding { segments, wide, other, state, .. } = encoding;
        for layer in &self.layers {
            layer.apply(encoder.arch, segments, rows, other, wide, state);
            std::mem::swap(rows, other);
        }
    }
}

/// The first stage that a branch reads.
const FIRST: &str = "conv";
