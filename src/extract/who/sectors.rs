//! Which sector an entity belongs to: a linear model over its words, from `data/who/sectors.tsv`.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr as _;

use crate::finding::Sector;
use crate::nlp::tables::{self, TableError};

use super::chains::Chain;
use super::known;
use super::mention::Sort;
use super::scene::Scene;

/// Mentions of one entity that are looked at.
const MENTIONS: usize = 12;

/// Words of a mention that are looked at.
const WORDS: usize = 16;

/// What each feature weighs for each sector. A sector without a row weighs nothing.
#[derive(Debug)]
pub(crate) struct SectorModel {
    by_feature: HashMap<&'static str, Vec<(Option<Sector>, f32)>>,
}

impl SectorModel {
    /// # Errors
    /// If the table is malformed.
    pub(crate) fn load() -> Result<Self, TableError> {
        let mut by_feature = HashMap::new();
        for row in tables::read("data/who/sectors.tsv", tables::embedded("who/sectors.tsv"), 2)? {
            let mut weights = Vec::new();
            for cell in row.values(1) {
                let parsed = cell.split_once(' ').and_then(|(name, weight)| {
                    let sector = if name == "-" { None } else { Some(Sector::from_str(name).ok()?) };
                    Some((sector, weight.parse().ok()?))
                });
                weights
                    .push(parsed.ok_or_else(|| row.error(format!("expected a sector and a weight, found {cell:?}")))?);
            }
            by_feature.insert(row.cell(0), weights);
        }
        Ok(Self { by_feature })
    }

    /// The likeliest sector of an entity with these features; `None` is an answer.
    pub(super) fn likeliest(&self, features: &BTreeSet<String>) -> Option<Sector> {
        let mut scores: Vec<(Option<Sector>, f32)> = vec![(None, 0.0)];
        for (sector, weight) in features.iter().filter_map(|feature| self.by_feature.get(feature.as_str())).flatten() {
            match scores.iter_mut().find(|(known, _)| known == sector) {
                Some((_, score)) => *score += weight,
                None => scores.push((*sector, *weight)),
            }
        }
        let best = scores.iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        best.and_then(|(sector, _)| *sector)
    }
}

/// The features of an entity: nouns, words of its office and its name, what it belongs to, what it does.
pub(super) fn features(scene: &Scene<'_, '_>, chains: &[Chain], chain: &Chain, owners: &[usize]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let kind = match chain.sort {
        Sort::Person => "person",
        Sort::Body => "body",
        Sort::State(_) => "state",
        Sort::International(_) => "international",
        Sort::People(_) => "people",
        Sort::Group => "group",
        Sort::Open => "open",
    };
    found.insert("bias".to_owned());
    found.insert(format!("kind {kind}"));
    for mention in chain.mentions.iter().take(MENTIONS).map(|&index| &scene.mentions[index]) {
        if mention.is_pronoun() {
            continue;
        }
        match mention.name {
            Some(name) => {
                found.insert(format!("name {}", known::key(scene.words.doc.range_text(name))));
                if chain.sort != Sort::Person {
                    found.extend(name.range().map(|token| format!("part {}", scene.words.lower(token))));
                }
            }
            None => _ = found.insert(format!("noun {}", scene.lemma(mention.head))),
        }
        for token in mention.office.into_iter().flat_map(|office| office.range()) {
            found.insert(format!("office {}", scene.lemma(token)));
        }
        for token in
            mention.tokens.range().take(WORDS).filter(|&token| token != mention.head && scene.words.is_word(token))
        {
            if !mention.name.is_some_and(|name| name.contains_token(token)) {
                let is_near = scene.tree.head(token) == Some(mention.head);
                found.insert(format!("{} {}", if is_near { "beside" } else { "within" }, scene.lemma(token)));
            }
        }
        let place = scene
            .lexical
            .around(mention.head)
            .or_else(|| mention.office.and_then(|office| scene.lexical.around(office.start as usize)));
        if let Some(sector) = place.and_then(super::lexical::Mention::sector) {
            found.insert(format!("lexicon {sector}"));
        }
        if let Some(verb) = scene.tree.governor(mention.head) {
            let relation = if scene.tree.is_subject(mention.head) { "does" } else { "undergoes" };
            found.insert(format!("{relation} {}", scene.lemma(verb)));
        }
    }
    for &owner in owners {
        for mention in chains[owner].mentions.iter().take(3).map(|&index| &scene.mentions[index]) {
            if !mention.is_pronoun() && !matches!(chains[owner].sort, Sort::State(_)) {
                found.insert(format!("of {}", scene.lemma(mention.head)));
            }
        }
    }
    found
}
