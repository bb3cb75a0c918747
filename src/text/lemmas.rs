//! The lemmas of a document in one string, so that a token costs no allocation.

/// Lemmas, one for each token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lemmas {
    joined: String,
    ends: Vec<u32>,
}

impl Lemmas {
    /// Number of tokens that have a lemma.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the layer is absent.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The lemma of a token.
    pub fn get(&self, token_idx: usize) -> &str {
        let start = if token_idx == 0 { 0 } else { self.ends[token_idx - 1] as usize };
        &self.joined[start..self.ends[token_idx] as usize]
    }

    /// All lemmas, in the order of the tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|token_idx| self.get(token_idx))
    }

    /// Forgets all lemmas and keeps the memory.
    pub fn clear(&mut self) {
        self.joined.clear();
        self.ends.clear();
    }

    /// Adds the lemma of the next token, written by `write`.
    pub fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.joined);
        self.ends.push(u32::try_from(self.joined.len()).expect("lemmas are no longer than the article, below 4 GiB"));
    }

    /// Adds the lemma of the next token.
    pub fn push(&mut self, lemma: &str) {
        self.push_with(|joined| joined.push_str(lemma));
    }
}
