//! Sources, cues and contents of statements: BIO labels for each role over a segment (`segments.rs`), then a pointer from each cue
//! to its source and from each content to its cue; from a segment without a cue to those of its neighbors.
//!
//! What the spans mean and who the source is is for `extract`. The computation is in `docs/model-format.md`, "Spans" and "Links".

use std::ops::Range;

use super::head::{Head, Reading, Weights};
use crate::nlp::core::decode::{N_RELATIONS, Pointer, PointerSpace, Transitions, probability};
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::encoder::{HeadInput, HeadRows};
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::{ModelError, vector};
use crate::text::{Document, Layer, Role, RoleSpan, Sentence, TokenRange};

/// Labels of one role: outside, begins, goes on.
const LABELS: usize = 3;

/// Cues of the segment before that a content without one may belong to.
const REACH_BACK: usize = 6;

/// Added to the score of the cue that the content before this one belongs to, where its own segment has none: what has begun goes on
/// (measured by `training/borders.py`).
const GOES_ON: f32 = 4.0;

/// Added to the score of beginning a cue in a sentence that has content but no cue.
const CUE_OF_CONTENT: f32 = 1.5;

/// The roles in the order of their columns.
const ROLES: [Role; 3] = [Role::Source, Role::Cue, Role::Content];

/// Place of the cue among them.
const CUE: usize = 1;

/// The head for roles.
#[derive(Debug)]
pub(in crate::nlp) struct Roles {
    input: HeadInput,
    out: Linear,
    /// For each role.
    transitions: Vec<Transitions>,
    sources: Pointer,
    cues: Pointer,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct RoleSpace {
    pub(in crate::nlp) rows: HeadRows,
    pub(in crate::nlp) scores: Vec<f32>,
    one_role: Vec<f32>,
    back: Vec<u8>,
    pointer: PointerSpace,
    /// Places and ranges of the spans that point, and of those they may point to.
    queries: Places,
    candidates: Places,
}

/// Some of the spans of a document: their places among all, and their ranges.
#[derive(Debug, Default)]
struct Places {
    places: Vec<usize>,
    ranges: Vec<TokenRange>,
}

impl Places {
    fn fill(&mut self, spans: &[RoleSpan], places: impl Iterator<Item = usize>) {
        self.places.clear();
        self.places.extend(places);
        self.ranges.clear();
        self.ranges.extend(self.places.iter().map(|place| spans[*place].tokens));
    }
}

impl Head for Roles {
    const FILLS: Layer = Layer::Roles;
    type Space = RoleSpace;

    fn read(Weights { file, encoder, .. }: &Weights<'_>) -> Result<Option<Self>, ModelError> {
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
        let none = vector(file, "link.none", sources.width())?;
        let cues = Pointer::read(file, "content", encoded, of_cues.to_vec())?;
        let transitions = Transitions::read(file, "span", &[LABELS; ROLES.len()])?;
        Ok(Some(Self { input, out, transitions, sources: sources.or_none(none), cues }))
    }

    fn hear(&self, stage: Stage, rows: &[f32], space: &mut RoleSpace) {
        self.input.gather(stage, rows, &mut space.rows);
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut RoleSpace) {
        let mut rows = std::mem::take(&mut space.rows);
        let segments = std::mem::take(&mut reading.encoding.segments);
        let (read, hidden) = self.input.apply(reading.encoder, reading.encoding, &mut rows);
        self.out.apply(Matrix::whole(hidden, self.input.outputs()), &mut space.scores);
        let mut spans = Vec::new();
        let mut begins = Vec::new();
        for segment in &segments {
            let sentences = &doc.sentences[segment.clone()];
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
        reading.encoding.segments = segments;
    }
}

impl Roles {
    /// The spans of a segment's tokens, in the order of the text; of two that begin together in the order of the roles.
    fn find(&self, segment: &Range<usize>, space: &mut RoleSpace, spans: &mut Vec<RoleSpan>) {
        let at = spans.len();
        let width = self.out.outputs();
        let scores = &space.scores[segment.start * width..segment.end * width];
        for (place, role) in ROLES.into_iter().enumerate() {
            space.one_role.clear();
            space
                .one_role
                .extend(scores.chunks_exact(width).flat_map(|row| &row[LABELS * place..LABELS * (place + 1)]));
            self.transitions[place].best(&mut space.one_role, &mut space.back, |range, _| {
                let probability = probability(scores, width, LABELS * place, &range);
                let tokens = TokenRange::new(segment.start + range.start, segment.start + range.end);
                spans.push(RoleSpan { role, tokens, of: None, probability, link_probability: 1.0 });
            });
        }
        spans[at..].sort_by_key(|span| (span.tokens.start, span.role));
    }

    /// Where a sentence has content and no cue, the likeliest cue outside of it: the labels of a role know nothing of the other roles.
    fn look_again(&self, sentences: &[Sentence], at: usize, space: &mut RoleSpace, spans: &mut Vec<RoleSpan>) {
        let width = self.out.outputs();
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
            space.one_role.extend(
                scores
                    .chunks_exact(width)
                    .flat_map(|row| [row[LABELS * CUE], row[LABELS * CUE + 1] + CUE_OF_CONTENT, row[LABELS * CUE + 2]]),
            );
            for span in spans[at..n_before].iter().filter(|span| span.role == Role::Content) {
                for token in span.tokens.range().filter(|token| range.contains(token)) {
                    let row = LABELS * (token - range.start);
                    space.one_role[row + 1..row + LABELS].fill(f32::NEG_INFINITY);
                }
            }
            let mut best: Option<(f32, Range<usize>)> = None;
            self.transitions[CUE].best(&mut space.one_role, &mut space.back, |found, _| {
                let probability = probability(scores, width, LABELS * CUE, &found);
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

    /// Joins the spans of a segment, those from `at` on.
    fn join(&self, doc: &Document, at: usize, rows: &[f32], space: &mut RoleSpace, spans: &mut [RoleSpan]) {
        let own = at..spans.len();
        let links = [(Role::Cue, Role::Source, &self.sources), (Role::Content, Role::Cue, &self.cues)];
        for (role, other, pointer) in links {
            space.queries.fill(spans, of_role(spans, own.clone(), role));
            space.candidates.fill(spans, of_role(spans, own.clone(), other));
            point(doc, pointer, None, rows, space, spans);
        }
    }

    /// Joins the contents of each segment without a cue to one of the last segment before it that has some, or to the first cue of the
    /// next segment.
    fn join_over_borders(
        &self,
        doc: &Document,
        begins: &[usize],
        rows: &[f32],
        space: &mut RoleSpace,
        spans: &mut [RoleSpan],
    ) {
        let mut before: Vec<usize> = Vec::new();
        for (segment, &start) in begins.iter().enumerate() {
            let bound = |segment: usize| begins.get(segment).copied().unwrap_or(spans.len());
            let (end, next_end) = (bound(segment + 1), bound(segment + 2));
            let cues: Vec<usize> = of_role(spans, start..end, Role::Cue).collect();
            if !cues.is_empty() {
                before = cues[cues.len().saturating_sub(REACH_BACK)..].to_vec();
                continue;
            }
            let contents: Vec<usize> = of_role(spans, start..end, Role::Content).collect();
            let next = of_role(spans, end..next_end, Role::Cue).next().filter(|_| !contents.is_empty());
            for content in contents {
                let last = spans[..content].iter().rev().find(|span| span.role == Role::Content);
                let last = last.and_then(|span| span.of).map(|place| place as usize);
                let mut candidates: Vec<usize> = before.iter().copied().chain(last).chain(next).collect();
                candidates.sort_unstable();
                candidates.dedup();
                let favoured = last.and_then(|last| candidates.iter().position(|place| *place == last));
                space.queries.fill(spans, [content].into_iter());
                space.candidates.fill(spans, candidates.into_iter());
                point(doc, &self.cues, favoured.map(|place| (place, GOES_ON)), rows, space, spans);
            }
        }
    }
}

/// Places of the spans that play a role.
fn of_role(spans: &[RoleSpan], range: Range<usize>, role: Role) -> impl Iterator<Item = usize> {
    range.filter(move |place| spans[*place].role == role)
}

/// Lets the queries of the working space point to its candidates.
fn point(
    doc: &Document,
    pointer: &Pointer,
    favoured: Option<(usize, f32)>,
    rows: &[f32],
    space: &mut RoleSpace,
    spans: &mut [RoleSpan],
) {
    let RoleSpace { pointer: working, queries, candidates, .. } = space;
    pointer.point(
        doc,
        rows,
        &queries.ranges,
        &candidates.ranges,
        favoured,
        working,
        |query, candidate, probability| {
            let span = &mut spans[queries.places[query]];
            span.link_probability = probability;
            span.of = candidate.and_then(|candidate| u32::try_from(candidates.places[candidate]).ok());
        },
    );
}
