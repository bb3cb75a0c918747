//! Who is who: one graph an article. Mentions become entities, entities are tied by edges, and each is asked once whose state and
//! which sector it belongs to.
//!
//! 1. `finder` finds the mentions: names, nouns for people and bodies, pronouns; `modifiers` the countries within their words;
//! 2. `chains` joins mentions of one and the same, by names and by evidence (`links`);
//! 3. `states` asks whose state each entity is of, by evidence (`evidence`); `answers` does so twice: what it belongs to counts the second time;
//! 4. `sectors` finds what its words say of the sector; one `network` answers both.
//!
//! All is fitted on annotated articles: the network (`training/entities.py`), and the tables of `data/who` (`training/who.py`), for which `scorer` holds the arithmetic. Statements take
//! their speakers from here, events their parties.

mod actors;
mod answers;
mod by_name;
mod chains;
mod class;
mod dateline;
mod deeds;
mod evidence;
mod finder;
mod known;
mod lead;
pub(crate) mod lexical;
mod links;
mod mention;
mod modifiers;
mod names;
mod network;
mod nouns;
mod said;
mod scene;
mod scorer;
mod sectors;
mod states;
mod tables;
mod titles;
mod trace;
mod writing;

use std::collections::BTreeSet;

use crate::extract::lexicon::{Lexicon, Words};
use crate::extract::quotes::Quote;
use crate::finding::{Entity, Kind, MentionForm};
use crate::text::{Deprel, Document, TokenRange, Tree};

use actors::Known;
use chains::{Chain, Linker};
use deeds::Deeds;
use lexical::Mentions;
use mention::Sort;
use network::Heard;
pub(crate) use network::NETWORK;
pub(crate) use scene::Circumstances;
use scene::Scene;
use states::{Candidates, Description, Edges};
pub(crate) use tables::WhoTables;
pub use trace::Trace;

/// The entities of an article and where they are mentioned.
#[derive(Debug, Default)]
pub(crate) struct Who {
    /// By their first mentions.
    pub(crate) entities: Vec<Entity>,
    /// By token: the entity of the mention whose head it is, and how the mention refers to it.
    at_head: Vec<Option<(u32, MentionForm)>>,
    /// By entity, the body that it belongs to, by number.
    bodies: Vec<Option<usize>>,
}

impl Who {
    /// Reads an article's entities. `trace` takes down all decisions with their evidence.
    pub(crate) fn read(
        words: &Words<'_>,
        lexicon: &Lexicon,
        tables: &WhoTables,
        lexical: &Mentions,
        quotes: &[Quote],
        circumstances: Circumstances<'_>,
        trace: Option<&mut Trace>,
    ) -> Self {
        let scene = Scene::new(words, lexicon, tables, lexical, quotes, circumstances);
        let (chains, questions) = Linker::new(&scene, trace.is_some()).link();
        let mut chain_of = vec![0; scene.mentions.len()];
        for (number, chain) in chains.iter().enumerate() {
            chain.mentions.iter().for_each(|&mention| chain_of[mention] = number);
        }
        let edges = Edges::find(&scene, &chains, &chain_of);
        let descriptions: Vec<Description> = chains.iter().map(|chain| Description::of(&scene, chain)).collect();
        let known_by_name = |chain: &Chain| {
            let names = chain.mentions.iter().filter_map(|&index| scene.mentions[index].name);
            let names = names.map(|name| words.doc.range_text(name));
            tables.actors.look_up(names, circumstances.published, lexicon)
        };
        let own: Vec<Option<Known>> = chains.iter().map(known_by_name).collect();
        let candidates: Vec<Option<Candidates>> = (0..chains.len())
            .map(|number| {
                let is_known =
                    own[number].is_some() || matches!(chains[number].sort, Sort::State(_) | Sort::International(_));
                (!is_known).then(|| Candidates::find(&scene, &chains, &edges, &descriptions, number))
            })
            .collect();
        let deeds = Deeds::of(&scene.tree);
        let features: Vec<BTreeSet<String>> = chains
            .iter()
            .zip(&edges.owners)
            .map(|(chain, owners)| sectors::features(&scene, &deeds, &chains, chain, owners))
            .collect();
        let heard: Vec<Heard> = features.iter().map(|features| tables.network.hear(features)).collect();
        let answers = answers::decide(&scene, &chains, &edges, &candidates, &own, &heard);
        let entities = writing::entities(&scene, &chains, &answers, &own, &heard);
        if let Some(trace) = trace {
            trace.fill(&scene, &chains, &chain_of, &edges, &candidates, &answers, &entities, questions, features);
        }
        let mut at_head = vec![None; words.len()];
        for (index, mention) in scene.mentions.iter().enumerate() {
            // "a statement by the ministry": the ministry speaks.
            let is_thing = mention.sort == Sort::Open && !mention.is_pronoun();
            let owner = edges.owners[chain_of[index]].first().filter(|_| is_thing);
            let chain = owner.copied().unwrap_or(chain_of[index]);
            at_head[mention.head] = u32::try_from(chain).ok().map(|chain| (chain, mention.form));
        }
        let bodies = edges.owners.iter().map(|owners| {
            let is_body = |owner: &&usize| matches!(chains[**owner].sort, Sort::Body | Sort::International(_));
            owners.iter().find(is_body).copied()
        });
        Self { bodies: bodies.collect(), entities, at_head }
    }

    /// The entity that a stretch of words is about, by number, and how the words refer to it: that of its head, else of the first
    /// mention in it. A person named in it who does not belong to somebody else comes first: the tree does not always know that
    /// "the spokesman, Adam Holt," is one.
    pub(crate) fn of(&self, doc: &Document, tokens: TokenRange) -> Option<(usize, MentionForm)> {
        let tree = Tree::new_within(doc, tokens);
        let at = |token: usize| {
            let found = self.at_head.get(token).copied().flatten();
            found.map(|(entity, form)| (entity as usize, form))
        };
        let head = finder::head_of(&tree, tokens);
        let of_head = at(head).or_else(|| tokens.range().find_map(at));
        let is_named_person = of_head.is_some_and(|(entity, _)| {
            self.entities[entity].kind == Kind::Person && self.entities[entity].name.is_some()
        });
        if is_named_person || of_head.is_some_and(|(_, form)| form == MentionForm::Pronoun) {
            return of_head;
        }
        let named = tokens.range().filter(|&token| token != head).find_map(|token| {
            let (entity, form) = at(token).filter(|(_, form)| *form == MentionForm::Name)?;
            let kind = self.entities[entity].kind;
            let is_apposed = tree.relation(token) == Deprel::Appos && tree.head(token) == Some(head);
            let stands_alone = matches!(
                tree.relation(token),
                Deprel::Nsubj | Deprel::Appos | Deprel::Root | Deprel::Conj | Deprel::Dep | Deprel::Parataxis
            ) && tree.preposition(token).is_none();
            let is_set_off = tree.relation(token) != Deprel::Conj || token > 0 && doc.token_text(token - 1) == ",";
            (kind == Kind::Person && stands_alone && is_set_off || kind == Kind::Body && is_apposed)
                .then_some((entity, form))
        });
        named.or(of_head)
    }

    /// The entities that a stretch of words is about, by number: several where it is coordinated ("the minister and his aide").
    pub(crate) fn all(&self, doc: &Document, tokens: TokenRange) -> Vec<usize> {
        let tree = Tree::new_within(doc, tokens);
        let first = finder::head_of(&tree, tokens);
        let mut found: Vec<usize> = self.of(doc, tokens).map(|(entity, _)| entity).into_iter().collect();
        let conjuncts = tokens.range().filter(|&token| token != first && tree.first_conjunct(token) == first);
        for (entity, _) in conjuncts.filter_map(|token| self.at_head.get(token).copied().flatten()) {
            if !found.contains(&(entity as usize)) {
                found.push(entity as usize);
            }
        }
        found
    }

    /// The body that an entity belongs to, in the article's words.
    pub(crate) fn body_of(&self, doc: &Document, entity: usize) -> Option<String> {
        let body = &self.entities[self.bodies[entity]?];
        body.name.clone().or_else(|| {
            let described = body.mentions.iter().find(|mention| mention.form == MentionForm::Description)?;
            Some(doc.range_text(described.tokens).to_owned())
        })
    }
}
