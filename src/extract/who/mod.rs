//! Who is who: one graph an article. Mentions become entities, entities are tied by edges, and each is asked once whose state and
//! which sector it belongs to.
//!
//! 1. `finder` finds the mentions: names, nouns for people and bodies, pronouns; `modifiers` the countries within their words;
//! 2. `chains` joins mentions of one and the same, by names and by evidence (`links`);
//! 3. `states` asks whose state each entity is of, by evidence (`evidence`), twice: what it belongs to counts the second time;
//! 4. `sectors` asks for the sector.
//!
//! Weights are fitted on annotated articles (`training/who.py`) and stand in `data/who`; `scorer` holds the arithmetic. Statements take
//! their speakers from here, events their parties.

mod chains;
mod dateline;
mod evidence;
mod finder;
mod known;
pub(crate) mod lexical;
mod links;
mod mention;
mod modifiers;
mod names;
mod nouns;
mod phrases;
mod said;
mod scene;
mod scorer;
mod sectors;
mod states;
mod tables;
mod titles;
mod trace;
mod writing;

use crate::extract::lexicon::{Lexicon, Words};
use crate::extract::quotes::Quote;
use crate::finding::{Entity, Kind, MentionForm, Reason};
use crate::text::{Deprel, Document, TokenRange};

use chains::{Chain, Linker};
use lexical::Mentions;
use mention::Sort;
use phrases::Tree;
pub(crate) use scene::Circumstances;
use scene::Scene;
use scorer::Evidence as _;
use states::{Candidates, Description, Edges};
pub(crate) use tables::WhoTables;
pub use trace::Trace;

/// Rounds in which the answers on what an entity belongs to count for the entity.
const ROUNDS: usize = 2;

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
        lexical: &Mentions,
        quotes: &[Quote],
        circumstances: Circumstances<'_>,
        trace: Option<&mut Trace>,
    ) -> Self {
        let scene = Scene::new(words, lexicon, lexical, quotes, circumstances);
        let (chains, questions) = Linker::new(&scene, trace.is_some()).link();
        let mut chain_of = vec![0; scene.mentions.len()];
        for (number, chain) in chains.iter().enumerate() {
            chain.mentions.iter().for_each(|&mention| chain_of[mention] = number);
        }
        let edges = Edges::find(&scene, &chains, &chain_of);
        let descriptions: Vec<Description> = chains.iter().map(|chain| Description::of(&scene, chain)).collect();
        let candidates: Vec<Option<Candidates>> = (0..chains.len())
            .map(|number| {
                let is_known = matches!(chains[number].sort, Sort::State(_) | Sort::International(_));
                (!is_known).then(|| Candidates::find(&scene, &chains, &edges, &descriptions, number))
            })
            .collect();
        let answers = decide(&scene, &chains, &edges, &candidates);
        let entities = writing::entities(&scene, &chains, &edges, &answers);
        if let Some(trace) = trace {
            trace.fill(&scene, &chains, &chain_of, &edges, &candidates, &answers, &entities, questions);
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

/// An answer on one entity's state.
#[derive(Debug, Clone, Default)]
struct Answer {
    /// Index into the lexicon's entities.
    country: Option<usize>,
    probability: f32,
    reasons: Vec<Reason>,
    /// Country and probability of each candidate.
    all: Vec<(Option<usize>, f32)>,
}

/// Whose state each entity is of.
fn decide(scene: &Scene<'_, '_>, chains: &[Chain], edges: &Edges, candidates: &[Option<Candidates>]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = chains
        .iter()
        .map(|chain| match chain.sort {
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
            let probabilities = candidates.probabilities(scene, &owner, &spoke);
            answers[number] = answer(scene, candidates, &probabilities, round + 1 == ROUNDS);
        }
    }
    answers
}

fn answer(scene: &Scene<'_, '_>, candidates: &Candidates, probabilities: &[f32], gives_reasons: bool) -> Answer {
    let all: Vec<(Option<usize>, f32)> =
        candidates.all.iter().map(|(country, _)| *country).zip(probabilities.iter().copied()).collect();
    // The first of equals, so that the order of candidates decides and nothing else.
    let best = (0..all.len()).fold(0, |best, at| if all[at].1 > all[best].1 { at } else { best });
    let best = if all[best].1 < candidates.least(best) { 0 } else { best };
    let class = candidates.class as usize;
    let weights = &scene.lexicon.who.states;
    let mut reasons: Vec<Reason> = Vec::new();
    if gives_reasons {
        reasons.extend(candidates.all[best].1.iter().map(|&(evidence, strength)| Reason {
            evidence: evidence.name(),
            weight: weights.of(class, evidence) * strength,
        }));
        reasons.retain(|reason| reason.weight > 0.0);
        reasons.sort_by(|one, other| other.weight.total_cmp(&one.weight).then(one.evidence.cmp(other.evidence)));
        reasons.truncate(3);
    }
    Answer { country: all[best].0, probability: all[best].1, reasons, all }
}
