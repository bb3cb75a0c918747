//! Who takes part: from the words that the head links to a trigger to entities of the article graph, with their codes.
//!
//! Words of which the graph knows nobody are read by the tables of countries and bodies; where these are silent too, they stay a party whose state is
//! not known, with the sector that the head reads from them.

use super::several;
use crate::extract::reading::Reading;
use crate::finding::{Actor, Entity, Kind, Sector, actor_code};
use crate::text::{EventLink, EventMentions, EventSpan, LinkRole, TokenRange};

/// Stands in an actor's code for a state that is not known.
const UNKNOWN: &str = "---";

/// How sure the head must be of a sector to go before the graph (measured on the event corpus's dev part).
const SURE: f32 = 0.6;

/// The parties of one side of an event. No town of a dateline is one.
pub(super) fn of_role(
    reading: &Reading<'_, '_>,
    layer: &EventMentions,
    datelines: &[TokenRange],
    links: &[EventLink],
    trigger: TokenRange,
    role: LinkRole,
) -> Vec<Actor> {
    let doc = reading.words.doc;
    let sentence = doc.sentence_of(trigger.start as usize);
    let is_beside = |tokens: TokenRange| doc.sentence_of(tokens.start as usize) == sentence;
    let is_in_dateline = |link: &EventLink| {
        let start = layer.spans[link.span as usize].tokens.start as usize;
        let at = datelines.partition_point(|dateline| dateline.end as usize <= start);
        datelines.get(at).is_some_and(|dateline| dateline.contains_token(start))
    };
    let mut linked: Vec<&EventLink> = links.iter().filter(|link| link.role == role && !is_in_dateline(link)).collect();
    // Those of the trigger's own sentence first: what an earlier one says of the same party is less. Then the surest.
    linked.sort_by(|one, other| {
        let is_apart = |link: &EventLink| !is_beside(layer.spans[link.span as usize].tokens);
        is_apart(one).cmp(&is_apart(other)).then(other.probability.total_cmp(&one.probability))
    });
    let mut found: Vec<Actor> = Vec::new();
    for link in linked {
        let span = &layer.spans[link.span as usize];
        for actor in parties(reading, span) {
            let is_told = |known: &Actor| {
                is_one(known, &actor)
                    || !is_beside(actor.tokens) && known.country.is_some() && known.country == actor.country
            };
            if !found.iter().any(is_told) {
                found.push(actor);
            }
        }
    }
    found.sort_by_key(|actor| actor.tokens);
    found
}

/// Whether two stretches on the two sides of a deed are one party: the same, or a state twice, as a dateline's town and the state that acts.
pub(super) fn is_one(one: &Actor, other: &Actor) -> bool {
    is_same(one, other) || one.code == other.code && one.sector.is_none() && one.head() != UNKNOWN
}

/// Adds parties that are not among others already, in the order of the text.
pub(super) fn add(parties: &mut Vec<Actor>, more: Vec<Actor>) {
    for party in more {
        if !parties.iter().any(|known| is_same(known, &party)) {
            parties.push(party);
        }
    }
    parties.sort_by_key(|party| party.tokens);
}

/// Whether two stretches are about one and the same.
pub(super) fn is_same(one: &Actor, other: &Actor) -> bool {
    match (one.entity, other.entity) {
        (Some(one), Some(other)) => one == other,
        _ => one.tokens == other.tokens && one.code == other.code,
    }
}

/// Whether two parties may be of one side: of the same state, or of no known one and the same sector.
pub(super) fn are_alike(one: &Actor, other: &Actor) -> bool {
    is_same(one, other) || one.head() == other.head() && (one.head() != UNKNOWN || one.sector == other.sector)
}

/// Those whom a stretch names: several where it joins them ("Norway and Chad", "Norwegian and Danish ministers").
fn parties(reading: &Reading<'_, '_>, span: &EventSpan) -> Vec<Actor> {
    let several = several::states(reading, span.tokens);
    if several.len() > 1 {
        return several.into_iter().map(|place| of_state(reading, span, place)).collect();
    }
    let entities = reading.who.all(reading.words.doc, span.tokens);
    if entities.is_empty() {
        let place = reading.mentions.within(span.tokens.start as usize, span.tokens.end as usize);
        let place = place.iter().find_map(|mention| mention.place());
        return vec![place.map_or_else(|| unknown(reading, span), |(place, _)| of_state(reading, span, place))];
    }
    entities.into_iter().map(|number| of_entity(reading, span, number)).collect()
}

/// The international body within some words, by its place among the lexicon's: "the United Nations tribunal".
fn body_within(reading: &Reading<'_, '_>, tokens: TokenRange) -> Option<usize> {
    let inside = reading.mentions.within(tokens.start as usize, tokens.end as usize);
    let places = inside.iter().filter_map(|mention| mention.place());
    places.map(|(place, _)| place).find(|&place| !reading.lexicon.entities[place].is_country)
}

/// A party that is an entity of the article.
fn of_entity(reading: &Reading<'_, '_>, span: &EventSpan, number: usize) -> Actor {
    let entity = &reading.who.entities[number];
    let sector = sector_of(entity, span);
    // A body that is known all over the world acts under a code of its own, wherever its seat is.
    let has_own_code = |country: &str| entity.code.as_ref().is_some_and(|code| !code.starts_with(country));
    let mut actor = Actor {
        tokens: span.tokens,
        name: entity.name.clone().unwrap_or_else(|| reading.words.doc.range_text(span.tokens).to_owned()),
        code: String::new(),
        country: entity.country.clone().filter(|country| !has_own_code(country)),
        sector,
        wikidata: entity.wikidata.clone(),
        entity: Some(number),
    };
    let body = body_within(reading, span.tokens).filter(|_| entity.country.is_none());
    let body = body.map(|body| reading.lexicon.entities[body].code.to_owned());
    actor.code = entity.code.clone().or(body).unwrap_or_else(|| actor_code(entity.country.as_deref(), sector));
    actor
}

/// The sector of an entity: what these words tell the head, where it is sure of it, else what the graph knows, else what the head guesses. A state has none.
fn sector_of(entity: &Entity, span: &EventSpan) -> Option<Sector> {
    match (entity.kind, span.sector_probability >= SURE) {
        (Kind::State, _) => None,
        (_, true) => span.sector,
        (_, false) => entity.sector.or(span.sector),
    }
}

/// A party of a country or international body, by its place among those of the lexicon.
fn of_state(reading: &Reading<'_, '_>, span: &EventSpan, place: usize) -> Actor {
    let state = &reading.lexicon.entities[place];
    // A country's bare name is the state.
    let inside = reading.mentions.within(span.tokens.start as usize, span.tokens.end as usize);
    let is_bare = inside.iter().any(|mention| mention.tokens == span.tokens && mention.place().is_some());
    let sector = span.sector.filter(|_| state.is_country && !is_bare);
    let country = state.is_country.then_some(state.code);
    Actor {
        tokens: span.tokens,
        name: state.name.to_owned(),
        code: country.map_or_else(|| state.code.to_owned(), |country| actor_code(Some(country), sector)),
        country: country.map(str::to_owned),
        sector,
        wikidata: None,
        entity: None,
    }
}

/// A party of which the article does not tell whose it is.
fn unknown(reading: &Reading<'_, '_>, span: &EventSpan) -> Actor {
    Actor {
        tokens: span.tokens,
        name: reading.words.doc.range_text(span.tokens).to_owned(),
        code: actor_code(None, span.sector),
        country: None,
        sector: span.sector,
        wikidata: None,
        entity: None,
    }
}
