//! The walk over the gaps of a document: what it has seen of the sentence at hand, and what its rules ask of a place.

use super::gaps::Gap;
use super::marks::Mark;
use crate::text::Document;

/// What the rules say of a gap, and how sure they are. The learned score is added to the vote's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vote {
    /// Nothing learned can change it: a list's item, "Gen. Smith".
    Certain(bool),
    /// Only a strong score against it can: a full stop before a capital.
    Firm(bool),
    /// A guess: no terminal mark, so no sentence ends.
    Lean(bool),
}

impl Vote {
    /// The vote as an addend to the learned score, which is mostly between -10 and 10. Chosen on the dev sets.
    pub(super) fn weight(self) -> f32 {
        match self {
            Self::Certain(true) => f32::MAX,
            Self::Certain(false) => f32::MIN,
            Self::Firm(true) => 6.5,
            Self::Firm(false) => -4.0,
            Self::Lean(true) => 2.0,
            Self::Lean(false) => -1.0,
        }
    }
}

/// What stands before an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) bullet: Option<&'static str>,
    /// The number, or the letter's place in the alphabet; nothing after a lone bullet.
    pub(super) value: Option<u32>,
    pub(super) is_letter: bool,
    pub(super) has_dot: bool,
    pub(super) has_bracket: bool,
}

impl Label {
    /// Whether this label stands before the item after that of another.
    pub(super) fn follows(self, other: Self) -> bool {
        let expected = other.value.map(|value| value + 1);
        Self { value: expected, ..other } == self
    }
}

/// The width of the paragraph at hand.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The paragraph's tokens end here; 0 before the first.
    pub(super) paragraph_end: usize,
    /// Length of its longest line in bytes.
    pub(super) width: usize,
}

/// The walk over one document: where the sentence began and what is open in it.
pub(super) struct Walk<'a> {
    pub(super) doc: &'a Document,
    pub(super) gaps: &'a [Gap],
    pub(super) marks: &'a [Mark],
    /// The learned score of the gap before each token; empty without a model.
    pub(super) scores: &'a [f32],
    pub(super) lines: Lines,
    pub(super) start: usize,
    /// The label that the sentence begins with, and the token after it.
    pub(super) item: Option<(Label, usize)>,
    /// Open brackets: the token of each.
    pub(super) brackets: Vec<usize>,
}

impl Walk<'_> {
    /// The terminal mark that this token is or closes: its index, and how many closing marks stand after it.
    pub(super) fn terminal_before(&self, token_idx: usize) -> Option<(usize, usize)> {
        let mut at = token_idx;
        let mut closers = 0;
        // "… in July 1805. [6] A student …": the number of a note belongs to the sentence before it.
        if token_idx >= self.start + 3 && self.is_note(token_idx - 2) {
            at = token_idx - 3;
            closers = 1;
        }
        while matches!(self.marks[at], Mark::CloseQuote | Mark::CloseBracket) && closers < 4 {
            if at == self.start {
                return None;
            }
            at -= 1;
            closers += 1;
        }
        let terminal =
            matches!(self.marks[at], Mark::FullStop | Mark::Question | Mark::Ellipsis | Mark::Abbreviation(_));
        terminal.then_some((at, closers))
    }

    /// "[17]": the number of a note.
    pub(super) fn is_note(&self, open: usize) -> bool {
        open + 2 < self.marks.len()
            && self.doc.token_text(open) == "["
            && is_number(self.doc.token_text(open + 1))
            && self.doc.token_text(open + 2) == "]"
    }

    /// The first token from here that is no opening mark.
    pub(super) fn first_word(&self, from: usize) -> usize {
        let last = self.marks.len() - 1;
        let opening = |mark: &&Mark| matches!(mark, Mark::OpenQuote | Mark::OpenBracket);
        (from + self.marks[from..].iter().take(4).take_while(opening).count()).min(last)
    }
}

/// Whether a word begins with a small letter and is not written like "iPhone" or "eBay".
pub(super) fn begins_small(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_lowercase) && !letters.next().is_some_and(char::is_uppercase)
}

pub(super) fn begins_capital(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|first| {
        first.is_uppercase() || (first.is_lowercase() && letters.next().is_some_and(char::is_uppercase))
    })
}

pub(super) fn is_number(word: &str) -> bool {
    word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}
