//! Tokens to sentences: at every gap between two tokens, does a sentence end here?
//!
//! Rules over the token before the gap (terminal mark, abbreviation, closing quotation mark), the gap (blank line, end of a
//! line, nothing) and the word after it; brackets and quotation marks are followed along the way. A closing quotation
//! mark belongs to the sentence before it. What a sentence *is* (headline, boilerplate) is not decided here.

mod boundary;
mod chunks;
mod gaps;
mod items;
mod lines;
mod marks;
mod pieces;
mod walk;

use std::sync::Arc;

use super::annotate::Annotate;
use super::word_lists::{SAYING_VERBS, SENTENCE_STARTERS};
use crate::text::{Document, Layer, Sentence, SentenceKind, TokenRange};
use boundary::BoundarySpace;
use gaps::Gap;
use marks::{Mark, Quotes, mark_of};
use walk::{Lines, Vote, Walk, begins_capital, begins_small, is_number};

pub use boundary::BoundaryModel;

/// Tokens after which an open bracket is taken for one that will never be closed.
const LONGEST_BRACKET: usize = 100;

/// Tokens after a quoted question among which a verb of saying is looked for ("“Is it over?” Mrs. Bell asked").
const LONGEST_CREDIT: usize = 6;

/// Finds the sentences and paragraphs of a tokenized document.
#[derive(Debug, Clone, Default)]
pub struct SentenceSplitter {
    model: Option<Arc<BoundaryModel>>,
    marks: Vec<Mark>,
    gaps: Vec<Gap>,
    space: BoundarySpace,
    scores: Vec<f32>,
}

impl SentenceSplitter {
    /// A splitter over the built-in word lists.
    pub fn new() -> Self {
        Self::default()
    }

    /// A splitter that also listens to what was learned.
    pub fn with_model(model: Arc<BoundaryModel>) -> Self {
        Self { model: Some(model), ..Self::default() }
    }
}

impl Annotate for SentenceSplitter {
    const FILLS: Layer = Layer::Sentences;
    const NEEDS: &'static [Layer] = &[Layer::Tokens];

    fn annotate(&mut self, doc: &mut Document) {
        self.gaps.clear();
        self.gaps.extend(gaps::gaps(doc));
        self.marks.clear();
        let mut quotes = Quotes::default();
        for token_idx in 0..doc.tokens.len() {
            if self.gaps[token_idx] == Gap::Paragraph {
                quotes = Quotes::default();
            }
            let space_before = self.gaps[token_idx] != Gap::None;
            let space_after = self.gaps.get(token_idx + 1).is_none_or(|gap| *gap != Gap::None);
            self.marks.push(mark_of(doc.token_text(token_idx), space_before, space_after, &mut quotes));
        }

        match &self.model {
            Some(model) => model.score(doc, &self.gaps, &mut self.space, &mut self.scores),
            None => self.scores.clear(),
        }

        let mut sentences = std::mem::take(&mut doc.sentences);
        sentences.clear();
        let mut walk = Walk::new(doc, &self.gaps, &self.marks, &self.scores);
        let mut start = 0;
        let mut paragraph = 0;
        for token_idx in 0..doc.tokens.len() {
            let last = token_idx + 1 == doc.tokens.len();
            walk.enter(token_idx);
            if last || walk.ends_after(token_idx) {
                let tokens = TokenRange::new(start, token_idx + 1);
                sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
                start = token_idx + 1;
                walk.begin(start);
                paragraph += u32::from(!last && self.gaps[start] == Gap::Paragraph);
            }
        }
        doc.sentences = sentences;
    }
}

impl<'a> Walk<'a> {
    fn new(doc: &'a Document, gaps: &'a [Gap], marks: &'a [Mark], scores: &'a [f32]) -> Self {
        let mut walk =
            Self { doc, gaps, marks, scores, lines: Lines::default(), start: 0, item: None, brackets: Vec::new() };
        walk.begin(0);
        walk
    }

    fn begin(&mut self, token_idx: usize) {
        self.start = token_idx;
        self.item = self.label(token_idx);
        self.brackets.clear();
    }

    fn enter(&mut self, token_idx: usize) {
        match self.marks[token_idx] {
            Mark::OpenBracket => self.brackets.push(token_idx),
            Mark::CloseBracket => {
                self.brackets.pop();
            }
            _ => {}
        }
    }

    /// Whether the sentence ends after this token, which is not the last: the rules' voice and the learned one together.
    fn ends_after(&mut self, token_idx: usize) -> bool {
        let vote = self.vote(token_idx).weight();
        match self.scores.get(token_idx + 1) {
            Some(learned) if !learned.is_nan() => vote + learned > 0.0,
            _ => vote > 0.0,
        }
    }

    /// What the rules say.
    fn vote(&mut self, token_idx: usize) -> Vote {
        let next = token_idx + 1;
        match self.gaps[next] {
            Gap::Paragraph => return Vote::Certain(true),
            Gap::Line => {
                if let Some(decided) = self.vote_on_line(token_idx) {
                    return decided;
                }
            }
            Gap::None | Gap::Space => {}
        }
        if let Some(ends) = self.vote_on_item(token_idx) {
            return Vote::Certain(ends);
        }
        if matches!(self.marks[next], Mark::CloseQuote | Mark::CloseBracket) && self.gaps[next] == Gap::None {
            return Vote::Certain(false);
        }
        let Some((terminal, closers)) = self.terminal_before(token_idx) else { return Vote::Lean(false) };
        if self.in_bracket(token_idx) {
            return Vote::Firm(false);
        }
        self.vote_on_terminal(terminal, closers, next)
    }

    /// Whether a bracket that began inside the sentence is still open.
    fn in_bracket(&self, token_idx: usize) -> bool {
        self.brackets.iter().any(|&open| open > self.start && token_idx - open < LONGEST_BRACKET)
    }

    fn vote_on_terminal(&self, terminal: usize, closers: usize, next: usize) -> Vote {
        let first_word = self.first_word(next);
        let word = self.doc.token_text(first_word);
        let begins_small = begins_small(word);
        let lost_space = self.gaps[next] == Gap::None;
        if self.is_note(next) {
            return Vote::Certain(false);
        }
        match self.marks[terminal] {
            // ". . ." is one ellipsis.
            Mark::FullStop if self.marks[next] == Mark::FullStop => Vote::Certain(false),
            Mark::FullStop if self.is_spaced_ellipsis(terminal) => Vote::Firm(!begins_small),
            Mark::FullStop => {
                // "1. Withdraw the troops.": the number of a list's item.
                let is_item = terminal == self.start + 1 && is_number(self.doc.token_text(self.start));
                let goes_on = begins_small && (lost_space || closers > 0);
                let inside_word = lost_space && closers == 0 && !begins_capital(word);
                Vote::Firm(!(is_item || goes_on || inside_word))
            }
            Mark::Question => {
                let credited = closers > 0 && self.is_credit(first_word);
                let inside_word = lost_space && !begins_capital(word) && first_word == next;
                if credited {
                    Vote::Certain(false)
                } else if begins_small || inside_word {
                    // "Yahoo! and", but also what hurried writers write: "are you kidding? why would you".
                    if closers > 0 { Vote::Firm(false) } else { Vote::Lean(false) }
                } else {
                    Vote::Firm(true)
                }
            }
            Mark::Ellipsis if closers > 0 && self.is_credit(first_word) => Vote::Certain(false),
            Mark::Ellipsis if begins_capital(word) => Vote::Lean(true),
            Mark::Ellipsis => Vote::Lean(false),
            Mark::Abbreviation(false) if closers == 0 => Vote::Certain(false),
            Mark::Abbreviation(may_end) => {
                let begins = SENTENCE_STARTERS.contains(word) || self.marks[next] == Mark::OpenQuote;
                if closers > 0 {
                    Vote::Firm(begins_capital(word) && may_end)
                } else if terminal == self.start {
                    Vote::Firm(false)
                } else if begins {
                    Vote::Firm(true)
                } else {
                    Vote::Lean(false)
                }
            }
            _ => Vote::Lean(false),
        }
    }

    fn is_spaced_ellipsis(&self, token_idx: usize) -> bool {
        token_idx > self.start && self.marks[token_idx - 1] == Mark::FullStop
    }

    /// "Mrs. Bell asked": a few capitalized words and a verb of saying.
    fn is_credit(&self, from: usize) -> bool {
        let until = (from + LONGEST_CREDIT).min(self.marks.len());
        for token_idx in from..until {
            let word = self.doc.token_text(token_idx);
            if SAYING_VERBS.contains(word) {
                return token_idx > from;
            }
            if matches!(self.marks[token_idx], Mark::FullStop | Mark::Question | Mark::OpenQuote) {
                return false;
            }
        }
        false
    }
}
