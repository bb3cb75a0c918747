//! A name, a mark, and what was said: the dash of a signed quotation, the colon of a transcript's line.

use crate::extract::reading::Reading;
use crate::finding::{Attitude, Cue, Statement};
use crate::text::TokenRange;

use super::frames::kind_of;
use super::speakers::speaker;

/// The parts of such a statement; the mark is the cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) name: TokenRange,
    pub(super) mark: TokenRange,
    pub(super) content: TokenRange,
}

impl Marked {
    /// The statement that they are.
    pub(super) fn statement(self, reading: &Reading<'_, '_>, confidence: f32) -> Statement {
        let doc = reading.words.doc;
        Statement {
            // Not the mark's: a signature may be a sentence of its own, and shows nothing of what was said.
            sentence: doc.sentence_of(self.content.start as usize),
            kind: kind_of(reading, &[self.content]),
            attitude: Attitude::Speech,
            source: Some(self.name),
            speaker: Some(speaker(reading, self.name)),
            cue: Some(Cue { tokens: self.mark, lemma: doc.range_text(self.mark).to_owned() }),
            content: vec![self.content],
            addressees: Vec::new(),
            when: None,
            occasion: None,
            via: None,
            form: None,
            inside: None,
            confidence,
            speakers: Vec::new(),
            features: Vec::new(),
        }
    }
}
