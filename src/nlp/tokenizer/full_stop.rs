//! Whether a full stop belongs to the word before it.

use super::chars::{Class, class_at};
use super::scan::Scan;
use crate::nlp::word_lists::{ABBREVIATIONS, Abbreviation};

impl Scan<'_> {
    /// The end of a word that a full stop follows: with the full stop for abbreviations, initials and acronyms.
    pub(super) fn with_full_stop(&self, start: usize, dot: usize) -> usize {
        let after = dot + 1;
        if self.byte(after) == b'.' {
            return dot;
        }
        let word = &self.text[start..dot];
        let keeps = if word.len() == 1 && word != "v" {
            self.is_initial(start, after)
        } else if is_acronym(word) {
            true
        } else {
            match ABBREVIATIONS.get(word) {
                None => false,
                Some(Abbreviation::Title) => self.next_visible(after).is_some(),
                Some(Abbreviation::Plain) => true,
                Some(Abbreviation::Number) => self.next_visible(after).is_some_and(char::is_numeric),
                Some(Abbreviation::Word) => {
                    self.next_visible(after).is_some_and(|next| next.is_lowercase() || next.is_numeric() || next == ',')
                }
            }
        };
        if keeps { after } else { dot }
    }

    /// A single letter before a full stop: an initial before a capital ("Robert F. Dunne") or inside a sentence, but
    /// not "Plan B." at the end of one.
    fn is_initial(&self, start: usize, after: usize) -> bool {
        let Some(next) = self.next_visible(after) else { return false };
        let letter = self.bytes[start];
        if letter.is_ascii_lowercase() {
            return next.is_numeric() || next == ',';
        }
        // "So did I. Then": the pronoun is no initial unless a name's part stands before it.
        let after_name = self.tokens.last().is_some_and(|last| self.bytes[last.start as usize].is_ascii_uppercase());
        if letter == b'I' && !after_name {
            return false;
        }
        next.is_alphanumeric() || next == ','
    }

    /// The next character that is not white space, unless a blank line stands between.
    fn next_visible(&self, from: usize) -> Option<char> {
        let mut at = from;
        let mut newlines = 0;
        while at < self.bytes.len() {
            let (class, len) = class_at(self.text, at);
            if class != Class::Space {
                return self.text[at..].chars().next();
            }
            newlines += usize::from(self.bytes[at] == b'\n');
            if newlines > 1 || at - from > LONGEST_GAP {
                return None;
            }
            at += len;
        }
        None
    }
}

/// White space looked through for the next word, in bytes; more is as good as the end of the text.
const LONGEST_GAP: usize = 64;

/// "U.S", "a.m", "Ph.D": parts of one or two letters between full stops.
fn is_acronym(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.len() <= 2 && part.chars().all(char::is_alphabetic))
}
