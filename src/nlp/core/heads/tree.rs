//! Dependencies: every pair of words scored as dependent and head (Dozat and Manning 2017), then the best tree.
//!
//! The tree has one root. A sentence longer than [`LONGEST_SENTENCE`] is parsed in pieces, each hung to the first one's
//! root, so that time and memory stay linear in the text.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::head::{Head, Reading, Weights};
use crate::nlp::core::decode::{Trees, best_tree};
use crate::nlp::core::encoder::elementwise::{Leaky, arch};
use crate::nlp::core::encoder::kernel::{Matrix, Packed, multiply_transposed};
use crate::nlp::core::encoder::layers::resize;
use crate::nlp::model_file::{ModelError, vector, weights};
use crate::text::{Deprel, Document, Layer, work};

/// Tokens that are parsed as one sentence. The treebanks' longest have about 200.
const LONGEST_SENTENCE: usize = 256;

/// Units of a length of time.
const UNITS_OF_TIME: [&str; 9] = ["minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months"];

/// Prepositions by which a verb names its other side or its matter.
const OF_THE_VERB: [&str; 4] = ["with", "about", "over", "on"];

/// Tokens between a verb, a length of time and what follows it.
const NEAR: usize = 24;

/// Heads whose relations are scored at a time: what comes out for so many stays in the processor's cache.
const HEAD_BATCH: usize = 24;

/// The parser's weights.
#[derive(Debug)]
pub(in crate::nlp) struct Parser {
    /// All relations but that of the root, which only a root has.
    deprels: Vec<Deprel>,
    arc_dep: Range<usize>,
    arc_head: Range<usize>,
    rel_dep: Range<usize>,
    rel_head: Range<usize>,
    arc_root: Vec<f32>,
    arc_bilinear: Packed,
    arc_headbias: Vec<f32>,
    relations: Relations,
}

/// What a head makes of the numbers of its dependent: for each relation a number for each of the dependent's, and then, all
/// relations' together, what is added.
#[derive(Debug)]
struct Relations {
    weights: Packed,
    bias: Vec<f32>,
}

/// Working space of the parser.
#[derive(Debug, Default)]
pub(in crate::nlp) struct ParseSpace {
    queries: Vec<f32>,
    arcs: Vec<f32>,
    scores: Vec<f32>,
    /// Head and dependent of every arc but the roots', in the order of the heads.
    pairs: Vec<(u32, u32)>,
    heads_at_hand: Vec<f32>,
    relations: Vec<f32>,
    trees: Trees,
    heads: Vec<usize>,
    /// Every arc's score in the order of training's: for each word the root's, then each head's.
    #[cfg(test)]
    pub(in crate::nlp) seen_arcs: Vec<f32>,
}

impl Head for Parser {
    const FILLS: Layer = Layer::Tree;
    const PROJECTIONS: &'static [&'static str] = &["arc.dep", "arc.head", "rel.dep", "rel.head"];
    type Space = ParseSpace;

    fn read(Weights { file, columns, .. }: &Weights<'_>) -> Result<Option<Self>, ModelError> {
        let (arc_dep, arc_head) = (columns.of("arc.dep"), columns.of("arc.head"));
        let (rel_dep, rel_head) = (columns.of("rel.dep"), columns.of("rel.head"));
        let (arc_dim, rel_dim) = (arc_dep.len(), rel_dep.len());
        if arc_head.len() != arc_dim || rel_head.len() != rel_dim {
            return Err(file.required("arc.dep.bias")?.wrong("dependents and heads have different widths"));
        }
        let mut deprels =
            file.labels("deprel")?.iter().map(|label| label.parse()).collect::<Result<Vec<Deprel>, _>>()?;
        let root = deprels.iter().position(|deprel| *deprel == Deprel::Root);
        let root = root.ok_or_else(|| ModelError::Missing("labels.deprel: root".to_owned()))?;
        let bilinear = weights(file, "arc.bilinear", arc_dim)?;
        let stored = weights(file, "rel.bilinear", rel_dim + 1)?;
        let side = rel_dim + 1;
        if bilinear.len() != arc_dim * arc_dim || stored.len() != deprels.len() * side * side || deprels.len() < 2 {
            return Err(file.required("rel.bilinear")?.wrong("a matrix for each relation expected"));
        }
        deprels.remove(root);
        Ok(Some(Self {
            relations: Relations::of(&stored, side, root),
            arc_root: vector(file, "arc.root", arc_dim)?,
            arc_bilinear: Packed::of(Matrix::whole(&transpose(&bilinear, arc_dim), arc_dim)),
            arc_headbias: vector(file, "arc.headbias", arc_dim)?,
            deprels,
            arc_dep,
            arc_head,
            rel_dep,
            rel_head,
        }))
    }

    /// Alters its columns of the projections.
    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut ParseSpace) {
        let (width, rows) = (reading.projected.width, &mut *reading.projected.data);
        let columns = [&self.arc_dep, &self.arc_head, &self.rel_dep, &self.rel_head];
        for Range { start, end } in columns {
            arch().dispatch(Leaky { rows: &mut *rows, width, start: *start, end: *end });
        }
        let part = |columns: &Range<usize>| Matrix::columns(rows, width, columns.start, columns.end);
        let n_tokens = doc.tokens.len();
        doc.heads.clear();
        doc.heads.resize(n_tokens, 0);
        doc.deprels.clear();
        doc.deprels.resize(n_tokens, Deprel::Root);

        // (AD · bilinear + headbias), which is then multiplied by each head.
        let arc_dim = self.arc_headbias.len();
        resize(&mut space.queries, n_tokens * arc_dim);
        self.arc_bilinear.multiply(part(&self.arc_dep), &self.arc_headbias, &mut space.queries);
        resize(&mut space.arcs, n_tokens);
        arch().dispatch(RootArcs { queries: &space.queries, root: &self.arc_root, arcs: &mut space.arcs });

        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let mut first_root = None;
            for start in range.clone().step_by(LONGEST_SENTENCE) {
                let end = (start + LONGEST_SENTENCE).min(range.end);
                self.parse_piece(start..end, part(&self.arc_head), space);
                for (place, head) in space.heads.iter().enumerate() {
                    let head = match head {
                        0 => *first_root.get_or_insert(start + place),
                        _ => start + head - 1,
                    };
                    doc.heads[start + place] = u32::try_from(head).expect("an article has fewer than 2^32 tokens");
                }
            }
        }
        lift_over_durations(doc);
        self.relate(doc, part(&self.rel_dep), part(&self.rel_head), space);
    }
}

/// "They met for two hours with the envoy": what follows a length of time belongs to the verb, however often two nouns side by side are a phrase.
fn lift_over_durations(doc: &mut Document) {
    let is_one_of = |doc: &Document, words: &[&str], token: usize| {
        words.iter().any(|word| word.eq_ignore_ascii_case(doc.token_text(token)))
    };
    for token in 0..doc.tokens.len() {
        let Some(unit) = doc
            .head(token)
            .filter(|&unit| (1..NEAR).contains(&token.saturating_sub(unit)) && is_one_of(doc, &UNITS_OF_TIME, unit))
        else {
            continue;
        };
        let Some(verb) = doc.head(unit).filter(|&verb| (1..NEAR).contains(&unit.saturating_sub(verb))) else {
            continue;
        };
        let has = |words: &[&str], from: usize, of: usize| {
            (from..of).any(|at| doc.head(at) == Some(of) && is_one_of(doc, words, at))
        };
        if has(&["for"], verb + 1, unit) && has(&OF_THE_VERB, unit + 1, token) {
            doc.heads[token] = doc.heads[unit];
        }
    }
}

impl Parser {
    /// Finds the tree over some tokens: heads counted from 1 within the piece, 0 for the root, in `space.heads`.
    fn parse_piece(&self, piece: Range<usize>, heads: Matrix<'_>, space: &mut ParseSpace) {
        let n = piece.len();
        let arc_dim = self.arc_headbias.len();
        let queries = Matrix::whole(&space.queries, arc_dim).rows(piece.start, piece.end);
        work::count(n * n);
        resize(&mut space.scores, n * n);
        multiply_transposed(queries, heads.rows(piece.start, piece.end), &mut space.scores);
        #[cfg(test)]
        for word in 0..n {
            space.seen_arcs.push(space.arcs[piece.start + word]);
            space.seen_arcs.extend(&space.scores[word * n..][..n]);
        }
        best_tree(&space.scores, &space.arcs[piece], &mut space.trees, &mut space.heads);
    }

    /// Chooses the relation of every token to the head it has. Only a root's is `root`.
    fn relate(&self, doc: &mut Document, dependents: Matrix<'_>, heads: Matrix<'_>, space: &mut ParseSpace) {
        let arcs = doc.heads.iter().zip(0u32..).filter(|(head, dependent)| **head != *dependent);
        space.pairs.clear();
        space.pairs.extend(arcs.map(|(head, dependent)| (*head, dependent)));
        space.pairs.sort_unstable();
        // What a head contributes is computed once for all its dependents, and not at all for words without any.
        let mut rest = space.pairs.as_slice();
        while !rest.is_empty() {
            space.heads_at_hand.clear();
            let (mut n_heads, mut end) = (0, 0);
            while let Some((head, _)) = rest.get(end)
                && n_heads < HEAD_BATCH
            {
                space.heads_at_hand.extend_from_slice(heads.row(*head as usize));
                end += rest[end..].iter().take_while(|pair| pair.0 == *head).count();
                n_heads += 1;
            }
            let (batch, after) = rest.split_at(end);
            rest = after;
            let outputs = self.relations.weights.outputs;
            resize(&mut space.relations, n_heads * outputs);
            let at_hand = Matrix::whole(&space.heads_at_hand, heads.width);
            self.relations.weights.multiply(at_hand, &self.relations.bias, &mut space.relations);
            arch().dispatch(BestRelations {
                scores: Matrix::whole(&space.relations, outputs),
                dependents,
                pairs: batch,
                deprels: &self.deprels,
                best: &mut doc.deprels,
            });
        }
    }
}

impl Relations {
    /// Arranges the stored matrices, one for each relation: rows for the dependent's numbers, columns for the head's, the last
    /// of both for a constant.
    fn of(stored: &[f32], side: usize, root: usize) -> Self {
        let dim = side - 1;
        let matrices = || stored.chunks_exact(side * side).enumerate().filter(|(at, _)| *at != root);
        let rows = || {
            let of_numbers = matrices().flat_map(|(_, matrix)| matrix.chunks_exact(side).take(dim));
            of_numbers.chain(matrices().filter_map(|(_, matrix)| matrix.chunks_exact(side).last()))
        };
        let weights: Vec<f32> = rows().flat_map(|row| row[..dim].iter().copied()).collect();
        Self { weights: Packed::of(Matrix::whole(&weights, dim)), bias: rows().map(|row| row[dim]).collect() }
    }
}

/// Scores of the root as the head of each word.
struct RootArcs<'a> {
    queries: &'a [f32],
    root: &'a [f32],
    arcs: &'a mut [f32],
}

impl WithSimd for RootArcs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (arc, query) in self.arcs.iter_mut().zip(self.queries.chunks_exact(self.root.len())) {
            *arc = dot(query, self.root);
        }
    }
}

/// Finds the best relation of some arcs.
struct BestRelations<'a> {
    /// For each head, as [`Relations`] says.
    scores: Matrix<'a>,
    dependents: Matrix<'a>,
    pairs: &'a [(u32, u32)],
    deprels: &'a [Deprel],
    best: &'a mut [Deprel],
}

impl WithSimd for BestRelations<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let dim = self.dependents.width;
        let mut head_idx = 0;
        for (at, (head, token)) in self.pairs.iter().enumerate() {
            head_idx += usize::from(at > 0 && self.pairs[at - 1].0 != *head);
            let (numbers, constants) = self.scores.row(head_idx).split_at(dim * self.deprels.len());
            let dependent = self.dependents.row(*token as usize);
            let mut best = (f32::NEG_INFINITY, self.deprels[0]);
            for ((weights, constant), deprel) in numbers.chunks_exact(dim).zip(constants).zip(self.deprels) {
                let score = dot(weights, dependent) + constant;
                if score > best.0 {
                    best = (score, *deprel);
                }
            }
            self.best[*token as usize] = best.1;
        }
    }
}

/// Sum of products, in partial sums so that it vectorises.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0f32; LANES];
    let (chunks_a, chunks_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = chunks_a.remainder().iter().zip(chunks_b.remainder()).map(|(x, y)| x * y).sum();
    for (chunk_a, chunk_b) in chunks_a.zip(chunks_b) {
        for lane in 0..LANES {
            lanes[lane] += chunk_a[lane] * chunk_b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// A square matrix with rows and columns exchanged.
fn transpose(matrix: &[f32], side: usize) -> Vec<f32> {
    (0..side * side).map(|at| matrix[at % side * side + at / side]).collect()
}
