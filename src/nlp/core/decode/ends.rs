//! What a stretch of words says of itself: what the encoder says of its first and its last token, side by side, projected.

use std::ops::Range;

use crate::nlp::core::encoder::elementwise::{Leaky, arch};
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::TokenRange;

/// One or several projections of the ends of stretches, computed together.
#[derive(Debug)]
pub(in crate::nlp) struct Ends {
    linear: Linear,
    /// Where the columns of each projection stand.
    columns: Vec<Range<usize>>,
    /// Numbers that the encoder says of a token.
    encoded: usize,
}

impl Ends {
    /// Reads `NAME.weight` and `NAME.bias` of each name.
    pub(in crate::nlp) fn read(file: &ModelFile, names: &[&str], encoded: usize) -> Result<Self, ModelError> {
        let linear = Linear::stacked(file, names, 2 * encoded)?;
        let mut columns = Vec::new();
        let mut start = 0;
        for name in names {
            let section = file.required(&format!("{name}.bias"))?;
            let width = section.shape.first().copied().unwrap_or(0);
            if width == 0 || section.shape.len() != 1 {
                return Err(section.wrong("one dimension with at least one number expected"));
            }
            columns.push(start..start + width);
            start += width;
        }
        Ok(Self { linear, columns, encoded })
    }

    /// Numbers in a row of all projections.
    pub(in crate::nlp) fn outputs(&self) -> usize {
        self.linear.outputs()
    }

    /// Numbers in a row of one of them, by its place among the names.
    pub(in crate::nlp) fn width(&self, projection: usize) -> usize {
        self.columns[projection].len()
    }

    /// What one projection says of one stretch.
    pub(in crate::nlp) fn row<'a>(&self, out: &'a [f32], stretch: usize, projection: usize) -> &'a [f32] {
        &out[stretch * self.outputs()..][self.columns[projection].clone()]
    }

    /// What one projection says of all stretches.
    pub(in crate::nlp) fn rows<'a>(&self, out: &'a [f32], projection: usize) -> Matrix<'a> {
        let Range { start, end } = self.columns[projection];
        Matrix::columns(out, self.outputs(), start, end)
    }

    /// Projects stretches into `out`, a row for each. `rows` are what the encoder says of the document's tokens; `gathered` is working
    /// space.
    pub(in crate::nlp) fn apply(
        &self,
        stretches: impl Iterator<Item = TokenRange>,
        rows: &[f32],
        gathered: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        gathered.clear();
        for stretch in stretches {
            for token in [stretch.start as usize, stretch.end as usize - 1] {
                gathered.extend_from_slice(&rows[token * self.encoded..][..self.encoded]);
            }
        }
        self.linear.apply(Matrix::whole(gathered, 2 * self.encoded), out);
        arch().dispatch(Leaky { rows: out, width: self.outputs(), start: 0, end: self.outputs() });
    }
}
