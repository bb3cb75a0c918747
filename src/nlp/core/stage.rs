//! The stages of the core's reading, in the order in which they are done.

use std::fmt;

use crate::text::Layer;

/// What was just done to a document, or to a piece of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The encoder's first layer: tables, word vectors and flags.
    Mix,
    /// Its convolution.
    Convolution,
    /// One of its recurrent layers, counted from 0.
    Recurrent(usize),
    /// The product of all projections that heads read straight from the encoder.
    Projections,
    /// A head, by the layer that it fills.
    Head(Layer),
    /// Names made to agree within the document, and dates.
    Agreement,
}

/// For tables of times and for the numbers that training saves.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mix => f.write_str("mix"),
            Self::Convolution => f.write_str("conv"),
            Self::Recurrent(layer) => write!(f, "sru{layer}"),
            Self::Projections => f.write_str("projections of the heads"),
            Self::Head(layer) => write!(f, "{layer:?}"),
            Self::Agreement => f.write_str("agreement of names, dates"),
        }
    }
}
