//! Speakers that are no persons: ministries, outlets, countries and what stands for them.

use crate::extract::lexicon::PlaceForm;
use crate::extract::names::{Mention, What, homes};
use crate::extract::reading::Reading;
use crate::finding::{Speaker, SpeakerForm};
use crate::text::TokenRange;

/// "the Foreign Ministry", "Norway's trade ministry"; "the ministry" is the one named before.
pub(super) fn body_speaker(
    reading: &Reading<'_, '_>,
    source: TokenRange,
    body: &Mention,
    inside: &[Mention],
) -> Speaker {
    let words = &reading.words;
    let named = homes::named_before(words, &reading.mentions, body);
    let sector = body.sector();
    let mut entity =
        inside.iter().filter_map(Mention::place).find(|(entity, _)| reading.lexicon.entities[*entity].is_country);
    if entity.is_none() {
        // "In Oslo, the trade ministry insisted": the place that opens the sentence.
        let sentence_start = reading.sentence_around(source.start as usize).start as usize;
        if words.eq(sentence_start, "in") {
            entity = reading.mentions.starting_at(sentence_start + 1).and_then(Mention::place);
        }
    }
    let explicit = entity.map(|(entity, _)| entity).filter(|&entity| reading.lexicon.entities[entity].is_country);
    let adjective = reading.mentions.ending_at(body.start()).filter(|mention| mention.place().is_some());
    let start = adjective.map_or(body.start(), Mention::start);
    let bare = words.doc.range_text(named.unwrap_or(body).tokens);
    let name = match explicit.map(|entity| &reading.lexicon.entities[entity]) {
        Some(entity) if adjective.is_none() && sector.is_some() => format!("{bare} of {}", entity.name),
        _ if named.is_some() => bare.to_owned(),
        _ => words.doc.range_text(TokenRange::new(start, body.end())).to_owned(),
    };
    let country = explicit.or_else(|| country_of_body(reading, named.unwrap_or(body)));
    let country = country.map(|entity| &reading.lexicon.entities[entity]);
    Speaker {
        name: Some(name),
        organization: Some(bare.to_owned()),
        country: country.map(|entity| entity.code.to_owned()),
        code: country.map(|entity| format!("{}{}", entity.code, sector.unwrap_or_default())),
        form: SpeakerForm::Name,
        ..Speaker::default()
    }
}

/// The country of a ministry or the like, by the words beside it, else by the rest of the article.
pub(super) fn country_of_body(reading: &Reading<'_, '_>, body: &Mention) -> Option<usize> {
    let What::Body { sector } = body.what else { return None };
    let beside = homes::beside(&reading.words, &reading.mentions, reading.lexicon, body);
    beside.or_else(|| reading.homes.of_office(&reading.words, &reading.mentions, body.tokens, sector))
}

/// "the Russian agency Novosti Yuga": a name behind a word for an outlet or company is no person's.
pub(super) fn named_outlet(reading: &Reading<'_, '_>, source: TokenRange, inside: &[Mention]) -> Option<Speaker> {
    let words = &reading.words;
    let name = inside.iter().find(|mention| mention.is_person() && mention.start() > source.start as usize)?;
    let kind = name.start() - 1;
    let is_kind = reading.lexicon.bodies.is_outlet(words.lower(kind))
        || matches!(words.lower(kind), "company" | "firm" | "party" | "group" | "movement" | "network");
    if !is_kind || words.is_capitalized(kind) {
        return None;
    }
    let country = inside.iter().filter_map(Mention::place).map(|(entity, _)| &reading.lexicon.entities[entity]);
    let country = country.filter(|entity| entity.is_country).map(|entity| entity.code).next();
    let text = words.doc.range_text(name.tokens).to_owned();
    Some(Speaker {
        name: Some(text.clone()),
        organization: Some(text),
        country: country.map(str::to_owned),
        code: country.map(str::to_owned),
        ..Speaker::default()
    })
}

/// A country, its capital, a palace, an international body; several of them have no name in common.
pub(super) fn place_speaker(reading: &Reading<'_, '_>, inside: &[Mention]) -> Speaker {
    let description = Speaker { form: SpeakerForm::Description, ..Speaker::default() };
    let mut places = inside.iter().filter_map(|mention| mention.place().map(|place| (mention, place)));
    let Some((mention, (entity, form))) = places.next() else {
        return body_of(reading, inside).unwrap_or(description);
    };
    let entity = &reading.lexicon.entities[entity];
    let country = entity.is_country.then(|| entity.code.to_owned());
    let words = reading.words.doc.range_text(mention.tokens);
    let is_several = places.next().is_some();
    let name = match form {
        _ if is_several => None,
        PlaceForm::Name | PlaceForm::Seat if entity.is_country => Some(entity.name.to_owned()),
        PlaceForm::Name | PlaceForm::Seat | PlaceForm::Metonym => Some(words.to_owned()),
        PlaceForm::Adjective | PlaceForm::People => None,
    };
    let sector = if form == PlaceForm::Metonym { "GOV" } else { "" };
    let organization = (form == PlaceForm::Metonym || !entity.is_country).then(|| words.to_owned());
    let form = if name.is_some() { SpeakerForm::Name } else { SpeakerForm::Description };
    Speaker { name, organization, country, code: Some(format!("{}{sector}", entity.code)), form, ..Speaker::default() }
}

fn body_of(reading: &Reading<'_, '_>, inside: &[Mention]) -> Option<Speaker> {
    let body = inside.iter().find(|mention| mention.is_body())?;
    let name = reading.words.doc.range_text(body.tokens).to_owned();
    Some(Speaker { name: Some(name.clone()), organization: Some(name), form: SpeakerForm::Name, ..Speaker::default() })
}
