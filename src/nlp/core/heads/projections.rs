//! Projections that heads read straight from the encoder, computed for all of them in one matrix product.

use std::ops::Range;

use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::model_file::{ModelError, ModelFile};

/// The weights of the projections, side by side.
#[derive(Debug)]
pub(in crate::nlp) struct Projections {
    linear: Linear,
}

/// Where each projection's columns stand.
#[derive(Debug)]
pub(in crate::nlp) struct Columns {
    ranges: Vec<(&'static str, Range<usize>)>,
}

impl Columns {
    /// The columns of a projection.
    pub(in crate::nlp) fn of(&self, name: &str) -> Range<usize> {
        let found = self.ranges.iter().find(|(known, _)| *known == name);
        found.expect("heads ask for the projections that they name").1.clone()
    }
}

impl Projections {
    /// Reads `NAME.weight` and `NAME.bias` of each name; `inputs` numbers are read from the encoder.
    pub(in crate::nlp) fn read(
        file: &ModelFile,
        names: &[&'static str],
        inputs: usize,
    ) -> Result<(Self, Columns), ModelError> {
        let mut start = 0;
        let mut ranges = Vec::new();
        for name in names {
            let section = file.required(&format!("{name}.bias"))?;
            let width = section.shape.first().copied().unwrap_or(0);
            ranges.push((*name, start..start + width));
            start += width;
        }
        let linear = Linear::stacked(file, names, inputs)?;
        if linear.outputs() != start {
            return Err(file.required(&format!("{}.bias", names[0]))?.wrong("one dimension expected"));
        }
        Ok((Self { linear }, Columns { ranges }))
    }

    /// Projects what the encoder says.
    pub(in crate::nlp) fn apply(&self, rows: Matrix<'_>, out: &mut Vec<f32>) {
        self.linear.apply(rows, out);
    }

    /// What was projected, a row for each token.
    pub(in crate::nlp) fn rows<'a>(&self, data: &'a mut [f32]) -> Projected<'a> {
        Projected { data, width: self.linear.outputs() }
    }
}

/// The outputs of all projections, a row for each token.
pub(in crate::nlp) struct Projected<'a> {
    pub(super) data: &'a mut [f32],
    pub(super) width: usize,
}

impl Projected<'_> {
    /// Some columns of one token's row.
    pub(in crate::nlp) fn row(&self, token_idx: usize, columns: &Range<usize>) -> &[f32] {
        &self.data[token_idx * self.width..][columns.clone()]
    }
}
