//! Mentions that stand for one and the same, left to right: names by their words, states by the table, the rest by evidence.

use std::collections::{BTreeMap, HashMap};

use crate::extract::lexicon::Sex;
use crate::finding::MentionForm;
use crate::text::Deprel;

use super::lead;
use super::links::LinkEvidence as Link;
use super::mention::{Anaphor, Determiner, Mention, Sort};
use super::names::{BodyNames, PersonNames};
use super::scene::Scene;
use super::scorer::{Found, Written};

/// Chains that are compared, the last spoken of first: no text may cost its square.
const CANDIDATES: usize = 30;

/// Chains among which they are looked for.
const REACH: usize = 120;

/// Nouns by which a state is spoken of.
const COUNTRY_NOUNS: [&str; 4] = ["country", "nation", "state", "government"];

/// Mentions of one and the same.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// Indices into the mentions, ascending.
    pub(super) mentions: Vec<usize>,
    pub(super) sort: Sort,
    pub(super) is_plural: bool,
    pub(super) sex: Option<Sex>,
    /// A mention has a name.
    pub(super) is_named: bool,
}

/// One decision on an antecedent, for fitting the weights.
#[derive(Debug)]
pub struct Question {
    /// The mention in question.
    pub mention: usize,
    /// Its class.
    pub class: &'static str,
    /// A mention of each candidate (the last one; none for a new entity) with its evidence.
    pub candidates: Vec<(Option<usize>, Written)>,
}

/// Links the mentions of a scene.
pub(super) struct Linker<'s, 'a, 'd> {
    scene: &'s Scene<'a, 'd>,
    chains: Vec<Chain>,
    /// By mention.
    chain_of: Vec<usize>,
    /// Chains by when they were last spoken of.
    recent: BTreeMap<usize, usize>,
    /// By chain: when that was.
    spoken: Vec<usize>,
    persons: PersonNames,
    bodies: BodyNames,
    by_entity: HashMap<(usize, bool), usize>,
    /// Lemmas of nouns met so far.
    nouns_seen: HashMap<&'s str, usize>,
    /// By head token: the mention.
    by_head: HashMap<usize, usize>,
    /// Collected where weights are fitted.
    questions: Option<Vec<Question>>,
}

impl<'s, 'a, 'd> Linker<'s, 'a, 'd> {
    pub(super) fn new(scene: &'s Scene<'a, 'd>, keeps_questions: bool) -> Self {
        Self {
            scene,
            chains: Vec::new(),
            chain_of: vec![usize::MAX; scene.mentions.len()],
            recent: BTreeMap::new(),
            spoken: Vec::new(),
            persons: PersonNames::default(),
            bodies: BodyNames::default(),
            by_entity: HashMap::new(),
            nouns_seen: HashMap::new(),
            by_head: HashMap::new(),
            questions: keeps_questions.then(Vec::new),
        }
    }

    /// The chains, by their first mentions, and the questions that were decided.
    pub(super) fn link(mut self) -> (Vec<Chain>, Vec<Question>) {
        // "I", in a quotation, is whoever is credited with it, who may be named only behind it.
        let (later, now): (Vec<usize>, Vec<usize>) =
            (0..self.scene.mentions.len()).partition(|&index| self.speaker(index).is_some());
        for index in now {
            let chain = self.chain_for(index).unwrap_or_else(|| self.begin(index));
            self.join(index, chain);
        }
        for index in later {
            let chain = self.speaker(index).map(|source| self.chain_of[source]);
            let chain =
                chain.filter(|&chain| self.chains[chain].sort == Sort::Person).unwrap_or_else(|| self.begin(index));
            self.join(index, chain);
        }
        self.chains.iter_mut().for_each(|chain| chain.mentions.sort_unstable());
        (
            self.chains.into_iter().filter(|chain| !chain.mentions.is_empty()).collect(),
            self.questions.unwrap_or_default(),
        )
    }

    /// The mention that is credited with the quotation in which a mention says "I".
    fn speaker(&self, index: usize) -> Option<usize> {
        let mention = &self.scene.mentions[index];
        let said = self
            .scene
            .said
            .around(mention.head)
            .filter(|_| mention.anaphor == Some(Anaphor::I) && mention.quote.is_some())?;
        let source = self.scene.mentions.binary_search_by_key(&said.source, |known| known.head).ok()?;
        (self.scene.mentions[source].anaphor != Some(Anaphor::I)).then_some(source)
    }

    fn begin(&mut self, index: usize) -> usize {
        let mention = &self.scene.mentions[index];
        self.chains.push(Chain {
            mentions: Vec::new(),
            sort: mention.sort,
            is_plural: mention.is_plural,
            sex: None,
            is_named: false,
        });
        self.spoken.push(usize::MAX);
        self.chains.len() - 1
    }

    fn join(&mut self, index: usize, chain: usize) {
        let scene = self.scene;
        let mention = &scene.mentions[index];
        self.chain_of[index] = chain;
        self.by_head.insert(mention.head, index);
        let known = &mut self.chains[chain];
        known.mentions.push(index);
        known.sex = known.sex.or(mention.sex);
        if known.sort == Sort::Open || mention.name.is_some() && !known.is_named {
            known.sort = if mention.sort == Sort::Open { known.sort } else { mention.sort };
        }
        if let Some(name) = mention.name {
            known.is_named = true;
            let name = scene.words.doc.range_text(name);
            match mention.sort {
                Sort::Person => self.persons.add(name, chain),
                Sort::Body | Sort::International(_) => self.bodies.add(name, chain),
                _ => {}
            }
        }
        match mention.sort {
            Sort::State(entity) => _ = self.by_entity.insert((entity, true), chain),
            Sort::International(entity) => _ = self.by_entity.insert((entity, false), chain),
            _ => {}
        }
        if !mention.is_pronoun() {
            self.nouns_seen.insert(scene.lemma(mention.head), index);
        }
        self.recent.remove(&self.spoken[chain]);
        self.spoken[chain] = index;
        self.recent.insert(index, chain);
    }

    /// The chain that a mention goes on with.
    fn chain_for(&mut self, index: usize) -> Option<usize> {
        let scene = self.scene;
        let mention = &scene.mentions[index];
        let by_name = match (mention.sort, mention.name) {
            (Sort::State(entity), _) => self.by_entity.get(&(entity, true)).copied(),
            (Sort::International(entity), _) => self.by_entity.get(&(entity, false)).copied(),
            (Sort::Person, Some(name)) => self.persons.bearer(scene.words.doc.range_text(name)),
            (_, Some(name)) => self.bodies.bearer(scene.words.doc.range_text(name)),
            _ => None,
        };
        let apposed = self.apposed(mention).or_else(|| self.beside(index));
        if let Some(known) = by_name {
            // "the spokesman, | Adam Holt": what described him is his.
            if let Some(other) = apposed.filter(|&other| other != known && !self.chains[other].is_named) {
                self.merge(other, known);
            }
            return Some(known);
        }
        if mention.form == MentionForm::Name {
            return apposed.filter(|&other| !self.chains[other].is_named).or_else(|| self.of_lead(mention));
        }
        if mention.anaphor == Some(Anaphor::Relative) {
            return self.modified(mention.head).map(|at| self.chain_of[at]);
        }
        if let Some(chain) = apposed {
            return Some(chain);
        }
        self.antecedent(index)
    }

    /// Gives all mentions of one chain to another.
    fn merge(&mut self, from: usize, to: usize) {
        let moved = std::mem::take(&mut self.chains[from].mentions);
        for &mention in &moved {
            self.chain_of[mention] = to;
        }
        let (sex, known) = (self.chains[from].sex, &mut self.chains[to]);
        known.mentions.extend(moved);
        known.mentions.sort_unstable();
        known.sex = known.sex.or(sex);
        self.recent.remove(&self.spoken[from]);
    }

    /// The chain of the phrase that a mention is set beside, if both can be one: "Anna Lindqvist, | the minister".
    fn apposed(&self, mention: &Mention) -> Option<usize> {
        let tree = &self.scene.tree;
        if tree.relation(mention.head) != Deprel::Appos {
            // The tree may hang the name's title on the name, too: "the minister, | Anna Lindqvist".
            let title = tree
                .dependents(mention.head)
                .find(|&token| token < mention.head && tree.relation(token) == Deprel::Appos);
            return title.and_then(|title| self.one_with(title, mention));
        }
        // What stands beside is often hung on the nearest noun: "the spokesman for the council, | Anna Lindqvist".
        let mut at = mention.head;
        for _ in 0..4 {
            at = tree.head(at)?;
            let found = self.one_with(at, mention);
            if found.is_some_and(|chain| mention.name.is_none() || !self.chains[chain].is_named)
                || mention.name.is_none()
            {
                return found;
            }
            if !matches!(tree.relation(at).base(), "nmod" | "appos" | "compound" | "flat" | "conj") {
                return None;
            }
        }
        None
    }

    /// The chain of the unnamed person whose description stands right before a name: "the spokesman for the council, | Anna Lindqvist, said", where the tree
    /// does not know that the two are one.
    fn beside(&self, index: usize) -> Option<usize> {
        let words = self.scene.words;
        let mention = &self.scene.mentions[index];
        if mention.sort != Sort::Person || mention.name.is_none() {
            return None;
        }
        let start = self.scene.office_end_before(mention.start());
        let has_comma = start > 0 && words.eq(start - 1, ",");
        let before = self.scene.mentions[..index].iter().enumerate().rev().take(8).find(|(_, other)| {
            let is_unnamed = other.sort == Sort::Person && other.form == MentionForm::Description && !other.is_plural;
            let end = other.tokens.end as usize;
            let touches = end == start || has_comma && end == start - 1;
            other.sentence == mention.sentence
                && is_unnamed
                && (touches || has_comma && other.tokens.contains(mention.tokens))
        });
        let chain = self.chain_of[before?.0];
        (!self.chains[chain].is_named).then_some(chain)
    }

    /// The chain of the one who speaks in the first sentence and is named here.
    fn of_lead(&self, mention: &Mention) -> Option<usize> {
        let chain = self.chain_of[lead::described(self.scene, mention)?];
        let known = self.chains.get(chain).filter(|known| !known.is_named)?;
        (known.sex.is_none() || mention.sex.is_none() || known.sex == mention.sex).then_some(chain)
    }

    /// The chain of the mention with this head, if the two can be one.
    fn one_with(&self, head: usize, mention: &Mention) -> Option<usize> {
        let other = *self.by_head.get(&head)?;
        let chain = self.chain_of[other];
        let is_one_sort = match (self.chains[chain].sort, mention.sort) {
            (Sort::Person, Sort::Person) | (Sort::Body, Sort::Body) => true,
            (Sort::Group, Sort::Group) => self.chains[chain].is_plural == mention.is_plural,
            (Sort::International(_), Sort::Body) | (Sort::Body, Sort::International(_)) | (Sort::Open, _) => true,
            _ => false,
        };
        is_one_sort.then_some(chain)
    }

    /// The mention that the relative clause of a pronoun describes.
    fn modified(&self, pronoun: usize) -> Option<usize> {
        let tree = &self.scene.tree;
        let mut at = pronoun;
        for _ in 0..5 {
            let head = tree.head(at)?;
            if tree.relation(at) == Deprel::AclRelcl {
                return self.by_head.get(&head).copied();
            }
            at = head;
        }
        None
    }

    /// The chain that the evidence speaks for; none if a new one is likelier.
    fn antecedent(&mut self, index: usize) -> Option<usize> {
        let mention = &self.scene.mentions[index];
        let class = mention.anaphor?;
        let place = Anaphor::ALL.iter().position(|known| *known == class)?;
        let weights = self.scene.weights_of_links();
        let candidates: Vec<usize> = self
            .recent
            .values()
            .rev()
            .take(REACH)
            .copied()
            .filter(|&chain| self.can_be(mention, class, chain))
            .take(CANDIDATES)
            .collect();
        let of_new = self.new_evidence(mention);
        let mut best = (None, weights.score(place, &of_new));
        let mut kept = self.questions.is_some().then(|| vec![(None, written(&of_new))]);
        for (rank, &chain) in candidates.iter().enumerate() {
            let found = self.evidence(mention, class, chain, rank);
            let score = weights.score(place, &found);
            if let Some(kept) = &mut kept {
                kept.push((self.chains[chain].mentions.last().copied(), written(&found)));
            }
            if score > best.1 {
                best = (Some(chain), score);
            }
        }
        if let (Some(questions), Some(candidates)) = (&mut self.questions, kept) {
            questions.push(Question { mention: index, class: class.name(), candidates });
        }
        best.0
    }

    /// What cannot be meant at all is no candidate: no city is "she".
    fn can_be(&self, mention: &Mention, class: Anaphor, chain: usize) -> bool {
        let known = &self.chains[chain];
        let is_person = known.sort == Sort::Person;
        let sexes_agree = known.sex.is_none() || mention.sex.is_none() || known.sex == mention.sex;
        match class {
            Anaphor::He | Anaphor::She => (is_person || known.sort == Sort::Open && !known.is_plural) && sexes_agree,
            Anaphor::I => is_person,
            Anaphor::It => !is_person && !known.is_plural,
            Anaphor::Person => is_person && sexes_agree,
            Anaphor::Group => !is_person && known.sort != Sort::Body,
            Anaphor::Body => !is_person && !known.is_plural,
            Anaphor::They | Anaphor::We | Anaphor::You | Anaphor::Relative => true,
        }
    }

    fn new_evidence(&self, mention: &Mention) -> Found<Link> {
        let tree = &self.scene.tree;
        let mut found = vec![(Link::New, 1.0)];
        let mut note = |holds: bool, evidence: Link| {
            if holds {
                found.push((evidence, 1.0));
            }
        };
        if !mention.is_pronoun() {
            note(mention.determiner == Determiner::Indefinite, Link::NewIndefinite);
            note(mention.determiner == Determiner::Definite, Link::NewDefinite);
            note(mention.determiner == Determiner::Demonstrative, Link::NewDemonstrative);
            note(mention.determiner == Determiner::Possessive, Link::NewPossessed);
            note(mention.determiner == Determiner::Bare, Link::NewBare);
            note(
                tree.dependent(mention.head, &[Deprel::Nmod, Deprel::AclRelcl, Deprel::Acl]).is_some(),
                Link::NewWithComplement,
            );
            note(self.scene.explicit_country(mention).is_some(), Link::NewWithCountry);
            note(self.nouns_seen.contains_key(self.scene.lemma(mention.head)), Link::NewNounSeen);
        }
        note(mention.quote.is_some(), Link::NewInQuotation);
        note(mention.is_plural, Link::NewPlural);
        note(tree.is_subject(mention.head), Link::NewSubject);
        found
    }

    fn evidence(&self, mention: &Mention, class: Anaphor, chain: usize, rank: usize) -> Found<Link> {
        let scene = self.scene;
        let tree = &scene.tree;
        let known = &self.chains[chain];
        let last = &scene.mentions[known.mentions[known.mentions.len() - 1]];
        let mut found: Found<Link> = Vec::with_capacity(16);
        let between = mention.sentence.saturating_sub(last.sentence);
        let log = |number: usize| (1.0 + number as f32).ln();
        found.push((Link::Distance, log(between)));
        found.push((Link::Recency, log(rank)));
        found.push((Link::Mentions, log(known.mentions.len())));
        let mut note = |holds: bool, evidence: Link| {
            if holds {
                found.push((evidence, 1.0));
            }
        };
        note(between == 0, Link::SameSentence);
        note(between == 1, Link::SentenceBefore);
        note(between == 2, Link::TwoSentencesBefore);
        // "Holm, a captain, who …": of the mentions in its last sentence the one that acts.
        let in_last = known.mentions.iter().rev().take(4).map(|&at| &scene.mentions[at]);
        let acting = in_last
            .take_while(|other| other.sentence == last.sentence)
            .filter(|other| tree.is_subject(tree.first_conjunct(other.head)));
        let last = acting.last().unwrap_or(last);
        let first_of_last = tree.first_conjunct(last.head);
        let is_subject = tree.is_subject(first_of_last);
        let is_possessor = tree.relation(last.head) == Deprel::NmodPoss;
        note(is_subject, Link::Subject);
        note(matches!(tree.relation(last.head).base(), "obj" | "iobj" | "obl"), Link::Object);
        note(is_possessor, Link::Possessor);
        note(scene.opens_sentence(last), Link::OpensSentence);
        note(is_subject && tree.is_subject(tree.first_conjunct(mention.head)), Link::BothSubjects);
        let is_owner = tree.relation(mention.head) == Deprel::NmodPoss;
        if between == 0 {
            let governor = tree.governor(last.head);
            note(
                !is_owner && !is_possessor && governor.is_some() && governor == tree.governor(mention.head),
                Link::SameClause,
            );
            note(
                is_owner && is_subject && governor.is_some_and(|verb| scene.is_below(mention.head, verb)),
                Link::OwnSubject,
            );
            note(last.tokens.contains_token(mention.head) || mention.tokens.contains_token(last.head), Link::Contains);
            note(first_of_last == tree.first_conjunct(mention.head), Link::Coordinated);
        }
        if let Some(said) = scene.said.around(mention.head) {
            let is_own = self.by_head.get(&said.source).is_some_and(|&at| self.chain_of[at] == chain);
            note(is_own && mention.quote.is_none(), Link::OwnWords);
            note(is_own && mention.quote.is_some(), Link::OwnQuotation);
        }
        let spoke_last = scene.said.last_before(scene.sentence_start(mention));
        let is_last =
            spoke_last.is_some_and(|said| self.by_head.get(&said.source).is_some_and(|&at| self.chain_of[at] == chain));
        let holds_words =
            |said: &super::said::Said| scene.words.doc.sentence_of(said.cue.start as usize) == last.sentence;
        note(
            between == 1
                && is_subject
                && scene.tree.head(first_of_last).is_some_and(|verb| scene.tree.head(verb).is_none())
                && !spoke_last.is_some_and(holds_words),
            Link::TopicBefore,
        );
        note(is_last, Link::SpokeLast);
        note(is_last && scene.is_source(mention.head), Link::BothSpeak);
        note(known.sort == Sort::Person, Link::IsPerson);
        note(known.sort == Sort::Body, Link::IsBody);
        note(matches!(known.sort, Sort::State(_)), Link::IsState);
        note(matches!(known.sort, Sort::Group | Sort::People(_)), Link::IsGroup);
        note(matches!(known.sort, Sort::International(_)), Link::IsInternational);
        note(known.sort == Sort::Open, Link::IsOpen);
        if let (Some(one), Some(other)) = (mention.sex, known.sex) {
            note(one == other, Link::SexAgrees);
            note(one != other, Link::SexDiffers);
        }
        note(known.is_plural == mention.is_plural, Link::NumberAgrees);
        note(known.is_plural != mention.is_plural, Link::NumberDiffers);
        note(known.is_named, Link::Named);
        let first = &scene.mentions[known.mentions[0]];
        note(first.office.is_some(), Link::HasOffice);
        note(first.sentence == 0, Link::Lead);
        let is_description = !class.is_first_or_second() && !mention.is_pronoun();
        if is_description {
            let noun = scene.lemma(mention.head);
            let near = known.mentions.iter().rev().take(8).map(|&at| &scene.mentions[at]);
            let mut has_noun = false;
            let (mut same, mut of_office, mut country) = (false, false, None);
            for other in near.chain(std::iter::once(first)) {
                if !other.is_pronoun() {
                    has_noun |= other.name.is_none();
                    same |= other.name.is_none() && scene.lemma(other.head) == noun;
                    of_office |= other.head != mention.head && scene.has_word(other, noun);
                    country = country.or_else(|| scene.explicit_country(other));
                }
            }
            note(same, Link::SameNoun);
            note(has_noun && !same && !known.is_named, Link::OtherNoun);
            note(of_office && !same, Link::NounOfOffice);
            note(matches!(known.sort, Sort::State(_)) && COUNTRY_NOUNS.contains(&noun), Link::CountryNoun);
            match (scene.explicit_country(mention), country) {
                (Some(own), Some(theirs)) => note(own == theirs, Link::SameCountry),
                (Some(_), None) => note(true, Link::NewCountry),
                _ => {}
            }
            if let (Some(own), Some(theirs)) = (scene.explicit_country(mention), country) {
                note(own != theirs, Link::OtherCountry);
            }
            let subject = tree
                .dependent(mention.head, &[Deprel::Cop])
                .and_then(|_| tree.dependent(mention.head, &[Deprel::Nsubj, Deprel::NsubjOuter]));
            note(
                subject.is_some_and(|token| self.by_head.get(&token).is_some_and(|&at| self.chain_of[at] == chain)),
                Link::Predicate,
            );
        }
        note(tree.relation(mention.head) == Deprel::Appos && tree.head(mention.head) == Some(last.head), Link::Apposed);
        found
    }
}

/// Evidence by its names.
fn written(found: &Found<Link>) -> Written {
    use super::scorer::Evidence as _;
    found.iter().map(|&(evidence, strength)| (evidence.name(), strength)).collect()
}
