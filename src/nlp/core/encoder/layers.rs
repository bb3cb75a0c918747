//! Layers over all tokens of an article at once: matrices times matrices, and the recurrences between them.

use pulp::Arch;

use super::elementwise::{AddGelu, NormGelu, Recurrence};
use super::kernel::{Matrix, Packed};
use crate::nlp::model_file::{ModelError, ModelFile, numbers, vector, weights};

/// A projection `x · Wᵀ + b`.
#[derive(Debug)]
pub(in crate::nlp) struct Linear {
    weight: Packed,
    bias: Vec<f32>,
}

impl Linear {
    /// Reads `NAME.weight` and `NAME.bias`, and checks the number of inputs.
    pub(in crate::nlp) fn read(file: &ModelFile, name: &str, inputs: usize) -> Result<Self, ModelError> {
        Self::stacked(file, &[name], inputs)
    }

    /// Several projections of the same input as one, their outputs side by side.
    pub(in crate::nlp) fn stacked(file: &ModelFile, names: &[&str], inputs: usize) -> Result<Self, ModelError> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(weights(file, &format!("{name}.weight"), inputs)?);
            bias.extend(numbers(file, &format!("{name}.bias"))?);
            if bias.len() * inputs != weight.len() {
                return Err(file
                    .required(&format!("{name}.bias"))?
                    .wrong("one number for each row of the weights expected"));
            }
        }
        Ok(Self::of(inputs, &weight, bias))
    }

    /// A projection of which the weights have been read.
    pub(super) fn of(inputs: usize, weight: &[f32], bias: Vec<f32>) -> Self {
        Self { weight: Packed::of(Matrix::whole(weight, inputs)), bias }
    }

    /// A projection without a bias, from one section.
    fn unbiased(file: &ModelFile, name: &str, inputs: usize) -> Result<Self, ModelError> {
        Ok(Self::of(inputs, &weights(file, name, inputs)?, Vec::new()))
    }

    /// Numbers in a row that is projected.
    pub(in crate::nlp) fn inputs(&self) -> usize {
        self.weight.inputs
    }

    /// Numbers in a row of the result.
    pub(in crate::nlp) fn outputs(&self) -> usize {
        self.weight.outputs
    }

    /// Projects rows into `out`, which is made to fit.
    pub(in crate::nlp) fn apply(&self, x: Matrix<'_>, out: &mut Vec<f32>) {
        resize(out, x.n * self.outputs());
        self.weight.multiply(x, &self.bias, out);
    }
}

/// Gives a buffer its length; what was in it is of no more use.
pub(in crate::nlp) fn resize(buffer: &mut Vec<f32>, length: usize) {
    buffer.resize(length, 0.0);
}

/// Layer normalization with gelu after it.
#[derive(Debug)]
pub(super) struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Norm {
    pub(super) fn read(file: &ModelFile, width: usize) -> Result<Self, ModelError> {
        Ok(Self { weight: vector(file, "norm.weight", width)?, bias: vector(file, "norm.bias", width)? })
    }

    pub(super) fn apply(&self, arch: Arch, rows: &mut [f32]) {
        arch.dispatch(NormGelu { rows, weight: &self.weight, bias: &self.bias });
    }
}

/// The convolution over three tokens, with its residual.
#[derive(Debug)]
pub(super) struct Convolution {
    projection: Linear,
}

impl Convolution {
    pub(super) fn read(file: &ModelFile, width: usize) -> Result<Self, ModelError> {
        Ok(Self { projection: Linear::read(file, "conv", 3 * width)? })
    }

    /// Adds to each row what it and its neighbors in the window of text say. `triples` and `out` are working space.
    pub(super) fn apply(
        &self,
        arch: Arch,
        windows: &[usize],
        rows: &mut [f32],
        triples: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        let width = self.projection.inputs() / 3;
        resize(triples, rows.len() * 3);
        for bounds in windows.windows(2) {
            for token in bounds[0]..bounds[1] {
                let neighbors = &mut triples[token * 3 * width..][..3 * width];
                let (before, others) = neighbors.split_at_mut(width);
                let (itself, after) = others.split_at_mut(width);
                let row = |token: usize| &rows[token * width..][..width];
                if token > bounds[0] {
                    before.copy_from_slice(row(token - 1))
                } else {
                    before.fill(0.0)
                }
                itself.copy_from_slice(row(token));
                if token + 1 < bounds[1] { after.copy_from_slice(row(token + 1)) } else { after.fill(0.0) }
            }
        }
        self.projection.apply(Matrix::whole(triples, 3 * width), out);
        arch.dispatch(AddGelu { into: rows, from: out });
    }
}

/// A bidirectional layer of simple recurrent units (Lei et al. 2018): its only recurrence is number by number.
#[derive(Debug)]
pub(super) struct Sru {
    width: usize,
    projection: Linear,
    v: Vec<f32>,
    b: Vec<f32>,
}

impl Sru {
    /// Reads the sections `NAME.project`, `NAME.v` and `NAME.b`.
    pub(super) fn read(file: &ModelFile, name: &str, width: usize) -> Result<Self, ModelError> {
        let project = format!("{name}.project");
        let projection = Linear::unbiased(file, &project, 2 * width)?;
        if projection.outputs() != 6 * width {
            return Err(file.required(&project)?.wrong(format!("{} rows expected", 6 * width)));
        }
        let gates = |gate: &str| vector(file, &format!("{name}.{gate}"), 4 * width);
        Ok(Self { width, projection, v: gates("v")?, b: gates("b")? })
    }

    /// Reads `input`, writes `output`. `projected` and `state` are working space.
    pub(super) fn apply(
        &self,
        arch: Arch,
        windows: &[usize],
        input: &[f32],
        output: &mut Vec<f32>,
        projected: &mut Vec<f32>,
        state: &mut Vec<f32>,
    ) {
        let width = self.width;
        resize(output, input.len());
        resize(state, width);
        self.projection.apply(Matrix::whole(input, 2 * width), projected);
        for bounds in windows.windows(2) {
            for backward in [false, true] {
                let gates = usize::from(backward) * 2 * width..(usize::from(backward) + 1) * 2 * width;
                arch.dispatch(Recurrence {
                    projected: &projected[bounds[0] * 6 * width..bounds[1] * 6 * width],
                    input: &input[bounds[0] * 2 * width..bounds[1] * 2 * width],
                    output: &mut output[bounds[0] * 2 * width..bounds[1] * 2 * width],
                    v: &self.v[gates.clone()],
                    b: &self.b[gates],
                    state: state.as_mut_slice(),
                    backward,
                });
            }
        }
    }
}
