//! What statements have taken of a text, so that rules beside them add and do not repeat.

use crate::text::TokenRange;

/// Which tokens are cues or contents of statements that were found already.
pub(in super::super) struct Covered {
    cues: Vec<bool>,
    contents: Vec<bool>,
}

impl Covered {
    /// Nothing yet.
    pub(in super::super) fn new(n_tokens: usize) -> Self {
        Self { cues: vec![false; n_tokens], contents: vec![false; n_tokens] }
    }

    /// Notes the parts of a statement.
    pub(in super::super) fn add(&mut self, cue: Option<TokenRange>, content: &[TokenRange]) {
        if let Some(cue) = cue {
            self.cues[cue.range()].fill(true);
        }
        for piece in content {
            self.contents[piece.range()].fill(true);
        }
    }

    /// Whether a cue stands among these tokens.
    pub(super) fn has_cue_at(&self, tokens: TokenRange) -> bool {
        self.cues[tokens.range()].contains(&true)
    }

    /// Whether these tokens begin in the content of a statement.
    pub(super) fn is_content(&self, tokens: TokenRange) -> bool {
        self.contents[tokens.start as usize]
    }

    /// Whether most of these tokens are nobody's content.
    pub(super) fn is_mostly_free(&self, tokens: TokenRange) -> bool {
        2 * tokens.range().filter(|&token| self.contents[token]).count() < tokens.len()
    }
}
