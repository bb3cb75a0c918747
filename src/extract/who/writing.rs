//! Entities as findings: of each chain its kind, fullest name, office, country and sector.

use crate::extract::lexicon::Term;
use crate::finding::{Entity, EntityMention, Kind, MentionForm};
use crate::text::TokenRange;

use super::actors::Known as OwnKnown;
use super::answers::Answer;
use super::chains::Chain;
use super::class::Class;
use super::mention::{Mention, Sort};
use super::network::Heard;
use super::scene::Scene;
use super::states::class_of;

/// The entities of all chains, in their order.
pub(super) fn entities(
    scene: &Scene<'_, '_>,
    chains: &[Chain],
    answers: &[Answer],
    own: &[Option<OwnKnown>],
    heard: &[Heard],
) -> Vec<Entity> {
    let each = chains.iter().enumerate().map(|(number, chain)| {
        let kind = kind_of(chain);
        let sector = scene.tables.network.sector(&heard[number]);
        let name = name_of(scene, chain);
        let answer = &answers[number];
        let known = look_up(scene, chain, name.as_deref(), answer.country);
        Entity {
            kind,
            country: answer
                .country
                .map(|country| scene.lexicon.entities[country].code)
                .or_else(|| seat(scene, chain))
                .map(str::to_owned),
            code: match chain.sort {
                _ if own[number].is_some() => own[number].and_then(|own| own.code).map(str::to_owned),
                Sort::International(entity) => Some(scene.lexicon.entities[entity].code.to_owned()),
                _ => None,
            },
            sector: own[number].map_or(sector.filter(|_| kind != Kind::State), |own| own.sector),
            role: if kind == Kind::Person || kind == Kind::Group {
                office_of(scene, chain).or(known.office)
            } else {
                None
            },
            wikidata: own[number].and_then(|own| own.wikidata).map(str::to_owned).or(known.wikidata),
            name,
            confidence: answer.probability,
            reasons: answer.reasons.clone(),
            mentions: chain
                .mentions
                .iter()
                .map(|&index| EntityMention { tokens: scene.mentions[index].tokens, form: scene.mentions[index].form })
                .collect(),
        }
    });
    each.collect()
}

/// The state where a private body has its seat that is known all over the world: of bodies of several governments none.
fn seat(scene: &Scene<'_, '_>, chain: &Chain) -> Option<&'static str> {
    let Sort::International(number) = chain.sort else { return None };
    let body = &scene.lexicon.entities[number];
    let is_private = body.code.starts_with("NGO") || body.code.starts_with("MNC");
    scene.lexicon.listed.body(body.name).filter(|_| is_private).map(|home| home.country)
}

fn kind_of(chain: &Chain) -> Kind {
    match chain.sort {
        Sort::Person => Kind::Person,
        Sort::Body | Sort::International(_) => Kind::Body,
        Sort::State(_) => Kind::State,
        Sort::Group | Sort::People(_) => Kind::Group,
        Sort::Open if chain.is_plural => Kind::Group,
        Sort::Open => Kind::Body,
    }
}

fn mentions<'s>(scene: &'s Scene<'_, '_>, chain: &'s Chain) -> impl Iterator<Item = &'s Mention> {
    chain.mentions.iter().map(|&index| &scene.mentions[index])
}

/// The fullest name given: of several as long the first that is not in capitals alone.
fn name_of(scene: &Scene<'_, '_>, chain: &Chain) -> Option<String> {
    if let Sort::State(country) = chain.sort {
        return Some(scene.lexicon.entities[country].name.to_owned());
    }
    let names = mentions(scene, chain).filter_map(|mention| mention.name).map(|name| plain(scene, name));
    // "the alliance" of NATO is no name.
    let names = names.filter(|name| name.contains(char::is_uppercase));
    let is_shouted = |name: &str| !name.chars().any(char::is_lowercase);
    let best = names.reduce(|best, name| {
        let is_longer = name.chars().count() > best.chars().count();
        let is_better_written = name.len() == best.len() && is_shouted(&best);
        if is_longer && (is_shouted(&best) || !is_shouted(&name)) || is_better_written { name } else { best }
    });
    best.or_else(|| body_by_table(scene, chain)).or_else(|| body_of_state(scene, chain))
}

/// "the government of Norway", "Norway's army": a body whose description says whose it is.
fn body_of_state(scene: &Scene<'_, '_>, chain: &Chain) -> Option<String> {
    let described =
        mentions(scene, chain).filter(|mention| chain.sort == Sort::Body && mention.form == MentionForm::Description);
    described
        .into_iter()
        .find(|mention| scene.explicit_country(mention).is_some())
        .map(|mention| plain(scene, mention.tokens))
}

/// A name without "the" before it and "'s" behind it.
fn plain(scene: &Scene<'_, '_>, name: TokenRange) -> String {
    let mut range = name;
    while range.len() > 1 && scene.words.is_possessive(range.end as usize - 1) {
        range.end -= 1;
    }
    while range.len() > 1 && scene.words.eq(range.start as usize, "the") {
        range.start += 1;
    }
    scene.words.doc.range_text(range).to_owned()
}

/// "the Danish trade ministry": a body in lower case that the lexicon knows.
fn body_by_table(scene: &Scene<'_, '_>, chain: &Chain) -> Option<String> {
    mentions(scene, chain).find_map(|mention| {
        let known = scene.lexical.around(mention.head).filter(|known| known.is_body() && known.tokens.len() > 1)?;
        let before = scene.lexical.ending_at(known.start()).filter(|place| place.place().is_some());
        let start = before.map_or(known.start(), |place| place.start()).max(mention.start());
        Some(scene.words.doc.range_text(TokenRange::new(start, known.end())).to_owned())
    })
}

/// The office in the article's words: the first of more than one word, else the first.
fn office_of(scene: &Scene<'_, '_>, chain: &Chain) -> Option<String> {
    let offices =
        || mentions(scene, chain).filter(|mention| !mention.is_pronoun()).filter_map(|mention| mention.office);
    let best = offices().find(|office| office.len() > 1).or_else(|| offices().next())?;
    Some(scene.words.doc.range_text(best).to_owned())
}

/// What the table of office holders knows of a person.
#[derive(Debug, Default)]
struct Known {
    wikidata: Option<String>,
    office: Option<String>,
}

/// Looks a person up: the full name has to match, the country has to be the one that the article gives, and the day has to lie in the term, or within
/// some years of it where the article itself gives an office of state. Whoever is described as anything else is not looked up.
fn look_up(scene: &Scene<'_, '_>, chain: &Chain, name: Option<&str>, country: Option<usize>) -> Known {
    let is_described = mentions(scene, chain).any(|mention| mention.office.is_some());
    let is_official = class_of(scene, chain) == Class::Official;
    let Some(name) = name.filter(|_| chain.sort == Sort::Person && (is_official || !is_described)) else {
        return Known::default();
    };
    let code = country.map(|country| scene.lexicon.entities[country].code);
    let day = scene.circumstances.published;
    let mut terms = scene.lexicon.officeholders.terms_of(name);
    let is_spoken_of = country.is_none_or(|country| !scene.places_of(country).is_empty());
    terms.retain(|term| is_spoken_of && term.country == code);
    let covers = |term: &Term| day.is_some_and(|day| term.covers(day));
    let holds_now = terms.iter().any(covers);
    let in_career = |term: &Term| is_official && day.is_none_or(|day| term.is_in_career(day));
    terms.retain(|term| if holds_now { covers(term) } else { in_career(term) });
    let mut items: Vec<&str> = terms.iter().filter_map(|term| term.wikidata).collect();
    items.sort_unstable();
    items.dedup();
    // "Minister of Foreign Affairs" and "Minister of Foreign Affairs of Canada" are one office.
    let shortest = terms.iter().map(|term| term.office).min_by_key(|office| office.len());
    let office =
        shortest.filter(|&one| holds_now && items.len() < 2 && terms.iter().all(|term| term.office.starts_with(one)));
    Known {
        wikidata: if let [one] = items[..] { Some(one.to_owned()) } else { None },
        office: office.map(str::to_owned),
    }
}
