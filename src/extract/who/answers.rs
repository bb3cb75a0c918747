//! The answers on whose state each entity is of, in two rounds: what an entity belongs to counts for it.

use crate::finding::Reason;

use super::actors::Known;
use super::chains::Chain;
use super::mention::Sort;
use super::network::{Asked, Heard};
use super::scene::Scene;
use super::scorer::{Evidence as _, softmax};
use super::states::{Candidates, Edges};

/// Rounds in which the answers on what an entity belongs to count for the entity.
const ROUNDS: usize = 2;

/// Name of the evidence that the user's own codebook gives, and what it weighs: it settles the question.
const CODEBOOK: &str = "codebook";
const CERTAIN: f32 = 100.0;

/// An answer on one entity's state.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// Index into the lexicon's entities.
    pub(super) country: Option<usize>,
    pub(super) probability: f32,
    pub(super) reasons: Vec<Reason>,
    /// Country and probability of each candidate.
    pub(super) all: Vec<(Option<usize>, f32)>,
}

/// Whose state each entity is of.
pub(super) fn decide(
    scene: &Scene<'_, '_>,
    chains: &[Chain],
    edges: &Edges,
    candidates: &[Option<Candidates>],
    own: &[Option<Known>],
    heard: &[Heard],
) -> Vec<Answer> {
    let mut answers: Vec<Answer> = chains
        .iter()
        .zip(own)
        .map(|(chain, own)| match chain.sort {
            _ if own.is_some() => Answer {
                country: own.and_then(|own| own.country),
                probability: 1.0,
                reasons: vec![Reason { evidence: CODEBOOK, weight: CERTAIN }],
                all: vec![(own.and_then(|own| own.country), 1.0)],
            },
            Sort::State(country) => Answer {
                country: Some(country),
                probability: 1.0,
                all: vec![(Some(country), 1.0)],
                ..Answer::default()
            },
            _ => Answer { probability: 1.0, all: vec![(None, 1.0)], ..Answer::default() },
        })
        .collect();
    for round in 0..ROUNDS {
        let before = answers.clone();
        let share = |chain: usize, country: usize| {
            let all = &before[chain].all;
            all.iter().find(|(known, _)| *known == Some(country)).map_or(0.0, |(_, probability)| *probability)
        };
        for (number, candidates) in candidates.iter().enumerate() {
            let Some(candidates) = candidates else { continue };
            let owner =
                |country: usize| edges.owners[number].iter().map(|&owner| share(owner, country)).fold(0.0, f32::max);
            let spoke = |country: usize| edges.spoke_before[number].map_or(0.0, |chain| share(chain, country));
            let asked = candidates.asked(scene, &owner, &spoke);
            answers[number] = answer(scene, candidates, &heard[number], &asked, round + 1 == ROUNDS);
        }
    }
    answers
}

fn answer(
    scene: &Scene<'_, '_>,
    candidates: &Candidates,
    heard: &Heard,
    asked: &[Asked<'_>],
    gives_reasons: bool,
) -> Answer {
    let network = &scene.tables.network;
    let probabilities = softmax(&network.states(candidates.class, heard, asked));
    let all: Vec<(Option<usize>, f32)> =
        candidates.all.iter().map(|(country, _)| *country).zip(probabilities.iter().copied()).collect();
    // The first of equals, so that the order of candidates decides and nothing else.
    let best = (0..all.len()).fold(0, |best, at| if all[at].1 > all[best].1 { at } else { best });
    let best = if all[best].1 < candidates.least(best) { 0 } else { best };
    let mut reasons: Vec<Reason> = Vec::new();
    if gives_reasons {
        let weights = network.weights(candidates.class, heard, asked, best);
        let evidence = asked[best].evidence.iter().zip(weights);
        reasons.extend(evidence.map(|((evidence, _), weight)| Reason { evidence: evidence.name(), weight }));
        reasons.retain(|reason| reason.weight > 0.0);
        reasons.sort_by(|one, other| other.weight.total_cmp(&one.weight).then(one.evidence.cmp(other.evidence)));
        reasons.truncate(3);
    }
    Answer { country: all[best].0, probability: all[best].1, reasons, all }
}
