//! Layers over all tokens of an article at once: matrices times matrices, and the recurrences between them.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};
use pulp::Arch;

use super::elementwise::{AddGelu, NormGelu, Recurrence};
use super::quantized::numbers;
use crate::nlp::model_file::{ModelError, ModelFile};

/// Rows of numbers that are multiplied: `n` rows, each `width` numbers wide, `stride` apart.
#[derive(Debug, Clone, Copy)]
pub(in crate::nlp) struct Matrix<'a> {
    pub(in crate::nlp) data: &'a [f32],
    pub(in crate::nlp) n: usize,
    pub(in crate::nlp) width: usize,
    pub(in crate::nlp) stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows without gaps.
    pub(in crate::nlp) fn whole(data: &'a [f32], width: usize) -> Self {
        Self { data, n: data.len() / width, width, stride: width }
    }

    /// Columns `start..end` of rows without gaps.
    pub(in crate::nlp) fn columns(data: &'a [f32], stride: usize, start: usize, end: usize) -> Self {
        Self { data: &data[start.min(data.len())..], n: data.len() / stride, width: end - start, stride }
    }

    /// Some of the rows.
    pub(in crate::nlp) fn rows(self, start: usize, end: usize) -> Self {
        Self { data: &self.data[(start * self.stride).min(self.data.len())..], n: end - start, ..self }
    }

    /// One row.
    pub(in crate::nlp) fn row(self, row: usize) -> &'a [f32] {
        &self.data[row * self.stride..][..self.width]
    }

    fn view(self) -> ArrayView2<'a, f32> {
        let shape = (self.n, self.width).strides((self.stride, 1));
        ArrayView2::from_shape(shape, self.data).expect("the data holds all rows")
    }
}

/// `out = factor · x · yᵀ + keep · out`; `out` has a row for each of `x`, a column for each of `y`.
pub(in crate::nlp) fn multiply_transposed(x: Matrix<'_>, y: Matrix<'_>, keep: f32, out: &mut [f32]) {
    if x.n == 0 || y.n == 0 {
        return;
    }
    let mut out = ArrayViewMut2::from_shape((x.n, y.n), out).expect("the output has a place for each product");
    general_mat_mul(1.0, &x.view(), &y.view().reversed_axes(), keep, &mut out);
}

/// A projection `x · Wᵀ + b`.
#[derive(Debug)]
pub(in crate::nlp) struct Linear {
    pub(in crate::nlp) inputs: usize,
    pub(in crate::nlp) outputs: usize,
    weight: Vec<f32>,
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
        Ok(Self { inputs, outputs: bias.len(), weight, bias })
    }

    /// A projection of which the weights have been read.
    pub(super) fn of(inputs: usize, weight: Vec<f32>, bias: Vec<f32>) -> Self {
        Self { inputs, outputs: weight.len() / inputs, weight, bias }
    }

    /// A projection without a bias, from one section.
    fn unbiased(file: &ModelFile, name: &str, inputs: usize) -> Result<Self, ModelError> {
        let weight = weights(file, name, inputs)?;
        Ok(Self { inputs, outputs: weight.len() / inputs, weight, bias: Vec::new() })
    }

    /// Projects rows into `out`, which is made to fit.
    pub(in crate::nlp) fn apply(&self, x: Matrix<'_>, out: &mut Vec<f32>) {
        debug_assert_eq!(x.width, self.inputs, "the input has the width that the weights were read for");
        resize(out, x.n * self.outputs);
        let keep = if self.bias.is_empty() {
            0.0
        } else {
            for row in out.chunks_exact_mut(self.outputs) {
                row.copy_from_slice(&self.bias);
            }
            1.0
        };
        multiply_transposed(x, Matrix::whole(&self.weight, self.inputs), keep, out);
    }
}

/// The numbers of a matrix with this many columns.
pub(in crate::nlp) fn weights(file: &ModelFile, name: &str, columns: usize) -> Result<Vec<f32>, ModelError> {
    let section = file.required(name)?;
    if section.shape.last() != Some(&columns) || section.shape.len() != 2 {
        return Err(section.wrong(format!("{columns} columns expected, the shape is {:?}", section.shape)));
    }
    numbers(file, name)
}

/// A vector of this length.
pub(in crate::nlp) fn vector(file: &ModelFile, name: &str, length: usize) -> Result<Vec<f32>, ModelError> {
    let values = numbers(file, name)?;
    if values.len() != length {
        return Err(file.required(name)?.wrong(format!("{length} numbers expected, {} found", values.len())));
    }
    Ok(values)
}

/// Gives a buffer its length; what was in it is of no more use.
pub(in crate::nlp) fn resize(buffer: &mut Vec<f32>, length: usize) {
    buffer.resize(length, 0.0);
}

/// Layer normalisation with gelu after it.
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

/// The window of three tokens, with its residual.
#[derive(Debug)]
pub(super) struct Convolution {
    projection: Linear,
}

impl Convolution {
    pub(super) fn read(file: &ModelFile, width: usize) -> Result<Self, ModelError> {
        Ok(Self { projection: Linear::read(file, "conv", 3 * width)? })
    }

    /// Adds to each row what it and its neighbours in the segment say. `window` and `out` are working space.
    pub(super) fn apply(
        &self,
        arch: Arch,
        segments: &[usize],
        rows: &mut [f32],
        window: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        let width = self.projection.inputs / 3;
        resize(window, rows.len() * 3);
        for bounds in segments.windows(2) {
            for token in bounds[0]..bounds[1] {
                let neighbours = &mut window[token * 3 * width..][..3 * width];
                let (before, others) = neighbours.split_at_mut(width);
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
        self.projection.apply(Matrix::whole(window, 3 * width), out);
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
    pub(super) fn read(file: &ModelFile, layer: usize, width: usize) -> Result<Self, ModelError> {
        let projection = Linear::unbiased(file, &format!("sru.{layer}.project"), 2 * width)?;
        if projection.outputs != 6 * width {
            return Err(file.required(&format!("sru.{layer}.project"))?.wrong(format!("{} rows expected", 6 * width)));
        }
        let gates = |name: &str| vector(file, &format!("sru.{layer}.{name}"), 4 * width);
        Ok(Self { width, projection, v: gates("v")?, b: gates("b")? })
    }

    /// Reads `input`, writes `output`. `projected` and `state` are working space.
    pub(super) fn apply(
        &self,
        arch: Arch,
        segments: &[usize],
        input: &[f32],
        output: &mut Vec<f32>,
        projected: &mut Vec<f32>,
        state: &mut Vec<f32>,
    ) {
        let width = self.width;
        resize(output, input.len());
        resize(state, width);
        self.projection.apply(Matrix::whole(input, 2 * width), projected);
        for bounds in segments.windows(2) {
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
