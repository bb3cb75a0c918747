//! A text on its way to tokens: what has been found, and what stands at a byte.

use super::chars::{Class, class_at};
use crate::text::{Span, work};

/// One text on its way to tokens. Each method takes the byte to begin at and returns the byte to go on from.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) tokens: &'a mut Vec<Span>,
}

impl<'a> Scan<'a> {
    /// A text of which nothing has been read.
    pub(super) fn new(text: &'a str, tokens: &'a mut Vec<Span>) -> Self {
        Self { text, bytes: text.as_bytes(), tokens }
    }

    pub(super) fn push(&mut self, start: usize, end: usize) {
        debug_assert!(start < end, "a token covers at least one byte");
        work::count(end - start);
        self.tokens.push(Span::new(start, end));
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    /// Class of the character at a byte; the end of the text counts as white space.
    pub(super) fn class(&self, at: usize) -> Class {
        if at < self.bytes.len() { class_at(self.text, at).0 } else { Class::Space }
    }

    /// Whether a letter or digit stands at this byte.
    pub(super) fn is_word(&self, at: usize) -> bool {
        matches!(self.class(at), Class::Letter | Class::Digit)
    }

    /// Whether nothing but white space stands before this byte.
    pub(super) fn after_space(&self, at: usize) -> bool {
        self.tokens.last().is_none_or(|last| (last.end as usize) < at)
    }

    /// Where the run of bytes that are the same ends.
    pub(super) fn run(&self, start: usize, same: impl Fn(u8) -> bool) -> usize {
        let end = start + self.bytes[start..].iter().take_while(|&&byte| same(byte)).count();
        work::count(end - start);
        end
    }
}
