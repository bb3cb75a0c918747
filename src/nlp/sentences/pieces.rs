//! The parts of a chunk and their hashes, worked out once for each spelling and kept from article to article.
//!
//! A string of the boundary model begins with its number, so each part is hashed once for every string that begins with it
//! (or consists of it), and a gap only continues these hashes. What is kept does not depend on when it was computed.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::nlp::folding::{fold_into, lower_into, shape_into};
use crate::nlp::hashing::{EMPTY_HASH, Fnv, fnv1a};

/// Between the parts of a string.
pub(super) const SEPARATOR: &[u8] = &[0x1f];

/// Strings of a gap.
pub(super) const N_STRINGS: u8 = 24;

/// Forms after which everything is forgotten: about 6 MB a thread.
const CAPACITY: usize = 16384;

/// Longest spelling that is kept, in bytes: longer ones do not come again.
const LONGEST_KEPT: usize = 64;

/// The hash of a string that goes on with `parts`.
pub(super) fn begin(number: u8, parts: &[&[u8]]) -> u64 {
    parts.iter().fold(fnv1a(&[number], EMPTY_HASH), |hash, part| fnv1a(part, hash))
}

/// A chunk's parts, as ranges of the strings of [`Pieces`], and hashes named after the strings they are or begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    core: (usize, usize),
    lead: (usize, usize),
    tail: (usize, usize),
    shape: (usize, usize),
    /// Class of the first character that has one: U, l, d or -.
    pub(super) first: u8,
    /// Characters of the core.
    pub(super) core_length: usize,
    /// Whether the core holds a full stop.
    pub(super) is_dotted: bool,
    /// As the chunk before the gap: whole strings.
    pub(super) tail_1: u64,
    pub(super) core_2: u64,
    pub(super) shape_4: u64,
    /// Beginnings of strings.
    pub(super) core_3: u64,
    pub(super) core_21: u64,
    /// As the chunk after the gap: whole strings.
    pub(super) lead_5: u64,
    pub(super) core_6: u64,
    pub(super) shape_7: u64,
    /// Beginnings of strings; the core behind `-` and behind `.`.
    pub(super) shape_12: u64,
    pub(super) core_19: [u64; 2],
    /// As the second chunk before the gap: the core, and the beginning with the shape.
    pub(super) core_9: u64,
    pub(super) shape_10: u64,
    /// As the second chunk after the gap, the third before and the third after.
    pub(super) core_11: u64,
    pub(super) core_22: u64,
    pub(super) core_23: u64,
}

/// The parts of many chunks.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    numbers: HashMap<Box<str>, u32, BuildHasherDefault<Fnv>>,
    /// All parts, one after the other.
    text: String,
    folded: String,
    lowered: String,
}

/// Number of the piece that stands for a chunk beyond the paragraph's ends: every part is empty.
pub(super) const ABSENT: u32 = 0;

impl Pieces {
    /// Forgets everything if too much is kept, or nothing is yet, and says so: numbers given before are void then.
    pub(super) fn make_room(&mut self) -> bool {
        let is_due = self.pieces.is_empty() || self.pieces.len() > CAPACITY;
        if is_due {
            self.forget();
        }
        is_due
    }

    /// Forgets all but the absent piece.
    pub(super) fn forget(&mut self) {
        self.pieces.clear();
        self.numbers.clear();
        self.text.clear();
        self.push("");
    }

    /// Number of a chunk's parts, worked out if the chunk is new.
    pub(super) fn number(&mut self, chunk: &str) -> u32 {
        if chunk.len() > LONGEST_KEPT {
            return self.push(chunk);
        }
        if let Some(number) = self.numbers.get(chunk) {
            return *number;
        }
        let number = self.push(chunk);
        self.numbers.insert(chunk.into(), number);
        number
    }

    /// Works out the parts of a chunk.
    pub(super) fn push(&mut self, chunk: &str) -> u32 {
        let number = u32::try_from(self.pieces.len()).expect("an article has fewer than 2^32 chunks");
        fold_into(chunk, &mut self.folded);
        let marks = |character: char| !character.is_alphanumeric();
        let stem = self.folded.trim_start_matches(marks);
        let lead_length = self.folded.len() - stem.len();
        let stem = stem.trim_end_matches(marks);

        let start = self.text.len();
        self.text.push_str(&self.folded);
        let folded = (start, self.text.len());
        let lead = (start, start + lead_length);
        // Marks alone are both lead and tail.
        let tail = if stem.is_empty() { folded } else { (lead.1 + stem.len(), folded.1) };
        lower_into(stem, &mut self.lowered);
        let digits = |character: char| if character.is_ascii_digit() { '0' } else { character };
        self.text.extend(self.lowered.chars().map(digits));
        let core = (folded.1, self.text.len());
        shape_into(&self.folded, &mut self.text);
        let shape = (core.1, self.text.len());

        let part = |(start, end): (usize, usize)| &self.text.as_bytes()[start..end];
        let (core_text, shape_text) = (part(core), part(shape));
        let first = first_class(chunk);
        let s = SEPARATOR;
        self.pieces.push(Piece {
            core,
            lead,
            tail,
            shape,
            first,
            core_length: self.text[core.0..core.1].chars().count(),
            is_dotted: core_text.contains(&b'.'),
            tail_1: begin(1, &[part(tail)]),
            core_2: begin(2, &[core_text]),
            shape_4: begin(4, &[shape_text]),
            core_3: begin(3, &[core_text, s]),
            core_21: begin(21, &[core_text, s]),
            lead_5: begin(5, &[part(lead), s, &[first]]),
            core_6: begin(6, &[core_text]),
            shape_7: begin(7, &[shape_text]),
            shape_12: begin(12, &[shape_text, s]),
            core_19: [b"-", b"."].map(|mark| begin(19, &[mark, core_text, s])),
            core_9: begin(9, &[core_text]),
            shape_10: begin(10, &[shape_text, s]),
            core_11: begin(11, &[core_text]),
            core_22: begin(22, &[core_text]),
            core_23: begin(23, &[core_text]),
        });
        number
    }

    pub(super) fn get(&self, number: u32) -> &Piece {
        &self.pieces[number as usize]
    }

    /// The word: lower case, digits 0. Empty for marks alone.
    pub(super) fn core(&self, piece: &Piece) -> &[u8] {
        &self.text.as_bytes()[piece.core.0..piece.core.1]
    }

    /// Marks before the word; all there is, if there is no word.
    pub(super) fn lead(&self, piece: &Piece) -> &[u8] {
        &self.text.as_bytes()[piece.lead.0..piece.lead.1]
    }

    /// Marks after the word; all there is, if there is no word.
    pub(super) fn tail(&self, piece: &Piece) -> &[u8] {
        &self.text.as_bytes()[piece.tail.0..piece.tail.1]
    }

    /// The shape of the whole chunk.
    pub(super) fn shape(&self, piece: &Piece) -> &[u8] {
        &self.text.as_bytes()[piece.shape.0..piece.shape.1]
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
