//! From text to layers, one file a stage. Knows nothing of statements, events, records or Kafka.
//!
//! Stages return values, never `Result`: no text is an error.

pub mod consistency;
pub mod core;
pub mod dates;
mod encoder;
mod entities;
pub mod layout;
mod lemmatizer;
pub mod model_file;
mod parser;
mod pieces;
mod runs;
pub mod sentences;
mod signs;
mod span_relations;
mod spans;
pub mod tables;
mod tagger;
pub mod tokenizer;
mod word_lists;

pub use crate::text::Layer;

use crate::text::Document;

/// A stage: reads the layers it needs, fills one.
///
/// A stage owns the buffers it uses again, hence `&mut self`; what it writes depends on the document alone.
/// A stage whose needs are not filled finds nothing to do; it does not fail.
pub trait Annotate {
    /// The layer this stage fills.
    const FILLS: Layer;
    /// The layers that must be filled before.
    const NEEDS: &'static [Layer];

    /// Fills the layer. What stood in it before is replaced.
    fn annotate(&mut self, doc: &mut Document);
}
