//! From a stretch of words to the one it belongs to: each candidate scored by what the encoder says of both and by how they lie to
//! each other. The computation is in `docs/model-format.md`, "Links".

use super::argmax::argmax;
use super::ends::Ends;
use super::relation::{Lie, N_RELATIONS};
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::{Document, TokenRange, work};

/// Candidates on either side that a stretch may belong to: a paragraph of thousands takes no longer for each.
const REACH: usize = 48;

/// The weights of one kind of link.
#[derive(Debug)]
pub(in crate::nlp) struct Pointer {
    query: Ends,
    candidate: Ends,
    /// What the place of a candidate adds; the last number is that of "none".
    relation: Vec<f32>,
    /// What stands for "none of them" among the candidates. Without it, it is one of them.
    none: Option<Vec<f32>>,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct PointerSpace {
    ends: Vec<f32>,
    queries: Vec<f32>,
    candidates: Vec<f32>,
    scores: Vec<f32>,
}

impl Pointer {
    /// Reads `link.KIND.query` and `link.KIND.candidate`. `relation` holds [`N_RELATIONS`] numbers and one for "none".
    pub(in crate::nlp) fn read(
        file: &ModelFile,
        kind: &str,
        encoded: usize,
        relation: Vec<f32>,
    ) -> Result<Self, ModelError> {
        let read = |end: &str| Ends::read(file, &[&format!("link.{kind}.{end}")], encoded);
        let (query, candidate) = (read("query")?, read("candidate")?);
        if query.outputs() != candidate.outputs() {
            let section = file.required(&format!("link.{kind}.candidate.weight"))?;
            return Err(section.wrong(format!("{} rows expected, as its query has", query.outputs())));
        }
        Ok(Self { query, candidate, relation, none: None })
    }

    /// The same, which may also point to nothing.
    pub(in crate::nlp) fn or_none(self, none: Vec<f32>) -> Self {
        Self { none: Some(none), ..self }
    }

    /// Numbers by which a stretch and its candidates are compared.
    pub(in crate::nlp) fn width(&self) -> usize {
        self.query.outputs()
    }

    /// Finds what each query belongs to and tells it: the place of the query, that of its candidate (nothing for "none") and how
    /// probable it is. `candidates` ascend; the score of a favoured one is so much higher. `rows` are what the encoder says of
    /// the document's tokens.
    #[expect(clippy::too_many_arguments, reason = "one computation over parts that are held apart")]
    pub(in crate::nlp) fn point(
        &self,
        doc: &Document,
        rows: &[f32],
        queries: &[TokenRange],
        candidates: &[TokenRange],
        favoured: Option<(usize, f32)>,
        space: &mut PointerSpace,
        mut found: impl FnMut(usize, Option<usize>, f32),
    ) {
        if queries.is_empty() || candidates.is_empty() {
            return;
        }
        let PointerSpace { ends, queries: left, candidates: right, scores } = space;
        self.query.apply(queries.iter().copied(), rows, ends, left);
        self.candidate.apply(candidates.iter().copied(), rows, ends, right);
        let width = self.width();
        #[expect(clippy::cast_precision_loss, reason = "a row has a few dozen columns")]
        let scale = 1.0 / (width as f32).sqrt();
        let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>() * scale;
        for (place, own) in queries.iter().enumerate() {
            let query = &left[place * width..][..width];
            let middle = candidates.partition_point(|range| range.start < own.start);
            let near = middle.saturating_sub(REACH)..candidates.len().min(middle + REACH);
            work::count(near.len());
            scores.clear();
            scores.extend(near.clone().map(|column| {
                let lie = Lie::of(doc, *own, candidates[column], &candidates[near.clone()]);
                let more = favoured.filter(|(candidate, _)| *candidate == column).map_or(0.0, |(_, more)| more);
                product(query, &right[column * width..][..width])
                    + lie.numbers().map(|at| self.relation[at]).sum::<f32>()
                    + more
            }));
            if let Some(none) = &self.none {
                scores.push(product(query, none) + self.relation[N_RELATIONS]);
            }
            let best = argmax(scores);
            let total: f32 = scores.iter().map(|score| exp(score - scores[best])).sum();
            found(place, (best < near.len()).then_some(near.start + best), 1.0 / total);
        }
    }
}
