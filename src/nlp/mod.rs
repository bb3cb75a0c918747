//! From text to layers, one file a stage. Knows nothing of statements, events, records or Kafka.
//!
//! Stages return values, never `Result`: no text is an error.

mod annotate;
pub mod consistency;
pub mod core;
pub mod dates;
pub mod density;
mod folding;
pub(crate) mod hashing;
pub mod layout;
pub mod model_file;
mod ontology;
pub mod sentences;
pub mod tables;
pub mod tokenizer;
mod word_lists;

pub use annotate::Annotate;
pub use ontology::{CameoCode, Ontology};
