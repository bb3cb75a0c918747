//! Whose state an entity belongs to: candidates are the countries that the article speaks of, those that tables give the name, and
//! none. Each piece of evidence is found here; what it weighs is fitted.

use crate::finding::MentionForm;
use crate::text::Deprel;

use super::by_name::{ByName, MENTIONS};
use super::chains::Chain;
use super::class::Class;
use super::evidence::StateEvidence as State;
use super::mention::{Anaphor, Determiner, Mention, Sort};
use super::modifiers::Tie;
use super::network::Asked;
use super::nouns::NounKind;
use super::scene::Scene;
use super::scorer::{Evidence as _, Found, Written};

/// Countries named in an article that are candidates besides those which the entity's own words give: the most named ones.
const NAMED_CANDIDATES: usize = 12;

/// Countries of one sentence that are looked at.
const NAMED_IN_SENTENCE: usize = 64;

/// Steps up a tree that are looked at.
const DEEP: usize = 16;

/// What one entity belongs to at most.
const OWNERS: usize = 16;

/// Entities before and behind one among which the same office is looked for.
const NEAR: usize = 20;

/// The class of an entity.
pub(super) fn class_of(scene: &Scene<'_, '_>, chain: &Chain) -> Class {
    let is_official = chain.mentions.iter().take(MENTIONS).any(|&index| is_of_state(scene, &scene.mentions[index]));
    match chain.sort {
        Sort::Person if is_official => Class::Official,
        Sort::Group if is_official => Class::Official,
        Sort::Person => Class::Person,
        Sort::Body | Sort::International(_) | Sort::State(_) => Class::Body,
        Sort::Group | Sort::People(_) => Class::Group,
        Sort::Open => Class::Open,
    }
}

/// Whether a mention's office is one of a state.
fn is_of_state(scene: &Scene<'_, '_>, mention: &Mention) -> bool {
    let office = mention.office.and_then(|office| scene.lexical.around(office.start as usize));
    matches!(
        office.and_then(super::lexical::Mention::sector),
        Some("GOV" | "MIL" | "LEG" | "JUD" | "COP" | "SPY" | "OPP")
    )
}

/// What belongs to what: by chain, the chains that it belongs to ("its spokesman", "the | ministry's | spokesman").
pub(super) struct Edges {
    pub(super) owners: Vec<Vec<usize>>,
    /// By chain, the one that spoke before it did.
    pub(super) spoke_before: Vec<Option<usize>>,
    /// By chain: an international body owns it.
    pub(super) is_international: Vec<bool>,
}

/// The candidates of one entity.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) class: Class,
    pub(super) is_named_person: bool,
    /// A person whom the article calls by surname alone.
    is_surname: bool,
    /// Somebody whom the table of office holders has in an office of an international body on the day.
    is_international: bool,
    /// Country and evidence; the first is none.
    pub(super) all: Vec<(Option<usize>, Found<State>)>,
}

/// A decided question, for fitting the weights.
#[derive(Debug)]
pub struct StateQuestion {
    /// Mentions of the entity.
    pub mentions: Vec<usize>,
    /// Its class.
    pub class: &'static str,
    /// Key under which news know the name.
    pub key: Option<String>,
    /// Country with its evidence.
    pub candidates: Vec<(Option<&'static str>, Written)>,
}

impl Edges {
    pub(super) fn find(scene: &Scene<'_, '_>, chains: &[Chain], chain_of: &[usize]) -> Self {
        let mut owners = vec![Vec::new(); chains.len()];
        let mut is_international = vec![false; chains.len()];
        let at_head = |token: usize| scene.mentions.binary_search_by_key(&token, |mention| mention.head).ok();
        for (index, mention) in scene.mentions.iter().enumerate() {
            let own = chain_of[index];
            let mut tops = vec![mention.head];
            tops.extend(scene.tree.dependents(mention.head).filter(|&token| scene.tree.is_part(token)));
            for top in tops {
                for token in scene.tree.dependents(top) {
                    let is_owner = match scene.tree.relation(token) {
                        Deprel::NmodPoss => true,
                        Deprel::Compound => {
                            scene.mentions.get(index).is_some_and(|m| m.sort == Sort::Person || m.sort == Sort::Group)
                        }
                        Deprel::Nmod | Deprel::NmodDesc => scene.tree.preposition(token).is_some_and(|at| {
                            matches!(scene.words.lower(at), "of" | "for" | "at" | "from" | "with" | "by")
                        }),
                        _ => false,
                    };
                    let Some(other) = at_head(token).filter(|_| is_owner) else { continue };
                    let owner = chain_of[other];
                    if owner != own && owners[own].len() < OWNERS && !owners[own].contains(&owner) {
                        owners[own].push(owner);
                        is_international[own] |= matches!(chains[owner].sort, Sort::International(_));
                    }
                }
            }
            is_international[own] |= names_international_body(scene, mention);
            // "We" are those for whom the speaker speaks.
            let said = scene.said.around(mention.head).filter(|_| mention.anaphor == Some(Anaphor::We));
            let speaker = said.and_then(|said| at_head(said.source)).map(|index| chain_of[index]);
            let is_new =
                |speaker: &usize| *speaker != own && owners[own].len() < OWNERS && !owners[own].contains(speaker);
            if let Some(speaker) = speaker.filter(is_new) {
                owners[own].push(speaker);
            }
        }
        let mut spoke_before = vec![None; chains.len()];
        let mut last = None;
        for said in scene.said.all() {
            let Some(chain) = at_head(said.source).map(|index| chain_of[index]) else { continue };
            if spoke_before[chain].is_none() {
                spoke_before[chain] = last.filter(|&before| before != chain);
            }
            last = Some(chain);
        }
        Self { owners, spoke_before, is_international }
    }
}

/// "the U.N. | envoy": an international body within the words.
fn names_international_body(scene: &Scene<'_, '_>, mention: &Mention) -> bool {
    let inside = scene.lexical.within(mention.start(), mention.tokens.end as usize);
    inside
        .iter()
        .filter_map(super::lexical::Mention::place)
        .any(|(entity, _)| !scene.lexicon.entities[entity].is_country)
}

impl Candidates {
    /// The candidates of a chain with all evidence but that of other entities' states.
    pub(super) fn find(
        scene: &Scene<'_, '_>,
        chains: &[Chain],
        edges: &Edges,
        descriptions: &[Description<'_>],
        number: usize,
    ) -> Self {
        let chain = &chains[number];
        let same_office = same_office(descriptions, number);
        let class = class_of(scene, chain);
        let mut countries: Vec<usize> = Vec::new();
        let mut add = |country: usize| {
            if !countries.contains(&country) {
                countries.push(country);
            }
        };
        let mentions = || chain.mentions.iter().take(MENTIONS).copied();
        mentions().flat_map(|index| &scene.modifiers[index]).for_each(|modifier| add(modifier.country));
        let tables = ByName::look_up(scene, chain);
        tables.in_office.iter().chain(&tables.in_career).for_each(|&country| add(country));
        tables.listed.into_iter().for_each(&mut add);
        tables.known.iter().for_each(|&(country, _)| add(country));
        scene.dateline.into_iter().chain(scene.publisher).for_each(&mut add);
        scene.countries_by_frequency().take(NAMED_CANDIDATES).for_each(|(country, _)| add(country));
        let mut all = vec![(None, none_evidence(scene, chain, edges.is_international[number], &tables))];
        all.extend(countries.into_iter().map(|country| {
            let mut found = own_words(scene, chain, country);
            tables.evidence(country, &mut found);
            article(scene, chain, country, &mut found);
            around(scene, chain, country, &mut found);
            if same_office.contains(&country) {
                found.push((State::SameOffice, 1.0));
            }
            (Some(country), found)
        }));
        let is_named_person = chain.is_named && chain.sort == Sort::Person;
        let is_surname = is_named_person && all[0].1.iter().any(|(evidence, _)| *evidence == State::NoneSurname);
        Self { class, is_named_person, is_surname, is_international: tables.is_international, all }
    }

    /// The probability below which a country is not stated. A wrong one is worse than none: an official called by surname alone whom neither the
    /// words beside him nor a table give a country is mostly not of the one that the article talks about, and who serves an international body is of none.
    pub(super) fn least(&self, candidate: usize) -> f32 {
        const OWN: [State; 13] = [
            State::People,
            State::Adjective,
            State::Possessive,
            State::Compound,
            State::Of,
            State::For,
            State::From,
            State::Parenthesis,
            State::Town,
            State::InOffice,
            State::InCareer,
            State::Listed,
            State::KnownName,
        ];
        let is_given = self.all[candidate].1.iter().any(|(evidence, _)| OWN.contains(evidence));
        match (
            (self.is_surname || self.is_international) && !is_given,
            self.is_named_person && self.class != Class::Official,
        ) {
            (true, _) => 0.99,
            (false, true) => 0.45,
            (false, false) => 0.0,
        }
    }

    /// The candidates as they are asked about. `owner` and `before` give the probabilities of a country for what the entity belongs to and who spoke before it.
    pub(super) fn asked<'l>(
        &self,
        scene: &Scene<'_, 'l>,
        owner: &dyn Fn(usize) -> f32,
        before: &dyn Fn(usize) -> f32,
    ) -> Vec<Asked<'l>> {
        let each = self.all.iter().map(|(country, found)| {
            let mut evidence = found.clone();
            if let Some(country) = *country {
                evidence.push((State::Owner, owner(country)));
                evidence.push((State::SpokeBefore, before(country)));
            }
            Asked { code: country.map(|country| scene.lexicon.entities[country].code), evidence }
        });
        each.collect()
    }
}

fn none_evidence(scene: &Scene<'_, '_>, chain: &Chain, is_international: bool, tables: &ByName) -> Found<State> {
    let mut found = vec![(State::None, 1.0)];
    let mut note = |holds: bool, evidence: State| {
        if holds {
            found.push((evidence, 1.0));
        }
    };
    let mentions =
        || chain.mentions.iter().take(MENTIONS).map(|&index| (&scene.mentions[index], &scene.modifiers[index]));
    note(is_international || tables.is_international, State::NoneInternational);
    note(mentions().all(|(_, modifiers)| modifiers.is_empty()), State::NoneUnmarked);
    note(chain.is_plural, State::NonePlural);
    note(chain.is_named, State::NoneNamed);
    note(
        chain.sort == Sort::Person
            && mentions().filter_map(|(mention, _)| mention.name).all(|name| name.len() == 1)
            && chain.is_named,
        State::NoneSurname,
    );
    note(mentions().any(|(mention, _)| mention.determiner == Determiner::Indefinite), State::NoneIndefinite);
    note(
        mentions().any(|(mention, _)| mention.tokens.range().any(|token| is_of_several_countries(scene, token))),
        State::NoneForeign,
    );
    note(mentions().all(|(mention, _)| mention.form == MentionForm::Pronoun), State::NonePronoun);
    note(scene.named.is_empty(), State::NoneNamedNowhere);
    note(scene.countries_by_frequency().count() > 1, State::NoneOfSeveral);
    note(class_of(scene, chain) == Class::Official, State::NoneOfficial);
    if tables.known_none > 0.0 {
        found.push((State::NoneKnownName, tables.known_none));
    }
    found
}

/// "foreign", "Western": of no one country.
fn is_of_several_countries(scene: &Scene<'_, '_>, token: usize) -> bool {
    scene.tables.nouns.kind(scene.words.lower(token)) == Some(NounKind::Foreign)
}

/// What the entity's own words say.
fn own_words(scene: &Scene<'_, '_>, chain: &Chain, country: usize) -> Found<State> {
    let mut has = [false; State::ALL.len()];
    let mut n_mentions = 0;
    for (place, &index) in chain.mentions.iter().take(MENTIONS).enumerate() {
        let mut is_given = false;
        for modifier in scene.modifiers[index].iter().filter(|modifier| modifier.country == country) {
            let evidence = match modifier.tie {
                Tie::Self_ => State::People,
                Tie::Adjective => State::Adjective,
                Tie::Possessive => State::Possessive,
                Tie::Compound => State::Compound,
                Tie::Of => State::Of,
                Tie::For => State::For,
                Tie::To => State::To,
                Tie::In => State::In,
                Tie::From => State::From,
                Tie::Other => State::Other,
                Tie::Name => State::Name,
                Tie::Parenthesis => State::Parenthesis,
                Tie::Town => State::Town,
                Tie::TownIn => State::TownIn,
            };
            has[evidence.index()] = true;
            is_given = true;
        }
        n_mentions += usize::from(is_given);
        has[State::AtFirst.index()] |= is_given && place == 0;
    }
    has[State::Repeated.index()] = n_mentions > 1;
    State::ALL.iter().filter(|evidence| has[evidence.index()]).map(|&evidence| (evidence, 1.0)).collect()
}

/// What the article as a whole says.
fn article(scene: &Scene<'_, '_>, chain: &Chain, country: usize, found: &mut Found<State>) {
    let first = &scene.mentions[chain.mentions[0]];
    let places = scene.places_of(country);
    let mut note = |holds: bool, evidence: State, strength: f32| {
        if holds {
            found.push((evidence, strength));
        }
    };
    note(scene.dateline == Some(country), State::Dateline, 1.0);
    note(scene.publisher == Some(country), State::Publisher, 1.0);
    note(places.first().is_some_and(|&place| scene.named[place].sentence == 0), State::Lead, 1.0);
    note(scene.named.first().is_some_and(|named| named.country == country), State::FirstNamed, 1.0);
    let mut by_frequency = scene.countries_by_frequency();
    note(by_frequency.next().is_some_and(|(most, _)| most == country), State::MostNamed, 1.0);
    note(by_frequency.next().is_none() && !scene.named.is_empty(), State::OnlyNamed, 1.0);
    let n_named = places.len();
    note(n_named > 0, State::Share, n_named as f32 / scene.named.len().max(1) as f32);
    let before = &scene.named[..scene.named.partition_point(|named| named.token < first.start())];
    note(before.last().is_some_and(|last| last.country == country), State::LastBefore, 1.0);
    let acted = scene.last_acted(before.len());
    note(acted.is_some_and(|last| last.country == country), State::LastActed, 1.0);
    let n_before = places.partition_point(|&place| place < before.len());
    match places[..n_before].last().map(|&place| &scene.named[place]) {
        Some(nearest) => {
            let between = first.sentence.saturating_sub(nearest.sentence);
            note(true, State::Distance, (1.0 + between as f32).ln());
        }
        None => note(n_named > 0, State::OnlyAfter, 1.0),
    }
    let here = places.partition_point(|&place| scene.named[place].sentence < first.sentence);
    note(
        places.get(here).is_some_and(|&place| scene.named[place].sentence == first.sentence),
        State::SameSentence,
        1.0,
    );
}

/// What the sentences of the mentions say.
fn around(scene: &Scene<'_, '_>, chain: &Chain, country: usize, found: &mut Found<State>) {
    let (mut acts, mut is_place, mut other_party, mut is_reached, mut is_joined, mut in_own_words) =
        (false, false, false, false, false, false);
    for mention in chain.mentions.iter().take(MENTIONS).map(|&index| &scene.mentions[index]) {
        let from = scene.named.partition_point(|named| named.sentence < mention.sentence);
        let here =
            scene.named[from..].iter().take(NAMED_IN_SENTENCE).take_while(|named| named.sentence == mention.sentence);
        for named in here.filter(|named| named.country == country && !mention.tokens.contains_token(named.token)) {
            acts |= named.acts;
            is_place |= named.is_place;
            let governor = scene.tree.governor(mention.head);
            is_reached |= governor.is_some_and(|verb| is_reached_by(scene, mention.head, verb, named.token));
            is_joined |= scene.tree.first_conjunct(named.token) == scene.tree.first_conjunct(mention.head);
            other_party |= governor.is_some()
                && scene.tree.governor(named.token) == governor
                && !named.is_place
                && scene.tree.is_subject(named.token) != scene.tree.is_subject(mention.head);
        }
        if scene.is_source(mention.head) {
            let places = scene.places_of(country);
            in_own_words |= scene.said_by(mention.head).flat_map(|said| &said.contents).any(|content| {
                let first = places.partition_point(|&place| scene.named[place].token < content.start as usize);
                places.get(first).is_some_and(|&place| scene.named[place].token < content.end as usize)
            });
        }
    }
    let all = [
        (acts, State::ActsInSentence),
        (is_place, State::PlaceOfSentence),
        (other_party, State::OtherParty),
        (is_reached, State::Reached),
        (is_joined, State::Joined),
        (in_own_words, State::InOwnWords),
    ];
    found.extend(all.into_iter().filter(|(holds, _)| *holds).map(|(_, evidence)| (evidence, 1.0)));
}

/// Whether a token stands in what completes a verb whose subject is the head of a mention. What somebody says and what happens besides is no part of it.
fn is_reached_by(scene: &Scene<'_, '_>, subject: usize, verb: usize, token: usize) -> bool {
    if !scene.tree.is_subject(scene.tree.first_conjunct(subject)) {
        return false;
    }
    let path = std::iter::successors(Some(token), |&at| scene.tree.head(at)).take(DEEP);
    for at in path {
        if scene.tree.head(at) == Some(verb) {
            use Deprel::{Advcl, Ccomp, Conj, Parataxis};
            return !scene.tree.is_subject(at) && !matches!(scene.tree.relation(at), Advcl | Ccomp | Conj | Parataxis);
        }
    }
    false
}

/// The nouns by which an entity is described, and the countries that its own words give.
#[derive(Debug, Default)]
pub(super) struct Description<'s> {
    nouns: Vec<&'s str>,
    countries: Vec<usize>,
}

impl<'s> Description<'s> {
    pub(super) fn of(scene: &'s Scene<'_, '_>, chain: &Chain) -> Self {
        let mut found = Self::default();
        for mention in chain.mentions.iter().take(MENTIONS).map(|&index| &scene.mentions[index]) {
            if let Some(office) = mention.office.filter(|_| !mention.is_pronoun()) {
                found.nouns.push(scene.words.lower(office.end as usize - 1));
            }
            found.countries.extend(scene.explicit_country(mention));
        }
        found.nouns.sort_unstable();
        found.nouns.dedup();
        found
    }
}

/// The countries of entities nearby that are described by the same noun: "the Bolivian president", of "the president".
fn same_office(descriptions: &[Description<'_>], number: usize) -> Vec<usize> {
    let own = &descriptions[number].nouns;
    let near = number.saturating_sub(NEAR)..(number + NEAR).min(descriptions.len());
    let others = near.filter(|&other| other != number && !own.is_empty()).map(|other| &descriptions[other]);
    let same = others.filter(|other| other.nouns.iter().any(|noun| own.contains(noun)));
    same.flat_map(|other| other.countries.iter().copied()).collect()
}
