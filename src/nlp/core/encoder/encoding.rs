//! What the encoder says of a document, and what it knows of each token by its looks.

use std::ops::Range;

use super::gazetteer;
use super::token_types::{TokenType, TokenTypes};

/// What is known of a token by its looks, see [`Encoding::properties`].
pub(in crate::nlp) type Properties = [u64; 9];

/// What the encoder says of a document, with the working space it was made in.
#[derive(Debug, Clone, Default)]
pub(in crate::nlp) struct Encoding {
    /// One row for each token.
    pub(in crate::nlp) rows: Vec<f32>,
    /// The sentences of each segment.
    pub(in crate::nlp) segments: Vec<Range<usize>>,
    /// Where windows begin and end, in tokens: each from one entry to the next.
    pub(super) windows: Vec<usize>,
    pub(super) types: TokenTypes,
    /// Number of the type, and flags (a bit each), of each token.
    pub(super) tokens: Vec<(u32, u32)>,
    pub(super) wide: Vec<f32>,
    pub(super) other: Vec<f32>,
    pub(super) state: Vec<f32>,
}

impl Encoding {
    /// What the encoder says of a token.
    pub(in crate::nlp) fn row(&self, token_idx: usize) -> &[f32] {
        let width = self.rows.len() / self.tokens.len();
        &self.rows[token_idx * width..][..width]
    }

    /// Hashes of a token's folded form and of its lower case, to be continued with a tag: the keys of the lemma list.
    pub(in crate::nlp) fn lemma_keys(&self, token_idx: usize) -> [u64; 2] {
        self.types.get(self.tokens[token_idx].0).lemma_keys
    }

    /// What is known of a token by its looks: the hash of its folded form, those of its features in the order of the tables, its
    /// word's cluster, the gazetteer's bits.
    pub(in crate::nlp) fn properties(&self, token_idx: usize) -> Properties {
        let (number, flags) = self.tokens[token_idx];
        let TokenType { lemma_keys, features, .. } = self.types.get(number);
        let mut properties = Properties::default();
        properties[0] = lemma_keys[0];
        properties[1..=features.len()].copy_from_slice(features);
        properties[features.len() + 1] =
            u64::from(flags >> gazetteer::FIRST_FLAG) & ((1 << (2 * gazetteer::N_KINDS)) - 1);
        properties
    }
}
