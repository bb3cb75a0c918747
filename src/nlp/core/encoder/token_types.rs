//! Token types: what depends on the characters of a token alone, computed once for each type and kept from article to article.
//!
//! Half of the tokens of an article have been seen in it, nine of ten in the articles before. The row of a type does not
//! depend on when it was computed, so neither does what is found in an article.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::embedder::Embedder;
use super::features::{Hasher, Quotation, quotation};
use super::gazetteer::NamePart;
use super::layers::resize;
use crate::nlp::folding::lower_into;
use crate::nlp::hashing::{EMPTY_HASH, Fnv, fnv1a};

/// Types after which everything is forgotten before the next article: 8 MB a thread.
const CAPACITY: usize = 8192;

/// The types seen, with their rows.
#[derive(Debug, Clone, Default)]
pub(super) struct TokenTypes {
    numbers: HashMap<Box<str>, u32, BuildHasherDefault<Fnv>>,
    types: Vec<TokenType>,
    /// Keys of the types in the gazetteer, one after the other.
    pub(super) keys: String,
    /// A row for each type: its part of the mix.
    rows: Vec<f32>,
    hasher: Hasher,
    lowered: String,
    /// Inputs of the types that are new in this article, and their rows.
    fresh: Vec<f32>,
    fresh_rows: Vec<f32>,
}

/// What else is known of a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenType {
    pub(super) name_part: NamePart,
    pub(super) quotation: Option<Quotation>,
    /// Hashes of the folded form and of its lower case, and the separator after them.
    pub(super) lemma_keys: [u64; 2],
    /// Hashes of its features, in the order of the tables, and its word's cluster: 0 if it has none, else two more than its number.
    pub(super) features: [u64; 7],
}

impl TokenTypes {
    /// Makes room before an article.
    pub(super) fn begin(&mut self) {
        if self.types.len() > CAPACITY {
            self.numbers.clear();
            self.types.clear();
            self.keys.clear();
            self.rows.clear();
        }
        self.fresh.clear();
    }

    /// Number of a token's type. A new one has no row until [`TokenTypes::finish`].
    pub(super) fn number(&mut self, token: &str, embedder: &Embedder) -> u32 {
        if let Some(number) = self.numbers.get(token) {
            return *number;
        }
        let start = self.fresh.len();
        resize(&mut self.fresh, start + embedder.inputs());
        let features = embedder.embed(token, &mut self.hasher, &mut self.fresh[start..]);
        let name_part = NamePart::of(&self.hasher.folded, &mut self.keys);
        let number = u32::try_from(self.types.len()).expect("an article has fewer than 2^32 types");
        lower_into(&self.hasher.folded, &mut self.lowered);
        let lemma_keys =
            [&self.hasher.folded, &self.lowered].map(|text| fnv1a(&[0x1f], fnv1a(text.as_bytes(), EMPTY_HASH)));
        self.types.push(TokenType { name_part, quotation: quotation(token), lemma_keys, features });
        self.numbers.insert(token.into(), number);
        number
    }

    /// Computes the rows of the types that were new, all in one product.
    pub(super) fn finish(&mut self, embedder: &Embedder) {
        if !self.fresh.is_empty() {
            embedder.mix(&self.fresh, &mut self.fresh_rows);
            self.rows.extend_from_slice(&self.fresh_rows);
        }
    }

    pub(super) fn get(&self, number: u32) -> &TokenType {
        &self.types[number as usize]
    }

    pub(super) fn row(&self, number: u32, width: usize) -> &[f32] {
        &self.rows[number as usize * width..][..width]
    }
}
