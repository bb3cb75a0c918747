//! The learned voice: a score for each gap at which a sentence might end.
//!
//! A gap's surroundings become two dozen hashed strings; the rows of one small table are added up, negative sums are
//! dropped, the rest weighed. Candidates and strings are those of `docs/model-format.md`, chapter "Sentence boundaries".
//! The strings are never built: a hash is continued over the pieces they consist of.

use super::chunks::{Chunk, Cursor, Piece, Pieces, chunks, is_ender};
use super::gaps::Gap;
use crate::nlp::encoder::features::{EMPTY_HASH, fnv1a};
use crate::nlp::encoder::layers::weights;
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::Document;

/// Columns of the table.
const COLUMNS: usize = 16;

/// Strings of a gap.
const N_FEATURES: usize = 24;

/// Longest chunk, in bytes, in which lost spaces are looked for: each place costs as much as the chunk is long.
const LONGEST_GLUED: usize = 200;

/// Between the pieces of a string.
const SEPARATOR: &[u8] = &[0x1f];

/// The table and what its sums are worth.
#[derive(Debug)]
pub struct BoundaryModel {
    table: Vec<[f32; COLUMNS]>,
    out: [f32; COLUMNS],
    threshold: f32,
}

/// Working space.
#[derive(Debug, Clone, Default)]
pub(super) struct BoundarySpace {
    chunks: Vec<Chunk>,
    pieces: Pieces,
    inner: Pieces,
}

impl BoundaryModel {
    /// Reads the model's section, if the file holds one.
    ///
    /// # Errors
    /// If the section has not the shape that the format asks for.
    pub fn read(file: &ModelFile) -> Result<Option<Self>, ModelError> {
        if file.section("boundary.weight").is_none() {
            return Ok(None);
        }
        let numbers = weights(file, "boundary.weight", COLUMNS)?;
        let mut table: Vec<[f32; COLUMNS]> =
            numbers.chunks_exact(COLUMNS).map(|row| std::array::from_fn(|column| row[column])).collect();
        let out = table.pop().unwrap_or_default();
        if !table.len().is_power_of_two() {
            return Err(file
                .required("boundary.weight")?
                .wrong(format!("its {} rows are no power of two", table.len())));
        }
        Ok(Some(Self { table, out, threshold: file.decimal("boundary_threshold")? }))
    }

    /// For each token, how much speaks for a sentence beginning with it: above 0 for, below 0 against, not a number where
    /// the gap before it is no candidate.
    pub(super) fn score(&self, doc: &Document, gaps: &[Gap], space: &mut BoundarySpace, scores: &mut Vec<f32>) {
        scores.clear();
        scores.resize(doc.tokens.len(), f32::NAN);
        chunks(doc, gaps, &mut space.chunks, &mut space.pieces);
        let mut cursor = Cursor::new(doc.text());
        for chunk_idx in 0..space.chunks.len() {
            let chunk = space.chunks[chunk_idx];
            if chunk.end - chunk.start <= LONGEST_GLUED {
                let glued = doc.tokens[chunk.tokens.start..chunk.tokens.end].iter().enumerate().skip(1);
                for (place, token) in glued {
                    let at = token.start as usize;
                    if chunk.may_end_inside(doc.text(), at) {
                        let score = self.score_inside(doc.text(), chunk_idx, at, &mut cursor, space);
                        scores[chunk.tokens.start + place] = score;
                    }
                }
            }
            let Some(next) = space.chunks.get(chunk_idx + 1) else { break };
            if next.paragraph == chunk.paragraph && chunk.may_end_before(next, doc.text(), gaps) {
                let around = Around {
                    left: space.pieces.get(chunk_idx),
                    right: space.pieces.get(chunk_idx + 1),
                    pieces: &space.pieces,
                    left_strings: &space.pieces,
                    n_before: chunk_idx,
                    n_after: chunk_idx + 2,
                };
                scores[next.tokens.start] =
                    self.score_gap(doc.text(), chunk_idx, (chunk.end, next.start), &around, &mut cursor, space);
            }
        }
    }
}

/// The pieces around a gap.
struct Around<'a> {
    left: Piece,
    right: Piece,
    pieces: &'a Pieces,
    left_strings: &'a Pieces,
    /// Chunks before this one stand before the left chunk.
    n_before: usize,
    /// Chunks from this one on stand after the right chunk.
    n_after: usize,
}

/// The hashes of a gap's strings, one after the other.
struct Rows<'a> {
    table: &'a [[f32; COLUMNS]],
    sums: [f32; COLUMNS],
    number: u8,
}

impl Rows<'_> {
    fn add(&mut self, parts: &[&[u8]]) {
        let hash = parts.iter().fold(fnv1a(&[self.number], EMPTY_HASH), |hash, part| fnv1a(part, hash));
        self.number += 1;
        let mixed = (hash >> 32) ^ hash;
        let row = usize::try_from(mixed & (self.table.len() as u64 - 1))
            .expect("a table has fewer rows than memory has bytes");
        for (sum, weight) in self.sums.iter_mut().zip(&self.table[row]) {
            *sum += weight;
        }
    }
}

impl BoundaryModel {
    /// A gap within a chunk, before the byte `at`: a space was lost.
    fn score_inside(
        &self,
        text: &str,
        chunk_idx: usize,
        at: usize,
        cursor: &mut Cursor<'_>,
        space: &mut BoundarySpace,
    ) -> f32 {
        let chunk = space.chunks[chunk_idx];
        space.inner.clear();
        space.inner.push(&text[chunk.start..at]);
        space.inner.push(&text[at..chunk.end]);
        let around = Around {
            left: space.inner.get(0),
            right: space.inner.get(1),
            pieces: &space.pieces,
            left_strings: &space.inner,
            n_before: chunk_idx,
            n_after: chunk_idx + 1,
        };
        self.score_gap(text, chunk_idx, (at, at), &around, cursor, space)
    }

    fn score_gap(
        &self,
        text: &str,
        chunk_idx: usize,
        (left_end, right_start): (usize, usize),
        around: &Around<'_>,
        cursor: &mut Cursor<'_>,
        space: &BoundarySpace,
    ) -> f32 {
        let own = around.left_strings;
        let (left, right) = (around.left, around.right);
        let chunk = &space.chunks[chunk_idx];
        let piece = |at: Option<usize>| -> Option<Piece> {
            let at = at.filter(|at| space.chunks.get(*at).is_some_and(|other| other.paragraph == chunk.paragraph))?;
            Some(around.pieces.get(at))
        };
        let core = |piece: Option<Piece>| piece.map_or(&[][..], |piece| around.pieces.core(piece));
        let shape = |piece: Option<Piece>| piece.map_or(&[][..], |piece| around.pieces.shape(piece));
        let before = piece(around.n_before.checked_sub(1));
        let before_that = piece(around.n_before.checked_sub(2));
        let (after, after_that) = (piece(Some(around.n_after)), piece(Some(around.n_after + 1)));

        let (c1, t1) = (own.core(left), own.tail(left));
        let (lead, w1) = (own.lead(right), own.core(right));
        let first: &[u8] = &[right.first];
        let between = &text.as_bytes()[left_end..right_start];
        let kind: &[u8] = match between {
            [] => b"n",
            _ if between.contains(&b'\n') => b"l",
            _ if text[left_end..right_start].chars().nth(1).is_none() => b"s",
            _ => b"m",
        };
        cursor.advance(left_end);
        let (line_spaces, line_length) = (cursor.spaces, cursor.characters);
        cursor.advance(right_start);
        let rest_spaces = cursor.spaces_in_line() - cursor.spaces;
        let line_last = cursor.last_of_line();
        let last_of_tail = t1.last().map_or(&b"-"[..], |_| last_character(t1));
        let length_class = [b'0' + u8::try_from((line_length / 10).min(9)).unwrap_or(9)];
        let dotted: &[u8] = if c1.contains(&b'.') { b"." } else { b"-" };
        let rest_end: &[u8] = match line_last {
            Some('…') => b".",
            Some(last @ ('.' | '!' | '?')) => match last {
                '.' => b".",
                '!' => b"!",
                _ => b"?",
            },
            _ => b"-",
        };

        let mut rows = Rows { table: &self.table, sums: [0.0; COLUMNS], number: 0 };
        let s = SEPARATOR;
        rows.add(&[]);
        rows.add(&[t1]);
        rows.add(&[c1]);
        rows.add(&[c1, s, t1]);
        rows.add(&[own.shape(left)]);
        rows.add(&[lead, s, first]);
        rows.add(&[w1]);
        rows.add(&[own.shape(right)]);
        rows.add(&[t1, s, lead, s, first]);
        rows.add(&[core(before)]);
        rows.add(&[shape(before), s, own.shape(left)]);
        rows.add(&[core(after)]);
        rows.add(&[own.shape(right), s, shape(after)]);
        rows.add(&[kind, s, t1, s, first]);
        rows.add(&[&chunk.inside, s, t1]);
        rows.add(&[bucket(left.core_length), s, t1, s, first]);
        rows.add(&[kind, s, bucket(line_spaces + 1), s, t1]);
        rows.add(&[kind, s, bucket(rest_spaces + 1), s, t1]);
        rows.add(&[kind, s, &length_class, s, last_of_tail, first]);
        rows.add(&[dotted, w1, s, t1]);
        rows.add(&[rest_end, s, t1, s, kind]);
        rows.add(&[c1, s, w1]);
        rows.add(&[core(before_that)]);
        rows.add(&[core(after_that)]);
        debug_assert_eq!(usize::from(rows.number), N_FEATURES, "every string of the format is there");
        let score: f32 = rows.sums.iter().zip(&self.out).map(|(sum, out)| sum.max(0.0) * out).sum();
        score - self.threshold
    }
}

fn last_character(text: &[u8]) -> &[u8] {
    let start = (0..text.len()).rev().find(|&at| text[at] & 0xC0 != 0x80).unwrap_or(0);
    &text[start..]
}

fn bucket(n: usize) -> &'static [u8] {
    match n {
        0 => b"0",
        1 => b"1",
        2 => b"2",
        3 => b"3",
        4 => b"4",
        5..=7 => b"5",
        8..=14 => b"8",
        _ => b"15",
    }
}

impl Chunk {
    /// Whether a sentence may end between this chunk and the next.
    fn may_end_before(&self, next: &Chunk, text: &str, gaps: &[Gap]) -> bool {
        let continues = text[..self.end].chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == ',');
        gaps[next.tokens.start] == Gap::Line
            || !continues
            || !text[next.start..].chars().next().is_some_and(char::is_lowercase)
    }

    /// Whether a space may have been lost before this byte of the chunk.
    fn may_end_inside(&self, text: &str, at: usize) -> bool {
        let next = text[at..].chars().next().unwrap_or(' ');
        if !(next.is_uppercase() || matches!(next, '"' | '“' | '(')) {
            return false;
        }
        let mut before = text[self.start..at].chars().rev();
        let last = before.next().unwrap_or(' ');
        if !(is_ender(last) || matches!(last, '"' | '\'' | '”' | '’' | ')')) {
            return false;
        }
        let ended = text[self.start..at].chars().rev().take(3).any(is_ender);
        let stem = text[self.start..at].trim_end_matches(|character: char| !character.is_alphanumeric());
        let last = stem.chars().next_back();
        ended && stem.chars().nth(1).is_some() && last.is_some_and(|last| last.is_lowercase() || last.is_numeric())
    }
}
