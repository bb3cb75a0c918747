//! What a confidence was made of, and what told whose state somebody is of.

use serde::Serialize;

use super::Read;
use crate::finding::Entity;
use crate::text::TokenRange;

/// A number of an explanation: three decimals are more than anybody reads.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

/// A confidence and the features that it is made of.
#[derive(Debug, Serialize)]
pub(super) struct Confidence {
    pub(super) value: f64,
    /// Weightiest first; those that weigh nothing are left out. Empty for a finding whose confidence is that of its family of rules.
    pub(super) features: Vec<Feature>,
}

/// A feature: its product with its weight is what it adds to the logarithm of the odds.
#[derive(Debug, Serialize)]
pub(super) struct Feature {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) weight: f64,
    pub(super) adds: f64,
}

impl Confidence {
    pub(super) fn of(value: f32, features: &[(&'static str, f32)], weight: impl Fn(&str) -> f32) -> Self {
        let feature = |&(name, value): &(&'static str, f32)| {
            let weight = weight(name);
            Feature { name, value: rounded(value), weight: rounded(weight), adds: rounded(value * weight) }
        };
        let mut features: Vec<Feature> = features.iter().map(feature).filter(|feature| feature.adds != 0.0).collect();
        features.sort_by(|one, other| other.adds.abs().total_cmp(&one.adds.abs()).then(one.name.cmp(other.name)));
        Self { value: rounded(value), features }
    }
}

/// Who somebody is by the article graph.
#[derive(Debug, Serialize)]
pub(super) struct Who {
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) country: Option<String>,
    /// Probability of the country; none counts as an answer.
    pub(super) probability: f64,
    /// What told the country, weightiest first.
    pub(super) evidence: Vec<Evidence>,
    /// Where else the article speaks of it.
    pub(super) mentions: Vec<String>,
}

/// A piece of evidence with what it weighed: log-odds.
#[derive(Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) name: &'static str,
    pub(super) weight: f64,
}

/// Mentions of an entity that are told.
const MENTIONS: usize = 5;

impl Who {
    pub(super) fn of(read: &Read, number: usize) -> Self {
        let entity: &Entity = &read.analysis.entities[number];
        Self {
            kind: entity.kind.to_string(),
            name: entity.name.clone(),
            country: entity.country.clone(),
            probability: rounded(entity.confidence),
            evidence: (entity.reasons.iter())
                .map(|reason| Evidence { name: reason.evidence, weight: rounded(reason.weight) })
                .collect(),
            mentions: entity.mentions.iter().take(MENTIONS).map(|mention| words(read, mention.tokens)).collect(),
        }
    }
}

/// The words of a range, on one line.
pub(super) fn words(read: &Read, tokens: TokenRange) -> String {
    read.analysis.document.range_text(tokens).split_whitespace().collect::<Vec<_>>().join(" ")
}
