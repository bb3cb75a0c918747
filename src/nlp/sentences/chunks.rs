//! What stands between white space, cut into marks before, word and marks after: the material of the learned splitter.

use std::ops::Range;

use super::gaps::Gap;
use crate::nlp::encoder::features::{fold_into, lower_into, shape_into};
use crate::text::Document;

/// Marks at which sentences end.
pub(super) fn is_ender(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…')
}

/// A run of characters without white space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) tokens: TokenBounds,
    pub(super) paragraph: u32,
    /// Whether a quotation is open after it, and how many brackets are (at most 2).
    pub(super) inside: [u8; 2],
}

/// First token and one past the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenBounds {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A chunk's parts, as ranges of the strings of [`Pieces`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    folded: (usize, usize),
    core: (usize, usize),
    lead_end: usize,
    tail_start: usize,
    shape: (usize, usize),
    /// Class of the first character that has one: U, l, d or -.
    pub(super) first: u8,
    /// Characters of the core.
    pub(super) core_length: usize,
}

/// The parts of many chunks, in two strings.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    /// Folded chunks one after the other.
    folded: String,
    /// Their cores as word forms.
    cores: String,
    shapes: String,
    scratch: String,
    lowered: String,
}

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.folded.clear();
        self.cores.clear();
        self.shapes.clear();
    }

    pub(super) fn push(&mut self, chunk: &str) {
        fold_into(chunk, &mut self.scratch);
        let folded = self.scratch.as_str();
        let stem = folded.trim_start_matches(|character: char| !character.is_alphanumeric());
        let lead = folded.len() - stem.len();
        let stem = stem.trim_end_matches(|character: char| !character.is_alphanumeric());
        let start = self.folded.len();
        self.folded.push_str(folded);
        let core_start = self.cores.len();
        lower_into(stem, &mut self.lowered);
        self.cores
            .extend(self.lowered.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }));
        let shape_start = self.shapes.len();
        shape_into(folded, &mut self.shapes);
        self.pieces.push(Piece {
            folded: (start, self.folded.len()),
            core: (core_start, self.cores.len()),
            lead_end: start + lead,
            tail_start: start + lead + stem.len(),
            shape: (shape_start, self.shapes.len()),
            first: first_class(chunk),
            core_length: self.cores[core_start..].chars().count(),
        });
    }

    pub(super) fn get(&self, chunk_idx: usize) -> Piece {
        self.pieces[chunk_idx]
    }

    /// The word: lower case, digits 0. Empty for marks alone.
    pub(super) fn core(&self, piece: Piece) -> &[u8] {
        &self.cores.as_bytes()[piece.core.0..piece.core.1]
    }

    /// Marks before the word; all there is, if there is no word.
    pub(super) fn lead(&self, piece: Piece) -> &[u8] {
        &self.folded.as_bytes()[piece.folded.0..piece.lead_end]
    }

    /// Marks after the word; all there is, if there is no word.
    pub(super) fn tail(&self, piece: Piece) -> &[u8] {
        let start = if piece.core_length == 0 { piece.folded.0 } else { piece.tail_start };
        &self.folded.as_bytes()[start..piece.folded.1]
    }

    /// The shape of the whole chunk.
    pub(super) fn shape(&self, piece: Piece) -> &[u8] {
        &self.shapes.as_bytes()[piece.shape.0..piece.shape.1]
    }
}

fn first_class(chunk: &str) -> u8 {
    let class = |character: char| match character {
        _ if character.is_uppercase() => Some(b'U'),
        _ if character.is_lowercase() => Some(b'l'),
        _ if character.is_ascii_digit() => Some(b'd'),
        _ => None,
    };
    chunk.chars().find_map(class).unwrap_or(b'-')
}

/// Finds the chunks of a tokenised document and cuts each into its parts.
pub(super) fn chunks(doc: &Document, gaps: &[Gap], chunks: &mut Vec<Chunk>, pieces: &mut Pieces) {
    chunks.clear();
    pieces.clear();
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
        for character in text.chars() {
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
        chunks.push(Chunk { start, end, tokens, paragraph, inside });
        pieces.push(text);
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
