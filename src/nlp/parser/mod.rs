//! Dependencies: every pair of words scored as dependent and head (Dozat and Manning 2017), then the best tree.
//!
//! The tree has one root. A sentence longer than [`LONGEST_SENTENCE`] is parsed in pieces, each hung to the first one's
//! root, so that time and memory stay linear in the text.

mod tree;

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::core::Columns;
use super::encoder::elementwise::{Leaky, arch};
use super::encoder::layers::{Matrix, multiply_transposed, resize, vector, weights};
use super::model_file::{ModelError, ModelFile};
use crate::text::{Deprel, Document};
use tree::{Trees, best_tree};

/// Tokens that are parsed as one sentence. The treebanks' longest have about 200.
const LONGEST_SENTENCE: usize = 256;

/// Relations that are scored at a time: the scores of so many for one article stay in the processor's cache.
const RELATION_BATCH: usize = 8;

/// The parser's weights.
#[derive(Debug)]
pub(super) struct Parser {
    deprels: Vec<Deprel>,
    root: usize,
    arc_dep: Range<usize>,
    arc_head: Range<usize>,
    rel_dep: Range<usize>,
    rel_head: Range<usize>,
    arc_root: Vec<f32>,
    rel_root: Vec<f32>,
    /// Transposed: a row for each output.
    arc_bilinear: Vec<f32>,
    arc_headbias: Vec<f32>,
    /// A row for each pair of relation and number of the head, a column for each number of the dependent; the last of both is 1.
    rel_bilinear: Vec<f32>,
    /// The last column of that, which needs no multiplication.
    rel_constants: Vec<f32>,
}

/// Working space of the parser.
#[derive(Debug, Default)]
pub(super) struct ParseSpace {
    queries: Vec<f32>,
    arcs: Vec<f32>,
    scores: Vec<f32>,
    relations: Vec<f32>,
    best: Vec<(f32, usize)>,
    trees: Trees,
    heads: Vec<usize>,
    /// Every arc's score in the order of training's: for each word the root's, then each head's.
    #[cfg(test)]
    pub(super) seen_arcs: Vec<f32>,
}

impl Parser {
    pub(super) fn read(file: &ModelFile, columns: &Columns) -> Result<Self, ModelError> {
        let (arc_dep, arc_head) = (columns.of("arc.dep"), columns.of("arc.head"));
        let (rel_dep, rel_head) = (columns.of("rel.dep"), columns.of("rel.head"));
        let (arc_dim, rel_dim) = (arc_dep.len(), rel_dep.len());
        if arc_head.len() != arc_dim || rel_head.len() != rel_dim {
            return Err(file.required("arc.dep.bias")?.wrong("dependents and heads have different widths"));
        }
        let deprels = file.labels("deprel")?.iter().map(|label| label.parse()).collect::<Result<Vec<Deprel>, _>>()?;
        let root = deprels.iter().position(|deprel| *deprel == Deprel::Root);
        let root = root.ok_or_else(|| ModelError::Missing("labels.deprel: root".to_owned()))?;

        let bilinear = weights(file, "arc.bilinear", arc_dim)?;
        let stored = weights(file, "rel.bilinear", rel_dim + 1)?;
        let side = rel_dim + 1;
        if bilinear.len() != arc_dim * arc_dim || stored.len() != deprels.len() * side * side || deprels.len() < 2 {
            return Err(file.required("rel.bilinear")?.wrong("a matrix for each relation expected"));
        }
        let rel_bilinear: Vec<f32> =
            stored.chunks_exact(side * side).flat_map(|relation| transpose(relation, side)).collect();
        Ok(Self {
            rel_constants: rel_bilinear.chunks_exact(side).map(|row| row[side - 1]).collect(),
            rel_bilinear,
            root,
            arc_root: vector(file, "arc.root", arc_dim)?,
            rel_root: vector(file, "rel.root", rel_dim)?,
            arc_bilinear: transpose(&bilinear, arc_dim),
            arc_headbias: vector(file, "arc.headbias", arc_dim)?,
            deprels,
            arc_dep,
            arc_head,
            rel_dep,
            rel_head,
        })
    }

    /// Fills heads and relations. `rows` are the outputs of all projections; the parser's columns are altered.
    pub(super) fn annotate(&self, doc: &mut Document, rows: &mut [f32], width: usize, space: &mut ParseSpace) {
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
        for query in space.queries.chunks_exact_mut(arc_dim) {
            query.copy_from_slice(&self.arc_headbias);
        }
        multiply_transposed(part(&self.arc_dep), Matrix::whole(&self.arc_bilinear, arc_dim), 1.0, &mut space.queries);
        resize(&mut space.arcs, n_tokens);
        let root = Matrix::whole(&self.arc_root, arc_dim);
        multiply_transposed(Matrix::whole(&space.queries, arc_dim), root, 0.0, &mut space.arcs);

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
        self.relate(doc, part(&self.rel_dep), part(&self.rel_head), space);
    }

    /// Finds the tree over some tokens: heads counted from 1 within the piece, 0 for the root, in `space.heads`.
    fn parse_piece(&self, piece: Range<usize>, heads: Matrix<'_>, space: &mut ParseSpace) {
        let n = piece.len();
        let arc_dim = self.arc_headbias.len();
        let queries = Matrix::whole(&space.queries, arc_dim).rows(piece.start, piece.end);
        resize(&mut space.scores, n * n);
        multiply_transposed(queries, heads.rows(piece.start, piece.end), 0.0, &mut space.scores);
        #[cfg(test)]
        for word in 0..n {
            space.seen_arcs.push(space.arcs[piece.start + word]);
            space.seen_arcs.extend(&space.scores[word * n..][..n]);
        }
        best_tree(&space.scores, &space.arcs[piece], &mut space.trees, &mut space.heads);
    }

    /// Chooses the relation of every token to the head it has. `root` is left out: only a root has it.
    fn relate(&self, doc: &mut Document, dependents: Matrix<'_>, heads: Matrix<'_>, space: &mut ParseSpace) {
        let side = self.rel_root.len() + 1;
        let n_tokens = doc.tokens.len();
        if n_tokens == 0 {
            return;
        }
        space.best.clear();
        space.best.resize(n_tokens, (f32::NEG_INFINITY, 0));
        for first in (0..self.deprels.len()).step_by(RELATION_BATCH) {
            let last = (first + RELATION_BATCH).min(self.deprels.len());
            let rows = &self.rel_bilinear[first * side * side..last * side * side];
            let columns = (last - first) * side;
            resize(&mut space.relations, n_tokens * columns);
            let constants = &self.rel_constants[first * side..last * side];
            for scores in space.relations.chunks_exact_mut(columns) {
                scores.copy_from_slice(constants);
            }
            let bilinear = Matrix::columns(rows, side, 0, side - 1);
            multiply_transposed(dependents, bilinear, 1.0, &mut space.relations);
            arch().dispatch(BestRelations {
                scores: &space.relations,
                heads,
                head_of: &doc.heads,
                side,
                first,
                skipped: self.root,
                best: &mut space.best,
            });
        }
        for (token_idx, (_, relation)) in space.best.iter().enumerate() {
            let is_root = doc.heads[token_idx] as usize == token_idx;
            doc.deprels[token_idx] = if is_root { Deprel::Root } else { self.deprels[*relation] };
        }
    }
}

/// Keeps for each token the best of some relations, given its head.
struct BestRelations<'a> {
    /// For each token, for each relation, what each number of the head is worth, and a constant.
    scores: &'a [f32],
    heads: Matrix<'a>,
    head_of: &'a [u32],
    side: usize,
    /// Number of the first of the relations.
    first: usize,
    skipped: usize,
    best: &'a mut [(f32, usize)],
}

impl WithSimd for BestRelations<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let columns = self.scores.len() / self.best.len();
        for (token_idx, (best, scores)) in self.best.iter_mut().zip(self.scores.chunks_exact(columns)).enumerate() {
            let head = self.heads.row(self.head_of[token_idx] as usize);
            for (place, weights) in scores.chunks_exact(self.side).enumerate() {
                let score = dot(&weights[..self.side - 1], head) + weights[self.side - 1];
                if score > best.0 && self.first + place != self.skipped {
                    *best = (score, self.first + place);
                }
            }
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
