//! The learned voice: a score for each gap at which a sentence might end.
//!
//! A gap's surroundings become two dozen hashed strings; the rows of one small table are added up, negative sums are
//! dropped, the rest weighed. Candidates and strings are those of `docs/model-format.md`, chapter "Sentence boundaries".
//! The strings are never built: what of them depends on one chunk alone is a hash that is kept with it, which is
//! continued over the rest.

use super::chunks::{Chunk, Cursor, chunks, is_ender};
use super::gaps::Gap;
use super::pieces::{ABSENT, N_STRINGS, Pieces, SEPARATOR, begin};
use crate::nlp::hashing::{fnv1a, row};
use crate::nlp::model_file::{ModelError, ModelFile, weights};
use crate::text::Document;

/// Columns of the table.
const COLUMNS: usize = 16;

/// Longest chunk, in bytes, in which lost spaces are looked for: each place costs as much as the chunk is long.
const LONGEST_GLUED: usize = 200;

/// The table and what its sums are worth.
#[derive(Debug)]
pub struct BoundaryModel {
    table: Vec<[f32; COLUMNS]>,
    out: [f32; COLUMNS],
    threshold: f32,
}

/// Working space, with what is known of the chunks seen.
#[derive(Debug, Clone, Default)]
pub(super) struct BoundarySpace {
    chunks: Vec<Chunk>,
    pieces: Pieces,
    /// The two halves of a chunk in which a space was lost.
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
        chunks(doc, gaps, &mut space.chunks);
        space.pieces.make_room();
        let mut cursor = Cursor::new(doc.text());
        for chunk_idx in 0..space.chunks.len() {
            let chunk = space.chunks[chunk_idx];
            if chunk.end - chunk.start <= LONGEST_GLUED {
                let glued = doc.tokens[chunk.tokens.start..chunk.tokens.end].iter().enumerate().skip(1);
                for (place, token) in glued {
                    let at = token.start as usize;
                    if chunk.may_end_inside(doc.text(), at) {
                        scores[chunk.tokens.start + place] =
                            self.score_inside(doc.text(), chunk_idx, at, &mut cursor, space);
                    }
                }
            }
            let Some(next) = space.chunks.get(chunk_idx + 1) else { break };
            if next.paragraph == chunk.paragraph && chunk.may_end_before(next, doc.text(), gaps) {
                let (gap, token) = ((chunk.end, next.start), next.tokens.start);
                let near = space.near(doc.text(), chunk_idx, chunk_idx + 1);
                let (left, right) = (near[2], near[3]);
                let around =
                    Around { left: (&space.pieces, left), right: (&space.pieces, right), near, pieces: &space.pieces };
                scores[token] = self.score_gap(doc.text(), &chunk, gap, &around, &mut cursor);
            }
        }
    }

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
        space.inner.forget();
        let left = space.inner.push(&text[chunk.start..at]);
        let right = space.inner.push(&text[at..chunk.end]);
        let near = space.near(text, chunk_idx, chunk_idx);
        let around = Around { left: (&space.inner, left), right: (&space.inner, right), near, pieces: &space.pieces };
        self.score_gap(text, &chunk, (at, at), &around, cursor)
    }
}

impl BoundarySpace {
    /// Numbers of the pieces around a gap: the third, second and first chunk before it, the first, second and third after it.
    fn near(&mut self, text: &str, left: usize, right: usize) -> [u32; 6] {
        if self.pieces.make_room() {
            // Chunks further on have not been asked for, those before will not be again.
            for chunk in self.chunks.iter_mut().take(right + 4).skip(left.saturating_sub(3)) {
                chunk.piece = None;
            }
        }
        let paragraph = self.chunks[left].paragraph;
        let mut number = |chunk_idx: Option<usize>| {
            let chunk = chunk_idx.and_then(|chunk_idx| self.chunks.get_mut(chunk_idx));
            let Some(chunk) = chunk.filter(|chunk| chunk.paragraph == paragraph) else { return ABSENT };
            *chunk.piece.get_or_insert_with(|| self.pieces.number(&text[chunk.start..chunk.end]))
        };
        [
            number(left.checked_sub(2)),
            number(left.checked_sub(1)),
            number(Some(left)),
            number(Some(right)),
            number(Some(right + 1)),
            number(Some(right + 2)),
        ]
    }
}

/// The pieces around a gap.
struct Around<'a> {
    /// The parts right at the gap, and where they are kept.
    left: (&'a Pieces, u32),
    right: (&'a Pieces, u32),
    /// As [`BoundarySpace::near`] gives them.
    near: [u32; 6],
    pieces: &'a Pieces,
}

/// The sums of the rows of a gap's strings.
struct Rows<'a> {
    table: &'a [[f32; COLUMNS]],
    sums: [f32; COLUMNS],
    /// Strings so far.
    number: u8,
}

impl Rows<'_> {
    /// Adds the next string, of which the beginning was hashed before.
    fn add(&mut self, beginning: u64, rest: &[&[u8]]) {
        let hash = rest.iter().fold(beginning, |hash, part| fnv1a(part, hash));
        self.number += 1;
        for (sum, weight) in self.sums.iter_mut().zip(&self.table[row(hash, self.table.len())]) {
            *sum += weight;
        }
    }

    /// Adds the next string, of which nothing was hashed before.
    fn add_all(&mut self, parts: &[&[u8]]) {
        self.add(begin(self.number, &[]), parts);
    }
}

impl BoundaryModel {
    fn score_gap(
        &self,
        text: &str,
        chunk: &Chunk,
        (left_end, right_start): (usize, usize),
        around: &Around<'_>,
        cursor: &mut Cursor<'_>,
    ) -> f32 {
        let pieces = around.pieces;
        let (left, right) = (around.left.0.get(around.left.1), around.right.0.get(around.right.1));
        let [before_that, before, _, _, after, after_that] = around.near.map(|number| pieces.get(number));
        let t1 = around.left.0.tail(left);
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
        let last_of_tail = t1.last().map_or(&b"-"[..], |_| last_character(t1));
        let length_class = [b'0' + u8::try_from((line_length / 10).min(9)).unwrap_or(9)];
        let rest_end: &[u8] = match cursor.last_of_line() {
            Some('…' | '.') => b".",
            Some('!') => b"!",
            Some('?') => b"?",
            _ => b"-",
        };

        let mut rows = Rows { table: &self.table, sums: [0.0; COLUMNS], number: 0 };
        let s = SEPARATOR;
        rows.add_all(&[]);
        rows.add(left.tail_1, &[]);
        rows.add(left.core_2, &[]);
        rows.add(left.core_3, &[t1]);
        rows.add(left.shape_4, &[]);
        rows.add(right.lead_5, &[]);
        rows.add(right.core_6, &[]);
        rows.add(right.shape_7, &[]);
        rows.add_all(&[t1, s, around.right.0.lead(right), s, first]);
        rows.add(before.core_9, &[]);
        rows.add(before.shape_10, &[around.left.0.shape(left)]);
        rows.add(after.core_11, &[]);
        rows.add(right.shape_12, &[pieces.shape(after)]);
        rows.add_all(&[kind, s, t1, s, first]);
        rows.add_all(&[&chunk.inside, s, t1]);
        rows.add_all(&[bucket(left.core_length), s, t1, s, first]);
        rows.add_all(&[kind, s, bucket(line_spaces + 1), s, t1]);
        rows.add_all(&[kind, s, bucket(rest_spaces + 1), s, t1]);
        rows.add_all(&[kind, s, &length_class, s, last_of_tail, first]);
        rows.add(right.core_19[usize::from(left.is_dotted)], &[t1]);
        rows.add_all(&[rest_end, s, t1, s, kind]);
        rows.add(left.core_21, &[around.right.0.core(right)]);
        rows.add(before_that.core_22, &[]);
        rows.add(after_that.core_23, &[]);
        debug_assert_eq!(rows.number, N_STRINGS, "every string of the format is there");
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
