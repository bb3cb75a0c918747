//! Sources, cues and contents of statements: BIO labels for each role over a run (`runs.rs`), then a pointer from each cue to
//! its source and from each content to its cue; from a run without a cue to those of its neighbours.
//!
//! What the spans mean and who the source is is for `extract`. The computation is in `docs/model-format.md`, "Spans" and "Links".

use std::ops::Range;

use super::encoder::elementwise::{Leaky, arch, exp};
use super::encoder::kernel::Matrix;
use super::encoder::layers::{Linear, vector};
use super::encoder::{Encoder, Encoding, HeadInput, HeadRows};
use super::entities::{decode, transitions};
use super::model_file::{ModelError, ModelFile};
use super::span_relations::{Lie, N_RELATIONS};
use crate::text::{Document, Role, RoleSpan, Sentence, TokenRange};

/// Labels of one role: outside, begins, goes on.
const LABELS: usize = 3;

/// Candidates on either side that a span may belong to: a paragraph of thousands of spans takes no longer for each.
const REACH: usize = 48;

/// Cues of the run before that a content without one may belong to.
const REACH_BACK: usize = 6;

/// Added to the score of the cue that the content before this one belongs to, where its own run has none: what has begun goes on
/// (measured by `training/borders.py`).
const GOES_ON: f32 = 4.0;

/// Added to the score of beginning a cue in a sentence that has content but no cue.
const CUE_OF_CONTENT: f32 = 1.5;

/// The roles in the order of their columns.
const ROLES: [Role; 3] = [Role::Source, Role::Cue, Role::Content];

/// The span head.
#[derive(Debug)]
pub(super) struct SpanHead {
    input: HeadInput,
    out: Linear,
    /// What each label adds to the score of the next, for each role.
    next: Vec<f32>,
    sources: Pointer,
    cues: Pointer,
    /// What stands for "no source" among the candidates of a cue.
    none: Vec<f32>,
    encoded: usize,
}

/// From a span to the one it belongs to.
#[derive(Debug)]
struct Pointer {
    query: Linear,
    candidate: Linear,
    /// What the place of a candidate adds; the last number is that of "none".
    relation: Vec<f32>,
}

/// What counts beside the candidates themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Else {
    /// It may be none of them.
    None,
    /// It is one of them; this one's score is so much higher.
    Favour(Option<(usize, f32)>),
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(super) struct SpanSpace {
    pub(super) rows: HeadRows,
    pub(super) scores: Vec<f32>,
    one_role: Vec<f32>,
    back: Vec<u8>,
    ends: Vec<f32>,
    queries: Vec<f32>,
    candidates: Vec<f32>,
    sums: Vec<f32>,
}

impl Pointer {
    fn read(file: &ModelFile, kind: &str, encoded: usize, relation: Vec<f32>) -> Result<Self, ModelError> {
        let read = |end: &str| Linear::read(file, &format!("link.{kind}.{end}"), 2 * encoded);
        Ok(Self { query: read("query")?, candidate: read("candidate")?, relation })
    }
}

impl SpanHead {
    /// Reads the head; nothing if the file has none.
    pub(super) fn read(file: &ModelFile, encoder: &Encoder) -> Result<Option<Self>, ModelError> {
        if file.section("link.none").is_none() {
            return Ok(None);
        }
        let encoded = encoder.outputs();
        let input = HeadInput::read(file, "span", encoder)?;
        let out = Linear::read(file, "span.out", input.outputs())?;
        if out.outputs() != LABELS * ROLES.len() {
            let problem = format!("{} rows expected, {} found", LABELS * ROLES.len(), out.outputs());
            return Err(file.required("span.out.weight")?.wrong(problem));
        }
        let relation = vector(file, "link.relation", 2 * (N_RELATIONS + 1))?;
        let (of_sources, of_cues) = relation.split_at(N_RELATIONS + 1);
        let sources = Pointer::read(file, "source", encoded, of_sources.to_vec())?;
        let cues = Pointer::read(file, "content", encoded, of_cues.to_vec())?;
        let none = vector(file, "link.none", sources.query.outputs())?;
        let next = transitions(file, "span", LABELS, ROLES.len())?;
        Ok(Some(Self { input, out, next, sources, cues, none, encoded }))
    }

    /// Hears what a stage of the encoder says.
    pub(super) fn gather(&self, stage: &str, rows: &[f32], space: &mut SpanSpace) {
        self.input.gather(stage, rows, &mut space.rows);
    }

    /// Fills the roles.
    pub(super) fn annotate(
        &self,
        doc: &mut Document,
        encoder: &Encoder,
        encoding: &mut Encoding,
        space: &mut SpanSpace,
    ) {
        let mut rows = std::mem::take(&mut space.rows);
        let runs = std::mem::take(&mut encoding.runs);
        let (read, hidden) = self.input.apply(encoder, encoding, &mut rows);
        self.out.apply(Matrix::whole(hidden, self.input.outputs()), &mut space.scores);
        let mut spans = Vec::new();
        let mut begins = Vec::new();
        for run in &runs {
            let sentences = &doc.sentences[run.clone()];
            let tokens = sentences[0].tokens.start as usize..sentences[sentences.len() - 1].tokens.end as usize;
            let at = spans.len();
            begins.push(at);
            self.find(&tokens, space, &mut spans);
            self.look_again(sentences, at, space, &mut spans);
            self.join(doc, at, read, space, &mut spans);
        }
        self.join_over_borders(doc, &begins, read, space, &mut spans);
        doc.roles = Some(spans);
        space.rows = rows;
        encoding.runs = runs;
    }

    /// The spans of a run's tokens, in the order of the text; of two that begin together in the order of the roles.
    fn find(&self, run: &Range<usize>, space: &mut SpanSpace, spans: &mut Vec<RoleSpan>) {
        let at = spans.len();
        let width = self.out.outputs();
        let scores = &space.scores[run.start * width..run.end * width];
        for (place, role) in ROLES.into_iter().enumerate() {
            space.one_role.clear();
            space
                .one_role
                .extend(scores.chunks_exact(width).flat_map(|row| &row[LABELS * place..LABELS * (place + 1)]));
            let next = &self.next[place * LABELS * LABELS..][..LABELS * LABELS];
            decode(&mut space.one_role, next, &mut space.back, |range, _| {
                let probability = probability(scores, width, LABELS * place, &range);
                let tokens = TokenRange::new(run.start + range.start, run.start + range.end);
                spans.push(RoleSpan { role, tokens, of: None, probability, link_probability: 1.0 });
            });
        }
        spans[at..].sort_by_key(|span| (span.tokens.start, span.role));
    }

    /// Where a sentence has content and no cue, the likeliest cue outside of it: the labels of a role know nothing of the other roles.
    fn look_again(&self, sentences: &[Sentence], at: usize, space: &mut SpanSpace, spans: &mut Vec<RoleSpan>) {
        let width = self.out.outputs();
        let next = &self.next[LABELS * LABELS..][..LABELS * LABELS];
        let n_before = spans.len();
        for sentence in sentences {
            let range = sentence.tokens.range();
            let holds = |role: Role| {
                spans[at..n_before].iter().any(|span| span.role == role && span.tokens.overlaps(sentence.tokens))
            };
            if !holds(Role::Content) || holds(Role::Cue) {
                continue;
            }
            let scores = &space.scores[range.start * width..range.end * width];
            space.one_role.clear();
            space.one_role.extend(scores.chunks_exact(width).flat_map(|row| [row[3], row[4] + CUE_OF_CONTENT, row[5]]));
            for span in spans[at..n_before].iter().filter(|span| span.role == Role::Content) {
                for token in span.tokens.range().filter(|token| range.contains(token)) {
                    let row = LABELS * (token - range.start);
                    space.one_role[row + 1..row + LABELS].fill(f32::NEG_INFINITY);
                }
            }
            let mut best: Option<(f32, Range<usize>)> = None;
            decode(&mut space.one_role, next, &mut space.back, |found, _| {
                let probability = probability(scores, width, LABELS, &found);
                if best.as_ref().is_none_or(|(most, _)| probability > *most) {
                    best = Some((probability, found));
                }
            });
            if let Some((probability, found)) = best {
                let tokens = TokenRange::new(range.start + found.start, range.start + found.end);
                spans.push(RoleSpan { role: Role::Cue, tokens, of: None, probability, link_probability: 1.0 });
            }
        }
        if spans.len() > n_before {
            spans[at..].sort_by_key(|span| (span.tokens.start, span.role));
        }
    }

    /// Joins the spans of a run, those from `at` on.
    fn join(&self, doc: &Document, at: usize, encoding: &[f32], space: &mut SpanSpace, spans: &mut [RoleSpan]) {
        let places = |role: Role| {
            let all = spans.iter().enumerate().skip(at);
            all.filter(|(_, span)| span.role == role).map(|(place, _)| place).collect::<Vec<_>>()
        };
        let (sources, cues, contents) = (places(Role::Source), places(Role::Cue), places(Role::Content));
        self.point(doc, &self.sources, &cues, &sources, Else::None, encoding, space, spans);
        self.point(doc, &self.cues, &contents, &cues, Else::Favour(None), encoding, space, spans);
    }

    /// Joins the contents of each run without a cue to one of the last run before it that has some, or to the first cue of the next run.
    fn join_over_borders(
        &self,
        doc: &Document,
        begins: &[usize],
        encoding: &[f32],
        space: &mut SpanSpace,
        spans: &mut [RoleSpan],
    ) {
        let mut before: Vec<usize> = Vec::new();
        for (run, &start) in begins.iter().enumerate() {
            let bound = |run: usize| begins.get(run).copied().unwrap_or(spans.len());
            let (end, next_end) = (bound(run + 1), bound(run + 2));
            let of =
                |role: Role, range: Range<usize>| range.filter(|place| spans[*place].role == role).collect::<Vec<_>>();
            let cues = of(Role::Cue, start..end);
            if !cues.is_empty() {
                before = cues[cues.len().saturating_sub(REACH_BACK)..].to_vec();
                continue;
            }
            let contents = of(Role::Content, start..end);
            let next = if contents.is_empty() { None } else { of(Role::Cue, end..next_end).first().copied() };
            for content in contents {
                let last = spans[..content].iter().rev().find(|span| span.role == Role::Content);
                let last = last.and_then(|span| span.of).map(|place| place as usize);
                let mut candidates: Vec<usize> = before.iter().copied().chain(last).chain(next).collect();
                candidates.sort_unstable();
                candidates.dedup();
                let favoured = last.map(|place| (place, GOES_ON));
                self.point(doc, &self.cues, &[content], &candidates, Else::Favour(favoured), encoding, space, spans);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one computation over parts that are held apart")]
    fn point(
        &self,
        doc: &Document,
        pointer: &Pointer,
        queries: &[usize],
        candidates: &[usize],
        or: Else,
        encoding: &[f32],
        space: &mut SpanSpace,
        spans: &mut [RoleSpan],
    ) {
        if queries.is_empty() || candidates.is_empty() {
            return;
        }
        let SpanSpace { ends, queries: left, candidates: right, sums, .. } = space;
        self.project(&pointer.query, queries, encoding, spans, ends, left);
        self.project(&pointer.candidate, candidates, encoding, spans, ends, right);
        let width = pointer.query.outputs();
        #[expect(clippy::cast_precision_loss, reason = "a row has a few dozen columns")]
        let scale = 1.0 / (width as f32).sqrt();
        let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>() * scale;
        let ranges: Vec<TokenRange> = candidates.iter().map(|place| spans[*place].tokens).collect();
        for (row, place) in queries.iter().enumerate() {
            let query = &left[row * width..][..width];
            let own = spans[*place].tokens;
            let middle = ranges.partition_point(|range| range.start < own.start);
            let near = middle.saturating_sub(REACH)..ranges.len().min(middle + REACH);
            sums.clear();
            sums.extend(near.clone().map(|column| {
                let lie = Lie::of(doc, own, ranges[column], &ranges[near.clone()]);
                let more = match or {
                    Else::Favour(Some((favoured, more))) if favoured == candidates[column] => more,
                    _ => 0.0,
                };
                product(query, &right[column * width..][..width])
                    + lie.numbers().map(|at| pointer.relation[at]).sum::<f32>()
                    + more
            }));
            if or == Else::None {
                sums.push(product(query, &self.none) + pointer.relation[N_RELATIONS]);
            }
            let best = super::core::argmax(sums);
            let total: f32 = sums.iter().map(|score| exp(score - sums[best])).sum();
            spans[*place].link_probability = 1.0 / total;
            spans[*place].of = candidates[near].get(best).and_then(|place| u32::try_from(*place).ok());
        }
    }

    /// Projects the first and the last token of each span, side by side.
    fn project(
        &self,
        linear: &Linear,
        places: &[usize],
        encoding: &[f32],
        spans: &[RoleSpan],
        ends: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        ends.clear();
        for place in places {
            let tokens = spans[*place].tokens;
            for token in [tokens.start as usize, tokens.end as usize - 1] {
                ends.extend_from_slice(&encoding[token * self.encoded..][..self.encoded]);
            }
        }
        linear.apply(Matrix::whole(ends, 2 * self.encoded), out);
        arch().dispatch(Leaky { rows: out, width: linear.outputs(), start: 0, end: linear.outputs() });
    }
}

/// Mean probability of the labels of a span among the three that each of its tokens could have.
fn probability(scores: &[f32], width: usize, column: usize, range: &Range<usize>) -> f32 {
    let of_token = |token: usize| {
        let label = if token == range.start { 1 } else { 2 };
        let row = &scores[token * width + column..][..LABELS];
        1.0 / row.iter().map(|score| exp(score - row[label])).sum::<f32>()
    };
    #[expect(clippy::cast_precision_loss, reason = "a span has a few hundred tokens")]
    let n = range.len() as f32;
    range.clone().map(of_token).sum::<f32>() / n
}
