//! Layers of one head's own on top of the encoder: a weighted sum of what the encoder's stages say, then recurrent layers.
//!
//! The computation is in `docs/model-format.md`, "Branches". A head without a branch reads the encoder itself.

use super::elementwise::Leaky;
use super::encoding::Encoding;
use super::kernel::Matrix;
use super::layers::{Linear, Sru};
use super::network::Encoder;
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::{ModelError, ModelFile, vector};

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
    pub(in crate::nlp) fn gather(&self, stage: Stage, said: &[f32], rows: &mut HeadRows) {
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
        let windows = std::mem::take(&mut encoding.windows);
        self.read_over(&windows, encoder, encoding, rows);
        encoding.windows = windows;
        self.said(encoder, encoding, rows)
    }

    /// Lets the head's own layers read other windows than the encoder does: they begin and end where these do, in tokens.
    pub(in crate::nlp) fn read_over(
        &self,
        windows: &[usize],
        encoder: &Encoder,
        encoding: &mut Encoding,
        rows: &mut HeadRows,
    ) {
        if let Some(branch) = &self.branch {
            branch.apply(windows, encoder, encoding, &mut rows.own);
        }
    }

    /// What the head's layers say of each token after [`Self::read_over`], and what its hidden layer makes of it.
    pub(in crate::nlp) fn said<'r>(
        &self,
        encoder: &Encoder,
        encoding: &'r Encoding,
        rows: &'r mut HeadRows,
    ) -> (&'r [f32], &'r [f32]) {
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

    /// Takes what a stage of the encoder says into the sum that the layers read. `rows` begins anew with the convolution.
    fn gather(&self, stage: Stage, said: &[f32], rows: &mut Vec<f32>) {
        let place = match stage {
            Stage::Convolution => {
                rows.clear();
                rows.resize(said.len(), 0.0);
                0
            }
            Stage::Recurrent(layer) => layer + 1,
            _ => return,
        };
        let weights = &self.mix[place * self.width..][..self.width];
        for (row, said) in rows.chunks_exact_mut(self.width).zip(said.chunks_exact(self.width)) {
            for ((sum, value), weight) in row.iter_mut().zip(said).zip(weights) {
                *sum += weight * value;
            }
        }
    }

    /// Runs the layers over the sum, which they replace. The encoding lends its working space.
    fn apply(&self, windows: &[usize], encoder: &Encoder, encoding: &mut Encoding, rows: &mut Vec<f32>) {
        let Encoding { wide, other, state, .. } = encoding;
        for layer in &self.layers {
            layer.apply(encoder.arch, windows, rows, other, wide, state);
            std::mem::swap(rows, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_hears_every_layer_however_many_there_are() {
        // The convolution and six recurrent layers, a row of two columns each; every stage says ones.
        let branch = Branch { mix: (0..14u8).map(f32::from).collect(), layers: Vec::new(), width: 2 };
        let mut rows = vec![9.0; 4];
        let recurrent = (0..6).map(Stage::Recurrent);
        for stage in [Stage::Mix, Stage::Convolution].into_iter().chain(recurrent).chain([Stage::Projections]) {
            branch.gather(stage, &[1.0, 1.0], &mut rows);
        }
        assert_eq!(rows, [0.0 + 2.0 + 4.0 + 6.0 + 8.0 + 10.0 + 12.0, 1.0 + 3.0 + 5.0 + 7.0 + 9.0 + 11.0 + 13.0]);
    }
}
