//! What speaks for each class of a pair.

use super::super::excerpt::Ends;
use super::classes::{self, CLASSES};
use crate::analyzer::Analysis;
use crate::finding::{Actor, Event};
use crate::text::{Document, TokenRange};

/// Kinds of evidence: the surest event whose two sides are the spans, one side of which is, none; the most probable trigger at the words of the tree between
/// the two, at the words between them, at other words outside, within the spans.
pub(super) const KINDS: usize = 7;

/// A number for each kind, 0 to 1.
pub(super) type Evidence = [f32; KINDS];

/// What each kind weighs, by `training/pairs.py` (fitted on the event corpus's dev part, of which it makes pairs; PLV's own sentences are for testing alone).
const WEIGHTS: Evidence = [1.44, 0.47, -1.84, 3.59, 1.46, 2.92, 1.46];

/// What is added for each class, in the order of [`CLASSES`]; fitted with the weights, a class the more to be reckoned with the rarer it is.
const CONSTANTS: [f32; CLASSES.len()] =
    [-0.09, 0.04, 0.03, -0.73, 0.27, 0.04, -0.62, -0.25, -0.08, 0.25, 0.72, -0.08, 0.62, -0.10, -0.02];

/// What is less probable says no less.
const LEAST: f32 = 1e-4;

/// How likely each class is, together 1.
pub(super) fn shares(evidence: &[Evidence]) -> Vec<f32> {
    let level = |share: f32| 1.0 - share.max(LEAST).ln() / LEAST.ln();
    let score = |(evidence, constant): (&Evidence, f32)| {
        constant + evidence.iter().zip(WEIGHTS).map(|(share, weight)| weight * level(*share)).sum::<f32>()
    };
    let scores: Vec<f32> = evidence.iter().zip(CONSTANTS).map(score).collect();
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let odds: Vec<f32> = scores.iter().map(|score| (score - top).exp()).collect();
    let total: f32 = odds.iter().sum();
    odds.into_iter().map(|odds| odds / total).collect()
}

const EVENT: usize = 0;
const PATH: usize = 3;
const BETWEEN: usize = 4;
const OUTSIDE: usize = 5;
const WITHIN: usize = 6;

/// The evidence of each class. Spans count in code points.
pub(super) fn find(analysis: &Analysis, text: &str, source: Option<Ends>, target: Option<Ends>) -> Vec<Evidence> {
    let doc = &analysis.document;
    let mut found = vec![Evidence::default(); CLASSES.len()];
    let (source, target) = (tokens_of(doc, text, source), tokens_of(doc, text, target));
    for event in &analysis.events {
        // A code that is no class of PLV leaves the type to tell.
        let class = classes::of_code(&event.cameo).unwrap_or_else(|| classes::of_type(event.plover_type));
        raise(&mut found[class][EVENT + 2 - sides(event, source, target)], event.confidence);
    }
    let Some(chances) = doc.events.as_ref().and_then(|layer| layer.chances.as_ref()) else { return found };
    let is_on_path = path(doc, source, target);
    let (first, last) = match (source, target) {
        (Some(one), Some(other)) if one.start < other.start => (one.end as usize, other.start as usize),
        (Some(one), Some(other)) => (other.end as usize, one.start as usize),
        _ => (0, 0),
    };
    for token in 0..doc.tokens.len() {
        let is_within = [source, target].into_iter().flatten().any(|span| span.contains_token(token));
        let kind = match () {
            () if is_within => WITHIN,
            () if is_on_path.contains(&token) => PATH,
            () if (first..last).contains(&token) => BETWEEN,
            () => OUTSIDE,
        };
        let mut of_class = vec![0.0; CLASSES.len()];
        for (event_type, share) in chances.of(token) {
            of_class[classes::of_type(event_type)] += share;
        }
        // Where the head found a trigger, its code may say another class than its type.
        let mention =
            doc.events.iter().flat_map(|layer| &layer.mentions).find(|mention| mention.tokens.contains_token(token));
        if let Some(mention) = mention {
            let (by_type, by_code) = (classes::of_type(mention.event_type), classes::of_code(mention.cameo));
            let by_code = by_code.unwrap_or(by_type);
            let share = std::mem::take(&mut of_class[by_type]);
            of_class[by_code] += share;
        }
        for (evidence, share) in found.iter_mut().zip(of_class) {
            raise(&mut evidence[kind], share);
        }
    }
    found
}

fn raise(known: &mut f32, value: f32) {
    *known = known.max(value);
}

/// How many of the two sides of an event are the spans; 2 as well where they are the wrong way round and all of the event's parties do the same.
fn sides(event: &Event, source: Option<TokenRange>, target: Option<TokenRange>) -> usize {
    let meets = |parties: &[Actor], span: Option<TokenRange>| {
        span.is_some_and(|span| parties.iter().any(|party| party.tokens.overlaps(span)))
    };
    let right = usize::from(meets(&event.actors, source)) + usize::from(meets(&event.recipients, target));
    let is_mutual = event.recipients.is_empty() && event.actors.len() > 1;
    let mutual = usize::from(meets(&event.actors, source)) + usize::from(meets(&event.actors, target));
    if is_mutual { mutual } else { right }
}

/// The tokens that a span in code points touches.
fn tokens_of(doc: &Document, text: &str, span: Option<Ends>) -> Option<TokenRange> {
    let (start, end) = span?;
    let byte = |point: usize| text.char_indices().nth(point).map_or(text.len(), |(at, _)| at);
    let (start, end) = (byte(start), byte(end));
    let first = doc.tokens.partition_point(|token| token.end as usize <= start);
    let last = doc.tokens.partition_point(|token| (token.start as usize) < end);
    (last > first).then(|| TokenRange::new(first, last))
}

/// The tokens between the heads of two spans in the tree, with the one that governs both.
fn path(doc: &Document, source: Option<TokenRange>, target: Option<TokenRange>) -> Vec<usize> {
    let (Some(source), Some(target)) = (source, target) else { return Vec::new() };
    if doc.heads.is_empty() {
        return Vec::new();
    }
    let top =
        |span: TokenRange| span.range().find(|&token| doc.head(token).is_none_or(|head| !span.contains_token(head)));
    let up = |span: TokenRange| -> Vec<usize> {
        // No tree is deeper than its sentence is long; a broken one may be a circle.
        std::iter::successors(top(span), |&at| doc.head(at)).take(doc.tokens.len()).collect()
    };
    let (one, other) = (up(source), up(target));
    let common = one.iter().find(|at| other.contains(at)).copied();
    let below = |way: &[usize]| way.iter().copied().take_while(|at| Some(*at) != common).collect::<Vec<_>>();
    below(&one).into_iter().chain(below(&other)).chain(common).collect()
}
