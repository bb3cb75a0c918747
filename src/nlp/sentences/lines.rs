//! The end of a line inside a paragraph: a wrapped line, or the end of a headline or of a list's item?
//!
//! A line is wrapped when the next word would not have fitted into the paragraph's width, or begins small. This holds for
//! text wrapped by a program, and costs nothing for text that is not wrapped.

use super::gaps::Gap;
use super::marks::Mark;
use super::walk::{Lines, Vote, Walk, begins_capital, begins_small};

/// Widest column, in bytes, that is taken for wrapped text; longer lines are paragraphs of their own.
const WIDEST_WRAP: usize = 120;

/// Narrowest column, in bytes, that is taken for wrapped text on its width alone.
const NARROWEST_WRAP: usize = 30;

impl Walk<'_> {
    /// Whether the line that ends after this token ends a sentence; nothing where the usual rules decide.
    pub(super) fn vote_on_line(&mut self, token_idx: usize) -> Option<Vote> {
        let next = token_idx + 1;
        if self.is_item(next) {
            return Some(Vote::Certain(true));
        }
        let word = self.doc.token_text(self.first_word(next));
        if self.terminal_before(token_idx).is_some() {
            // "It is run by Acme Inc.\nTwo rivals …": a capital begins a sentence after any abbreviation that is no title.
            let ended = self.marks[token_idx] == Mark::Abbreviation(true) && begins_capital(word);
            return (ended && !self.is_wrapped(token_idx)).then_some(Vote::Firm(true));
        }
        if begins_small(word) || self.marks[token_idx] == Mark::Bullet || self.doc.token_text(token_idx) == "," {
            return Some(Vote::Firm(false));
        }
        Some(Vote::Firm(!self.is_wrapped(token_idx)))
    }

    /// Whether a list's item begins at this token, which is the first of its line.
    fn is_item(&self, token_idx: usize) -> bool {
        let word = self.doc.token_text(token_idx);
        let spaced = self.gaps.get(token_idx + 1) == Some(&Gap::Space);
        match self.marks[token_idx] {
            Mark::Bullet => spaced,
            Mark::Abbreviation(_) => word.as_bytes()[0].is_ascii_digit(),
            Mark::Other => {
                let closed = self.marks.get(token_idx + 1) == Some(&Mark::CloseBracket);
                closed && word.len() <= 2 && self.gaps.get(token_idx + 1) == Some(&Gap::None)
            }
            _ => false,
        }
    }

    /// Whether the next line's first word would not have fitted on this line.
    fn is_wrapped(&mut self, token_idx: usize) -> bool {
        let next = token_idx + 1;
        self.measure(token_idx);
        let length = self.line_length(token_idx);
        let width = self.lines.width;
        let word_length = self.doc.tokens[next].len();
        (NARROWEST_WRAP..=WIDEST_WRAP).contains(&width) && length + 1 + word_length > width
    }

    /// Finds the longest line of the paragraph around a token, once a paragraph.
    fn measure(&mut self, token_idx: usize) {
        if token_idx < self.lines.paragraph_end {
            return;
        }
        let tokens = &self.doc.tokens;
        let mut line_start = self.line_start(token_idx);
        let mut width = 0;
        let mut end = token_idx + 1;
        loop {
            let line_ends = end == tokens.len() || matches!(self.gaps[end], Gap::Line | Gap::Paragraph);
            if line_ends {
                width = width.max((tokens[end - 1].end - tokens[line_start].start) as usize);
                line_start = end;
            }
            if end == tokens.len() || self.gaps[end] == Gap::Paragraph {
                break;
            }
            end += 1;
        }
        self.lines = Lines { paragraph_end: end, width };
    }

    fn line_start(&self, token_idx: usize) -> usize {
        let in_line = self.gaps[..=token_idx].iter().rev().take(WIDEST_WRAP);
        let before = in_line.take_while(|gap| !matches!(gap, Gap::Line | Gap::Paragraph)).count();
        token_idx.saturating_sub(before)
    }

    fn line_length(&self, token_idx: usize) -> usize {
        let start = self.line_start(token_idx);
        (self.doc.tokens[token_idx].end - self.doc.tokens[start].start) as usize
    }
}
