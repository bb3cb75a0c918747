//! A name, a mark, and what was said: the dash of a signed quotation, the colon of a transcript's line.

use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::TokenRange;

use super::super::parts::Parts;

/// The parts of such a statement; the mark is the cue, where it is one: a bracket or a new line is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Marked {
    pub(super) name: TokenRange,
    pub(super) mark: Option<TokenRange>,
    pub(super) content: Vec<TokenRange>,
}

impl Marked {
    /// The statement that they are.
    pub(in super::super) fn statement(&self, reading: &Reading<'_, '_>, confidence: f32) -> Statement {
        let parts = Parts { source: Some(self.name), cue: self.mark, content: self.content.clone() };
        Statement { confidence, ..parts.statement(reading) }
    }

    /// First token behind the statement or its name, whichever comes last.
    pub(super) fn end(&self) -> u32 {
        self.content.iter().map(|piece| piece.end).max().unwrap_or(0).max(self.name.end)
    }

    /// Its first token.
    pub(super) fn start(&self) -> u32 {
        self.content.iter().map(|piece| piece.start).min().unwrap_or(u32::MAX).min(self.name.start)
    }
}
