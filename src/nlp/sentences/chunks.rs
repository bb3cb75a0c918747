//! What stands between white space, and the line it stands in: the material of the learned splitter.

use std::ops::Range;

use super::gaps::Gap;
use crate::text::{Document, work};

/// Marks at which sentences end.
pub(super) fn is_ender(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…')
}

/// A longest stretch of characters without white space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) tokens: TokenBounds,
    pub(super) paragraph: u32,
    /// Whether a quotation is open after it, and how many brackets are (at most 2).
    pub(super) inside: [u8; 2],
    /// Number of its parts among the pieces, once it was asked for.
    pub(super) piece: Option<u32>,
}

/// First token and one past the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenBounds {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Finds the chunks of a tokenized document.
pub(super) fn chunks(doc: &Document, gaps: &[Gap], chunks: &mut Vec<Chunk>) {
    chunks.clear();
    let (mut paragraph, mut quoted, mut depth) = (0, false, 0u8);
    let n_tokens = doc.tokens.len();
    let mut first = 0;
    while first < n_tokens {
        let glued = gaps[first + 1..].iter().take_while(|gap| **gap == Gap::None).count();
        let tokens = TokenBounds { start: first, end: first + 1 + glued };
        if gaps[first] == Gap::Paragraph {
            (paragraph, quoted, depth) = (paragraph + 1, false, 0);
        }
        let Range { start, end } = doc.tokens[first].start as usize..doc.tokens[tokens.end - 1].end as usize;
        let text = &doc.text()[start..end];
        // Most chunks hold no mark that counts; the curly ones begin with this byte.
        let counts = |byte: u8| matches!(byte, b'"' | b'(' | b')' | b'[' | b']' | 0xE2);
        let marked = if text.bytes().any(counts) { text } else { "" };
        for character in marked.chars() {
            match character {
                '“' | '„' => quoted = true,
                '”' => quoted = false,
                '"' => quoted = !quoted,
                '(' | '[' => depth = depth.saturating_add(1),
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let inside = [if quoted { b'q' } else { b'-' }, b'0' + depth.min(2)];
        chunks.push(Chunk { start, end, tokens, paragraph, inside, piece: None });
        first = tokens.end;
    }
}

/// Walks over the text once and counts characters and spaces of the line it is in.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line_end: usize,
    in_line: usize,
    /// Spaces of the line before the place.
    pub(super) spaces: usize,
    /// Characters of the line before the place.
    pub(super) characters: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut cursor = Self { text, at: 0, line_end: 0, in_line: 0, spaces: 0, characters: 0 };
        cursor.begin_line();
        cursor
    }

    fn begin_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.line_end = self.at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        work::count(self.line_end - self.at);
        self.in_line = self.text.as_bytes()[self.at..self.line_end].iter().filter(|&&byte| byte == b' ').count();
        (self.spaces, self.characters) = (0, 0);
    }

    /// Goes on to a byte, not back.
    pub(super) fn advance(&mut self, to: usize) {
        while self.line_end < to {
            self.at = self.line_end + 1;
            self.begin_line();
        }
        let passed = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        work::count(passed.len());
        self.spaces += passed.iter().filter(|&&byte| byte == b' ').count();
        self.characters += passed.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        self.at = self.at.max(to);
    }

    /// Spaces of the whole line.
    pub(super) fn spaces_in_line(&self) -> usize {
        self.in_line
    }

    /// Last character of the line.
    pub(super) fn last_of_line(&self) -> Option<char> {
        self.text[..self.line_end].chars().next_back()
    }
}
