//! The decisions of the graph with their evidence, for fitting the weights (`training/who.py`, `training/entities.py`). Nothing of it runs in the service.

use std::collections::BTreeSet;

use crate::extract::lexicon::{PlaceForm, name_key};
use crate::finding::Entity;
use crate::text::{Deprel, EntityKind, TokenRange, Upos};

use super::answers::Answer;
use super::chains::{Chain, Question};
use super::class::Class;
use super::mention::Sort;
use super::scene::Scene;
use super::scorer::Evidence as _;
use super::states::{Candidates, Edges, StateQuestion};

/// One mention.
#[derive(Debug)]
pub struct TracedMention {
    /// Its words.
    pub tokens: TokenRange,
    /// The chain it is in, by number.
    pub chain: usize,
    /// Person, body, …
    pub sort: &'static str,
    /// Key under which news know its name.
    pub key: Option<String>,
}

/// A noun phrase that is a mention or could be one.
#[derive(Debug)]
pub struct TracedNoun {
    /// The phrase.
    pub tokens: TokenRange,
    /// The noun in its dictionary form.
    pub lemma: String,
    /// Whether it is plural.
    pub is_plural: bool,
}

/// All decisions of one article.
#[derive(Debug, Default)]
pub struct Trace {
    /// Mentions, by their heads.
    pub mentions: Vec<TracedMention>,
    /// Nouns that are no names.
    pub nouns: Vec<TracedNoun>,
    /// Which antecedent.
    pub links: Vec<Question>,
    /// Which state; `owner` and `spoke_before` are taken down with the probabilities of the last round.
    pub states: Vec<StateQuestion>,
    /// What came out.
    pub entities: Vec<Entity>,
    /// Mentions and features of each entity.
    pub sectors: Vec<(Vec<usize>, Vec<String>)>,
}

impl Trace {
    #[expect(clippy::too_many_arguments, reason = "all that was decided, once, where weights are fitted")]
    pub(super) fn fill(
        &mut self,
        scene: &Scene<'_, '_>,
        chains: &[Chain],
        chain_of: &[usize],
        edges: &Edges,
        candidates: &[Option<Candidates>],
        answers: &[Answer],
        entities: &[Entity],
        links: Vec<Question>,
        features: Vec<BTreeSet<String>>,
    ) {
        let text = |range: TokenRange| scene.words.doc.range_text(range);
        self.links = links;
        self.entities = entities.to_vec();
        self.mentions = scene
            .mentions
            .iter()
            .zip(chain_of)
            .map(|(mention, &chain)| TracedMention {
                tokens: mention.tokens,
                chain,
                sort: match mention.sort {
                    Sort::Person => "person",
                    Sort::Body => "body",
                    Sort::State(_) => "state",
                    Sort::International(_) => "international",
                    Sort::People(_) => "people",
                    Sort::Group => "group",
                    Sort::Open => "open",
                },
                key: mention.name.map(|name| name_key(text(name))),
            })
            .collect();
        let doc = scene.words.doc;
        for sentence in &doc.sentences {
            for token in sentence.tokens.range() {
                let is_noun = match doc.upos.get(token) {
                    Some(Upos::Noun) => true,
                    // "Muslims".
                    Some(Upos::Propn) => {
                        doc.xpos[token].name() == "NNPS"
                            && doc.entity_at(token).is_none_or(|name| name.kind == EntityKind::Nationality)
                    }
                    _ => false,
                } && !scene.tree.is_part(token);
                let is_place = scene
                    .lexical
                    .around(token)
                    .and_then(|m| m.place())
                    .is_some_and(|(_, form)| form != PlaceForm::Adjective);
                if is_noun && !is_place && scene.tree.relation(token) != Deprel::Amod {
                    self.nouns.push(TracedNoun {
                        tokens: scene.tree.phrase(token, sentence.tokens),
                        lemma: scene.lemma(token).to_owned(),
                        is_plural: doc.xpos[token].name().ends_with('S'),
                    });
                }
            }
        }
        let share = |chain: usize, country: usize| {
            let all = &answers[chain].all;
            all.iter().find(|(known, _)| *known == Some(country)).map_or(0.0, |(_, probability)| *probability)
        };
        for (number, (chain, features)) in chains.iter().zip(features).enumerate() {
            self.sectors.push((chain.mentions.clone(), features.into_iter().collect()));
            let Some(candidates) = &candidates[number] else { continue };
            let names = chain.mentions.iter().filter_map(|&index| scene.mentions[index].name).map(text);
            let all = candidates.all.iter().map(|(country, found)| {
                let mut written: Vec<(&'static str, f32)> =
                    found.iter().map(|&(evidence, strength)| (evidence.name(), strength)).collect();
                if let Some(country) = *country {
                    let owner = edges.owners[number].iter().map(|&owner| share(owner, country)).fold(0.0, f32::max);
                    let before = edges.spoke_before[number].map_or(0.0, |chain| share(chain, country));
                    written.push(("owner", owner));
                    written.push(("spoke_before", before));
                }
                (country.map(|country| scene.lexicon.entities[country].code), written)
            });
            self.states.push(StateQuestion {
                mentions: chain.mentions.clone(),
                class: Class::NAMES[candidates.class as usize],
                key: names.max_by_key(|name| name.len()).map(name_key),
                candidates: all.collect(),
            });
        }
    }
}
