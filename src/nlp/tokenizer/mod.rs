//! Text to tokens, in one pass over the bytes, by the conventions of English-EWT (Universal Dependencies).
//!
//! Contractions and possessives are cut ("do|n't", "Putin|'s"), compounds are three tokens ("long|-|term") unless
//! a prefix holds them ("non-aligned"), an abbreviation keeps its full stop, a web address is one token. Tokens are
//! spans into the text as it stands: nothing is normalized, every byte that is not white space is in exactly one
//! token. Which words the lists under `data/nlp` know decides; nothing is learned here.

mod addresses;
mod chars;
mod full_stop;
mod scan;
mod words;

use std::fmt;

use super::annotate::Annotate;
use crate::text::{Document, Layer, Span};
use chars::{Class, class_at};
use scan::Scan;

/// Cuts a text into tokens. Without state: one can serve all threads.
#[derive(Clone, Copy, Default)]
pub struct Tokenizer;

impl Tokenizer {
    /// A tokenizer over the built-in word lists.
    pub fn new() -> Self {
        Self
    }

    /// The tokens of a text, appended to `tokens`.
    pub fn tokenize(self, text: &str, tokens: &mut Vec<Span>) {
        let mut scan = Scan::new(text, tokens);
        let mut at = 0;
        while at < scan.bytes.len() {
            let (class, len) = class_at(text, at);
            at = match class {
                Class::Space => at + len,
                Class::Letter => scan.word(at),
                Class::Digit => scan.number(at),
                _ => scan.punctuation(at, class, len),
            };
        }
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokenizer")
    }
}

impl Annotate for Tokenizer {
    const FILLS: Layer = Layer::Tokens;
    const NEEDS: &'static [Layer] = &[];

    fn annotate(&mut self, doc: &mut Document) {
        let mut tokens = std::mem::take(&mut doc.tokens);
        tokens.clear();
        self.tokenize(doc.text(), &mut tokens);
        doc.tokens = tokens;
    }
}

/// Whether a token and the next are one word as written: "don't", "Putin's", "cannot". UD calls it a multi-word token.
pub fn is_written_together(doc: &Document, token_idx: usize) -> bool {
    let Some(next) = doc.tokens.get(token_idx + 1) else { return false };
    if doc.tokens[token_idx].end != next.start {
        return false;
    }
    words::is_clitic_after(doc.token_text(token_idx), doc.slice(*next))
}

impl Scan<'_> {
    /// Marks: runs of one sign are one token ("...", "--", "?!", "***"), all others stand alone.
    fn punctuation(&mut self, start: usize, class: Class, len: usize) -> usize {
        let byte = self.bytes[start];
        let end = match (class, byte) {
            (_, b'@') => return self.at_sign(start),
            (Class::Apostrophe, _) => return self.apostrophe(start, len),
            (_, b'.' | b'-' | b'*' | b'=' | b'_' | b'~' | b'+') => {
                let end = self.run(start, |other| other == byte);
                // "+44", and "-5" at the head of a number, but never inside a compound.
                if byte == b'+' && end == start + 1 && self.after_space(start) && self.class(end) == Class::Digit {
                    return self.number_from(start, end);
                }
                end
            }
            (_, b'?' | b'!') => self.run(start, |other| matches!(other, b'?' | b'!')),
            // At most two, whatever follows: a page may have a million of them.
            (_, b'<' | b'>' | b'`') => start + 1 + usize::from(self.byte(start + 1) == byte),
            (_, b'[') if self.bytes[start..].starts_with(b"[...]") => start + 5,
            (_, b':' | b';') if self.after_space(start) => self.smiley(start).unwrap_or(start + len),
            (_, b'#') if self.after_space(start) && self.class(start + 1) == Class::Letter => {
                let (end, _) = self.word_end(start + 1);
                end
            }
            _ => start + len,
        };
        self.push(start, end);
        end
    }

    /// ":)", ";-)" and their like, where white space or the end follows.
    fn smiley(&self, start: usize) -> Option<usize> {
        let mouth = if self.byte(start + 1) == b'-' { start + 2 } else { start + 1 };
        let is_mouth = matches!(self.byte(mouth), b')' | b'(' | b'D' | b'P');
        (is_mouth && self.class(mouth + 1) == Class::Space).then_some(mouth + 1)
    }
}
