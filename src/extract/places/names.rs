//! The names in the words of a place: countries, regions, towns, each with all that it may stand for.

use crate::extract::lexicon::{PlaceForm, RegionRow, TownRow, WordClass, place_key};
use crate::extract::reading::Reading;
use crate::extract::who::lexical::Mention;
use crate::text::{EntityKind, TokenRange};

/// Tokens that the name of a town or region has at most: "Mazar-i-Sharif" has five.
const NAME_LIMIT: usize = 6;

/// Tokens before the words of a place in which what it belongs to may stand: "the Iraqi city of | Mosul".
const LEFT_REACH: usize = 4;

/// What a town among equals of a region's name must have, in thousands, to be meant rather than the region.
const LARGE: u32 = 500;

/// A name in the words of a place.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) tokens: TokenRange,
    pub(super) what: What,
}

/// What a name may stand for.
#[derive(Debug)]
pub(super) enum What {
    /// A country, as an index of the lexicon's entities, named ("Iraq", "Iraq's") or as an adjective ("Iraqi").
    Country { entity: usize, is_adjective: bool },
    /// Regions of this name.
    Region(Vec<RegionRow>),
    /// Towns of this name, most inhabitants first.
    Town(Vec<TownRow>),
    /// A capitalized word that no table knows, or a person or body.
    Unknown,
}

/// The names of a place, and those beside it that tell what it belongs to.
#[derive(Debug)]
pub(super) struct Names {
    /// Those in the words themselves, in order.
    pub(super) inside: Vec<Name>,
    /// Those beside them: ", Kenya" behind, "the Iraqi city of" before.
    pub(super) beside: Vec<Name>,
}

impl Names {
    pub(super) fn find(reading: &Reading<'_, '_>, span: TokenRange) -> Self {
        let sentence = reading.sentence_around(span.start as usize);
        let (start, end) = (span.start as usize, span.end as usize);
        let inside = names(reading, start, end, sentence.start as usize);
        let mut beside = before(reading, start, sentence.start as usize);
        beside.extend(behind(reading, end, (sentence.end as usize).max(end)));
        Self { inside, beside }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Name> {
        self.inside.iter().chain(&self.beside)
    }
}

/// ", Kenya", ", Texas, United States".
fn behind(reading: &Reading<'_, '_>, from: usize, end: usize) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut at = from;
    while reading.words.eq(at, ",") && at + 1 < end {
        let limit = (at + 1 + NAME_LIMIT).min(end);
        let Some(name) = name_at(reading, at + 1, limit, at + 1) else { break };
        if !matches!(name.what, What::Country { is_adjective: false, .. } | What::Region(_)) {
            break;
        }
        at = name.tokens.end as usize;
        found.push(name);
    }
    found
}

/// "the Iraqi city of |", "Iraq's northern city of |": nothing but small words between.
fn before(reading: &Reading<'_, '_>, start: usize, floor: usize) -> Vec<Name> {
    let words = &reading.words;
    if start == floor || !matches!(words.lower(start - 1), "of" | "city" | "town" | "village" | "province" | "port") {
        return Vec::new();
    }
    let from = start.saturating_sub(LEFT_REACH + 2).max(floor);
    let reach =
        (from..start).rev().take_while(|&at| !words.is_capitalized(at) && words.is_word(at) || words.is_possessive(at));
    let end = reach.last().unwrap_or(start);
    let country = reading.mentions.ending_at(end).and_then(country_of);
    country.into_iter().collect()
}

/// The country that a name of the lexicon names, other than by its capital.
fn country_of(mention: &Mention) -> Option<Name> {
    let (entity, form) = mention.place()?;
    let is_adjective = matches!(form, PlaceForm::Adjective | PlaceForm::People);
    let is_seat = matches!(form, PlaceForm::Seat);
    (!is_seat).then_some(Name { tokens: mention.tokens, what: What::Country { entity, is_adjective } })
}

/// The names of a stretch of words, in order.
fn names(reading: &Reading<'_, '_>, start: usize, end: usize, sentence: usize) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        match name_at(reading, at, end, sentence) {
            Some(name) => {
                at = name.tokens.end as usize;
                found.push(name);
            }
            None => at += 1,
        }
    }
    found
}

/// The longest name that begins at a token; of equals, the one that is likelier meant.
fn name_at(reading: &Reading<'_, '_>, at: usize, end: usize, sentence: usize) -> Option<Name> {
    let words = &reading.words;
    if !words.is_capitalized(at) {
        return None;
    }
    let known = reading.mentions.starting_at(at).filter(|mention| mention.end() <= end);
    let country =
        known.filter(|mention| mention.place().is_some_and(|(entity, _)| reading.lexicon.entities[entity].is_country));
    let country = country.and_then(country_of);
    let country_end = country.as_ref().map_or(at, |name| name.tokens.end as usize);
    let limit = end.min(at + NAME_LIMIT);
    for last in (at..limit).rev() {
        if last + 1 < country_end {
            break;
        }
        if !words.is_capitalized(last) && !words.is(last, WordClass::NAME_PARTICLE) && !words.is_word(last) {
            continue;
        }
        let tokens = TokenRange::new(at, last + 1);
        // A country is a country ("Georgia", "Jordan"), unless more words make a town of it ("Mexico City").
        if last + 1 == country_end && country.is_some() {
            return country;
        }
        if !words.is_word(last) {
            continue;
        }
        if let Some(what) = of_tables(reading, tokens) {
            return Some(Name { tokens, what });
        }
    }
    if country.is_some() {
        return country;
    }
    let is_name = at > sentence || reading.words.doc.entity_at(at).is_some();
    is_name.then(|| Name { tokens: TokenRange::new(at, at + 1), what: What::Unknown })
}

/// What the tables know under a name.
fn of_tables(reading: &Reading<'_, '_>, tokens: TokenRange) -> Option<What> {
    let doc = reading.words.doc;
    // "Police" is a town in Poland, "Reading" one in England: what the core takes for somebody is none.
    let is_somebody = doc.entity_at(tokens.start as usize).is_some_and(|entity| {
        matches!(
            entity.kind,
            EntityKind::Person | EntityKind::Organization | EntityKind::Nationality | EntityKind::Date
        ) && entity.tokens.end >= tokens.end
    });
    let key = place_key(doc.range_text(tokens));
    let gazetteer = &reading.lexicon.gazetteer;
    let mut regions: Vec<RegionRow> = gazetteer.regions(&key).copied().collect();
    let next = reading.words.lower(tokens.end as usize);
    let is_region = matches!(
        next,
        "province" | "region" | "state" | "governorate" | "oblast" | "county" | "district" | "prefecture" | "provinces"
    );
    if is_region && !regions.is_empty() {
        return Some(What::Region(regions));
    }
    let mut towns = if is_somebody { Vec::new() } else { gazetteer.towns(&key) };
    if !regions.is_empty() {
        // "Kabul", "New York": a town in the region that bears its name, or a large one; "California" is the state.
        let names_region = |town: &TownRow| {
            regions.iter().any(|region| region.country == town.country && region.own_code() == Some(town.region))
        };
        let is_meant = towns.first().is_some_and(|town| town.thousands >= LARGE)
            || towns.iter().any(|town| names_region(town) && town.thousands >= 20);
        if is_meant {
            regions.clear();
        } else {
            towns.clear();
        }
    }
    match (towns.is_empty(), regions.is_empty()) {
        (false, _) => Some(What::Town(towns)),
        (true, false) => Some(What::Region(regions)),
        (true, true) => None,
    }
}
