//! Weights as they are stored (f32, bf16, i8 with a scale a row) and as they are used.
//!
//! Matrices that are multiplied are widened to f32 once, when the model is loaded. Embedding tables, which are most of the
//! file and of which an article needs a few hundred rows, stay as they are and are widened a row at a time.

use super::{Dtype, ModelError, ModelFile, Section};

/// All numbers of a section, as f32.
pub(crate) fn numbers(file: &ModelFile, name: &str) -> Result<Vec<f32>, ModelError> {
    let rows = Rows::read(file, name)?;
    let mut all = vec![0.0; rows.len() * rows.width];
    for (row, out) in all.chunks_exact_mut(rows.width.max(1)).enumerate() {
        rows.copy(row, out);
    }
    Ok(all)
}

/// The numbers of a matrix with this many columns.
pub(crate) fn weights(file: &ModelFile, name: &str, columns: usize) -> Result<Vec<f32>, ModelError> {
    let section = file.required(name)?;
    if section.shape.last() != Some(&columns) || section.shape.len() != 2 {
        return Err(section.wrong(format!("{columns} columns expected, the shape is {:?}", section.shape)));
    }
    numbers(file, name)
}

/// A vector of this length.
pub(crate) fn vector(file: &ModelFile, name: &str, length: usize) -> Result<Vec<f32>, ModelError> {
    let values = numbers(file, name)?;
    if values.len() != length {
        return Err(file.required(name)?.wrong(format!("{length} numbers expected, {} found", values.len())));
    }
    Ok(values)
}

/// A section of one or two dimensions, widened a row at a time.
#[derive(Debug)]
pub(crate) struct Rows {
    section: Section,
    /// Scale of each row, if the weights are i8.
    scales: Option<Section>,
    /// Numbers in a row.
    pub(crate) width: usize,
}

impl Rows {
    /// Finds a section and checks that it holds weights.
    pub(crate) fn read(file: &ModelFile, name: &str) -> Result<Self, ModelError> {
        let section = file.required(name)?;
        let width = match section.shape[..] {
            [width] => width,
            [_, width] => width,
            _ => return Err(section.wrong(format!("one or two dimensions expected, {} found", section.shape.len()))),
        };
        let scales = match section.dtype {
            Dtype::F32 | Dtype::Bf16 => None,
            Dtype::I8 => {
                let scales = file.required(&format!("{name}.scale"))?;
                if scales.bytes().len() / size_of::<f32>() * width != section.bytes().len() {
                    return Err(section.wrong("its scales do not fit its rows"));
                }
                Some(scales)
            }
            other => return Err(section.wrong(format!("weights expected, {other:?} found"))),
        };
        Ok(Self { section, scales, width })
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.section.bytes().len() / (self.section.dtype.size() * self.width).max(1)
    }

    /// The scale of a row of i8 weights.
    fn scale(&self, row: usize) -> f32 {
        self.scales.as_ref().map_or(1.0, |scales| f32::from_le_bytes(scales.bytes().as_chunks().0[row]))
    }

    /// Writes one row, widened.
    #[inline]
    pub(crate) fn copy(&self, row: usize, out: &mut [f32]) {
        let size = self.section.dtype.size();
        let bytes = &self.section.bytes()[row * self.width * size..(row + 1) * self.width * size];
        match self.section.dtype {
            Dtype::I8 => {
                let scale = self.scale(row);
                for (to, from) in out.iter_mut().zip(bytes) {
                    *to = f32::from(i8::from_le_bytes([*from])) * scale;
                }
            }
            Dtype::Bf16 => {
                for (to, from) in out.iter_mut().zip(bytes.chunks_exact(2)) {
                    *to = f32::from_bits(u32::from(u16::from_le_bytes([from[0], from[1]])) << 16);
                }
            }
            _ => {
                for (to, from) in out.iter_mut().zip(bytes.chunks_exact(4)) {
                    *to = f32::from_le_bytes([from[0], from[1], from[2], from[3]]);
                }
            }
        }
    }

    /// Adds one row of i8 weights to a sum.
    #[inline]
    pub(crate) fn add(&self, row: usize, sum: &mut [f32]) {
        let bytes = &self.section.bytes()[row * self.width..(row + 1) * self.width];
        let scale = self.scale(row);
        for (to, from) in sum.iter_mut().zip(bytes) {
            *to += f32::from(i8::from_le_bytes([*from])) * scale;
        }
    }

    /// Whether the weights are i8, as [`Rows::add`] wants them.
    pub(crate) fn is_i8(&self) -> bool {
        self.section.dtype == Dtype::I8
    }
}
