//! What is done number by number: activations, normalization, the recurrence.
//!
//! Plain loops, compiled once for each width of vector registers and chosen at run time (`pulp`). The exponential is a
//! polynomial rather than the C library's: that one does not vectorise and differs between platforms. No fused multiply-add
//! is asked for, so the numbers are the same with any registers.

use pulp::{Arch, Simd, WithSimd};

/// The registers of this machine.
pub(in crate::nlp) fn arch() -> Arch {
    Arch::new()
}

/// e to the x within two units in the last place, for x clamped to the range of f32.
#[inline(always)]
pub(in crate::nlp) fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 · 2^23 rounds to an integer, which then stands in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    // Cephes' coefficients for e^r on |r| <= ln 2 / 2.
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 5e-1;
    let fraction = p * r * r + r + 1.0;
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    fraction * scale
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Both values with one division, the slowest instruction here. Where the product is beyond f32, both are 0.
#[inline(always)]
fn sigmoids(x: f32, y: f32) -> (f32, f32) {
    let (x, y) = (1.0 + exp(-x), 1.0 + exp(-y));
    let inverse = 1.0 / (x * y);
    (y * inverse, x * inverse)
}

/// gelu(x) = 0.5 x (1 + tanh z) = x σ(2 z).
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let z = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x * sigmoid(2.0 * z)
}

/// Layer normalization of each row, then gelu, in place.
pub(super) struct NormGelu<'a> {
    pub(super) rows: &'a mut [f32],
    pub(super) weight: &'a [f32],
    pub(super) bias: &'a [f32],
}

/// Added to the variance.
const EPSILON: f32 = 1e-5;

/// Partial sums, so that a sum over a row does not wait for one addition after another.
const LANES: usize = 16;

#[inline(always)]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}

impl WithSimd for NormGelu<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.weight.len();
        #[expect(clippy::cast_precision_loss, reason = "a row has a few hundred columns")]
        let share = 1.0 / width as f32;
        for row in self.rows.chunks_exact_mut(width) {
            let mean = sum(row, |value| value) * share;
            let variance = sum(row, |value| (value - mean) * (value - mean)) * share;
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            for ((value, weight), bias) in row.iter_mut().zip(self.weight).zip(self.bias) {
                *value = gelu((*value - mean) * inverse * weight + bias);
            }
        }
    }
}

/// `into += gelu(from)`.
pub(super) struct AddGelu<'a> {
    pub(super) into: &'a mut [f32],
    pub(super) from: &'a [f32],
}

impl WithSimd for AddGelu<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (into, from) in self.into.iter_mut().zip(self.from) {
            *into += gelu(*from);
        }
    }
}

/// `x` where positive, a tenth of it elsewhere, in columns `start..end` of each row.
pub(in crate::nlp) struct Leaky<'a> {
    pub(in crate::nlp) rows: &'a mut [f32],
    pub(in crate::nlp) width: usize,
    pub(in crate::nlp) start: usize,
    pub(in crate::nlp) end: usize,
}

impl WithSimd for Leaky<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for row in self.rows.chunks_exact_mut(self.width) {
            for value in &mut row[self.start..self.end] {
                *value = value.max(0.0) + 0.1 * value.min(0.0);
            }
        }
    }
}

/// One direction of a simple recurrent unit over one segment.
pub(super) struct Recurrence<'a> {
    /// Projections of the segment's tokens: candidate, forget and reset of this direction begin at `offset` of each row.
    pub(super) projected: &'a [f32],
    /// The layer's input rows; this direction reads half of the columns, from `column`.
    pub(super) input: &'a [f32],
    pub(super) output: &'a mut [f32],
    /// Weights of the state in the gates, forget then reset.
    pub(super) v: &'a [f32],
    pub(super) b: &'a [f32],
    /// The state, overwritten; as wide as the direction.
    pub(super) state: &'a mut [f32],
    pub(super) backward: bool,
}

impl WithSimd for Recurrence<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.state.len();
        let (v_forget, v_reset) = self.v.split_at(width);
        let (b_forget, b_reset) = self.b.split_at(width);
        let state = self.state;
        state.fill(0.0);
        let n = self.input.len() / (2 * width);
        let direction = usize::from(self.backward);
        for step in 0..n {
            let token = if self.backward { n - 1 - step } else { step };
            let u = &self.projected[token * 6 * width + direction * 3 * width..][..3 * width];
            let (candidate, gates) = u.split_at(width);
            let (u_forget, u_reset) = gates.split_at(width);
            let at = token * 2 * width + direction * width;
            let x = &self.input[at..at + width];
            let h = &mut self.output[at..at + width];
            let v_forget = &v_forget[..width];
            let v_reset = &v_reset[..width];
            let b_forget = &b_forget[..width];
            let b_reset = &b_reset[..width];
            let u_reset = &u_reset[..width];
            let state = &mut state[..width];
            for k in 0..width {
                let before = state[k];
                let (forget, reset) = sigmoids(
                    u_forget[k] + v_forget[k] * before + b_forget[k],
                    u_reset[k] + v_reset[k] * before + b_reset[k],
                );
                let now = forget * before + (1.0 - forget) * candidate[k];
                state[k] = now;
                h[k] = reset * now + (1.0 - reset) * x[k];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_library() {
        for step in -8700..8800 {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let x = step as f32 / 100.0;
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 3e-7, "exp({x}) is off by {error}");
        }
        assert_eq!(sigmoid(-200.0) + sigmoid(200.0), 1.0 + sigmoid(-87.0));
        assert_eq!(sigmoids(-200.0, -200.0), (0.0, 0.0));
        assert_eq!(sigmoids(0.0, 200.0), (0.5, 1.0));
    }
}
