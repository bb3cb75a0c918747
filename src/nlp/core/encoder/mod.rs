//! The one network that every head reads: hashed embeddings and a word vector, one mix, one convolution, recurrent layers.
//!
//! All tokens of an article lie in one matrix, so every projection is one product; the only things that go from token to
//! token are the convolution's window and the recurrence, which is elementwise. The computation is described in
//! `docs/model-format.md`; the training's own forward pass is held against this one by a test on saved numbers.

mod branch;
pub(super) mod elementwise;
mod embedder;
mod encoding;
mod features;
mod gazetteer;
pub(super) mod kernel;
pub(super) mod layers;
mod network;
mod token_types;

pub(super) use branch::{HeadInput, HeadRows};
pub(super) use encoding::{Encoding, Properties};
pub(super) use network::Encoder;
