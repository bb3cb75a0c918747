//! Matrix products: the door to the kernel crate, and weights as the kernel wants them.
//!
//! Weights are packed once, when the model is loaded. A row of a product is summed in the same order whatever rows stand
//! beside it and on whatever thread, so what is found in an article depends on the article alone. The kernel would share
//! large products out among threads; here each thread computes its own.

use std::fmt;

use rayon::ThreadPool;
use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

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

    fn view(self) -> NdTensorView<'a, f32, 2> {
        NdTensorView::from_data_with_strides([self.n, self.width], self.data, [self.stride, 1])
            .expect("the data holds all rows, which do not overlap")
    }
}

/// The kernel of this machine, and what keeps it on its thread.
struct Kernel {
    executor: GemmExecutor,
    /// A pool of this thread alone. Absent where the thread already belongs to another pool.
    _alone: Option<ThreadPool>,
}

thread_local! {
    static KERNEL: Kernel = Kernel {
        _alone: rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok(),
        executor: GemmExecutor::new(),
    };
}

/// Weights of a projection: a row of `inputs` numbers for each output, packed.
pub(in crate::nlp) struct Packed {
    weights: PackedBMatrix<f32>,
    pub(in crate::nlp) inputs: usize,
    pub(in crate::nlp) outputs: usize,
}

impl fmt::Debug for Packed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Packed({} to {})", self.inputs, self.outputs)
    }
}

impl Packed {
    /// Packs rows of weights.
    pub(in crate::nlp) fn of(rows: Matrix<'_>) -> Self {
        let weights = KERNEL.with(|kernel| kernel.executor.prepack_b(rows.view().transposed()));
        Self { weights, inputs: rows.width, outputs: rows.n }
    }

    /// `out = x · weightsᵀ + bias`; `out` has a row for each of `x`. No bias is an empty one.
    pub(in crate::nlp) fn multiply(&self, x: Matrix<'_>, bias: &[f32], out: &mut [f32]) {
        debug_assert_eq!(x.width, self.inputs, "the input has the width that the weights were read for");
        product(x, GemmInputB::Packed(&self.weights), bias, out);
    }
}

/// `out = x · yᵀ`; `out` has a row for each of `x`, a column for each of `y`.
pub(in crate::nlp) fn multiply_transposed(x: Matrix<'_>, y: Matrix<'_>, out: &mut [f32]) {
    product(x, GemmInputB::Unpacked(y.view().transposed()), &[], out);
}

fn product(x: Matrix<'_>, y: GemmInputB<'_, f32>, bias: &[f32], out: &mut [f32]) {
    if out.is_empty() {
        return;
    }
    let options =
        GemmOptions { bias: Some(bias).filter(|bias| !bias.is_empty()).map(BiasVector::Row), ..GemmOptions::default() };
    KERNEL
        .with(|kernel| kernel.executor.gemm(out, GemmInputA::Unpacked(x.view()), y, options))
        .expect("the output has a place for each product, and weights are packed for this machine's kernel");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern.
    fn numbers(n: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32768.0 - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn a_row_comes_out_the_same_whatever_stands_beside_it() {
        for (inputs, outputs) in [(256, 768), (768, 256), (516, 256), (80, 405), (5, 3)] {
            let (rows, weights, bias) = (numbers(41 * inputs), numbers(outputs * inputs), numbers(outputs));
            let packed = Packed::of(Matrix::whole(&weights, inputs));
            let x = Matrix::whole(&rows, inputs);
            let mut together = vec![0.0; 41 * outputs];
            packed.multiply(x, &bias, &mut together);
            for n in 1..=41 {
                let mut some = vec![0.0; n * outputs];
                packed.multiply(x.rows(41 - n, 41), &bias, &mut some);
                assert!(some == together[(41 - n) * outputs..], "the last {n} of 41 rows, {inputs} by {outputs}");
            }
        }
    }

    #[test]
    fn products_are_sums_of_products() {
        let (x, y, bias) = (numbers(3 * 7), numbers(4 * 7), numbers(4));
        let (x, y) = (Matrix::columns(&x, 7, 1, 6), Matrix::columns(&y, 7, 1, 6));
        let (mut plain, mut packed) = (vec![f32::NAN; 12], vec![f32::NAN; 12]);
        multiply_transposed(x, y, &mut plain);
        Packed::of(y).multiply(x, &bias, &mut packed);
        for (row, column) in (0..3).flat_map(|row| (0..4).map(move |column| (row, column))) {
            let sum: f32 = x.row(row).iter().zip(y.row(column)).map(|(a, b)| a * b).sum();
            assert!((plain[row * 4 + column] - sum).abs() < 1e-6);
            assert!((packed[row * 4 + column] - sum - bias[column]).abs() < 1e-6);
        }
    }
}
