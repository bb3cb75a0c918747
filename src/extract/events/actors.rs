//! Parties in a stretch of words: countries, bodies, officials and persons, with their CAMEO actor codes.

use crate::extract::lexicon::PlaceForm;
use crate::extract::reading::Reading;
use crate::extract::who::lexical::{Mention, What};
use crate::finding::{Actor, Entity, Kind, Sector, Speaker};
use crate::text::TokenRange;

/// The parties named in a range, in order; a country that comes again is not repeated.
pub(super) fn parties(reading: &Reading<'_, '_>, start: usize, end: usize) -> Vec<Actor> {
    let mentions = reading.mentions.within(start, end);
    let mut found: Vec<Actor> = Vec::new();
    let mut idx = 0;
    while idx < mentions.len() {
        let (actor, n_used) = party(reading, &mentions[idx..]);
        idx += n_used;
        let Some(actor) = actor else { continue };
        match found.iter_mut().find(|known| same_side(known, &actor)) {
            // "Russia’s government": what comes second may say more.
            Some(known) if known.sector.is_none() && actor.sector.is_some() && known.country.is_some() => {
                known.sector = actor.sector;
                known.code.clone_from(&actor.code);
            }
            Some(_) => {}
            None => found.push(actor),
        }
    }
    found
}

/// Whether two parties are of one country or one body.
pub(super) fn same_side(one: &Actor, other: &Actor) -> bool {
    match (&one.country, &other.country) {
        (Some(a), Some(b)) => a == b,
        (None, None) => one.code.get(..6.min(one.code.len())) == other.code.get(..6.min(other.code.len())),
        _ => false,
    }
}

/// The party that begins a list of mentions, if it is one, and how many of them it takes.
fn party(reading: &Reading<'_, '_>, mentions: &[Mention]) -> (Option<Actor>, usize) {
    let first = mentions[0];
    match first.what {
        What::Place { entity, form } => place(reading, mentions, entity, form),
        What::Person { .. } => (person(reading, &first), 1),
        What::Role { sector, .. } | What::Body { sector } => office_of(reading, mentions, sector),
    }
}

fn person(reading: &Reading<'_, '_>, mention: &Mention) -> Option<Actor> {
    let (number, person) = entity_of(reading, mention.tokens)?;
    person.country.as_ref()?;
    Some(Actor {
        tokens: mention.tokens,
        name: person.name.clone()?,
        code: person.actor_code()?,
        country: person.country.clone(),
        sector: person.sector,
        wikidata: person.wikidata.clone(),
        entity: Some(number),
    })
}

/// The person or other entity of the article graph that words are about.
fn entity_of<'r>(reading: &'r Reading<'_, '_>, tokens: TokenRange) -> Option<(usize, &'r Entity)> {
    let (number, _) = reading.who.of(reading.words.doc, tokens)?;
    Some((number, &reading.who.entities[number]))
}

/// "Belarus", "Belarusian diplomats", "Norway's energy minister, X".
fn place(reading: &Reading<'_, '_>, mentions: &[Mention], entity: usize, form: PlaceForm) -> (Option<Actor>, usize) {
    let words = &reading.words;
    let first = mentions[0];
    let mut end = first.end();
    let mut sector = (form == PlaceForm::Metonym).then_some("GOV");
    let mut named = None;
    let mut n_used = 1;
    let mut at = end + usize::from(words.is_possessive(end));
    // At most one adjective may stand between: "Chinese state hackers", "Russian entities".
    for next in &mentions[1..] {
        let gap = next.start().saturating_sub(at);
        if gap > usize::from(!matches!(next.what, What::Person { .. })) || next.place().is_some() {
            break;
        }
        match next.what {
            What::Role { sector: of_role, .. } | What::Body { sector: of_role } => sector = sector.or(of_role),
            What::Person { .. } => {
                named = entity_of(reading, next.tokens).filter(|(_, entity)| entity.kind == Kind::Person);
                sector = sector.or(named.and_then(|(_, person)| person.sector).map(Sector::name));
            }
            What::Place { .. } => {}
        }
        n_used += 1;
        end = next.end();
        at = end + usize::from(words.eq(end, ","));
    }
    let entity = &reading.lexicon.entities[entity];
    let sector = sector.filter(|_| entity.is_country);
    let tokens = TokenRange::new(first.start(), end);
    let known = named.or_else(|| entity_of(reading, tokens));
    let actor = Actor {
        tokens,
        name: named.and_then(|(_, person)| person.name.as_deref()).unwrap_or(entity.name).to_owned(),
        code: format!("{}{}", entity.code, sector.unwrap_or_default()),
        country: entity.is_country.then(|| entity.code.to_owned()),
        sector: sector.and_then(known_sector),
        wikidata: named.and_then(|(_, person)| person.wikidata.clone()),
        entity: known.map(|(number, _)| number),
    };
    (Some(actor), n_used)
}

/// "Foreign Minister X", "the navy of Denmark"; an office of nobody knows where is no party.
fn office_of(reading: &Reading<'_, '_>, mentions: &[Mention], sector: Option<&'static str>) -> (Option<Actor>, usize) {
    let words = &reading.words;
    let first = mentions[0];
    let Some(next) = mentions.get(1) else { return (None, 1) };
    if next.is_person() && next.start() == first.end() {
        return (person(reading, next), 2);
    }
    let of = first.end();
    let is_of =
        matches!(words.lower(of), "of" | "for") && next.start() <= of + 2 + usize::from(words.eq(of + 1, "the"));
    match next.place() {
        Some((entity, form)) if is_of && form != PlaceForm::Adjective => {
            let entity = &reading.lexicon.entities[entity];
            let sector = sector.filter(|_| entity.is_country);
            let tokens = TokenRange::new(first.start(), next.end());
            let actor = Actor {
                tokens,
                name: entity.name.to_owned(),
                code: format!("{}{}", entity.code, sector.unwrap_or_default()),
                country: entity.is_country.then(|| entity.code.to_owned()),
                sector: sector.and_then(known_sector),
                wikidata: None,
                entity: entity_of(reading, tokens).map(|(number, _)| number),
            };
            (Some(actor), 2)
        }
        _ => (None, 1),
    }
}

/// A party from what a statement knows of its speaker.
pub(super) fn from_speaker(speaker: &Speaker, tokens: TokenRange) -> Option<Actor> {
    let code = speaker.code.clone()?;
    let country = speaker.country.clone();
    let sector =
        country.as_ref().and_then(|country| code.strip_prefix(country.as_str())).filter(|rest| rest.len() == 3);
    Some(Actor {
        tokens,
        name: speaker.name.clone().or_else(|| speaker.role.clone()).unwrap_or_else(|| code.clone()),
        sector: sector.and_then(known_sector),
        code,
        country,
        wikidata: speaker.wikidata.clone(),
        entity: speaker.entity,
    })
}

/// The sector that three letters of a table stand for.
fn known_sector(letters: &str) -> Option<Sector> {
    letters.parse().ok()
}
