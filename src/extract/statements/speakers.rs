//! Who a source is: a name, a surname or pronoun traced back to a full name, an office, a body, a country.

use crate::extract::lexicon::{PlaceForm, Sex, WordClass};
use crate::extract::names::{Mention, What};
use crate::extract::reading::Reading;
use crate::text::TokenRange;

use super::{Speaker, SpeakerForm};

/// Mentions that are looked through for the person behind a pronoun or "the minister".
const LOOK_BACK: usize = 60;

/// Resolves sources in the order of the text; remembers who spoke last.
#[derive(Debug, Default)]
pub(super) struct SpeakerResolver {
    last_person: Option<usize>,
    last: Option<Speaker>,
}

impl SpeakerResolver {
    /// Who the words credited are.
    pub(super) fn resolve(&mut self, reading: &Reading<'_, '_>, source: TokenRange) -> Speaker {
        let speaker = self.identify(reading, source);
        self.last = Some(speaker.clone());
        speaker
    }

    /// The one who spoke last, for a quotation without a cue.
    pub(super) fn last(&self) -> Option<&Speaker> {
        self.last.as_ref()
    }

    fn identify(&mut self, reading: &Reading<'_, '_>, source: TokenRange) -> Speaker {
        let words = &reading.words;
        let (start, end) = (source.start as usize, source.end as usize);
        if source.len() == 1 && words.is(start, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING)) {
            return self.pronoun(reading, start);
        }
        if matches!(words.lower(start), "who" | "which") && source.len() == 1 {
            return self.antecedent(reading, start);
        }
        let inside = reading.mentions.within(start, end);
        if let Some(person) = head_person(reading, inside) {
            return self.person(reading, person, SpeakerForm::Name);
        }
        if inside.iter().any(Mention::is_role) {
            return self.office(reading, source, inside);
        }
        if let Some(body) = inside.iter().find(|mention| mention.is_body()) {
            return body_speaker(reading, source, body, inside);
        }
        place_speaker(reading, inside)
    }

    fn person(&mut self, reading: &Reading<'_, '_>, person: usize, form: SpeakerForm) -> Speaker {
        self.last_person = Some(person);
        let known = reading.people.get(person);
        let country = known.country.map(|entity| reading.lexicon.entities[entity].code);
        Speaker {
            name: Some(known.name.clone()),
            role: known.role.clone(),
            organization: known.organization.clone(),
            country: country.map(str::to_owned),
            code: country.map(|code| format!("{code}{}", known.sector.unwrap_or_default())),
            form,
        }
    }

    fn pronoun(&mut self, reading: &Reading<'_, '_>, at: usize) -> Speaker {
        let words = &reading.words;
        let nobody = Speaker { form: SpeakerForm::Pronoun, ..Speaker::default() };
        if words.is(at, WordClass::PRONOUN_SELF) {
            return nobody;
        }
        if words.is(at, WordClass::PRONOUN_THING.or(WordClass::PRONOUN_PLURAL)) {
            return self.thing(reading, at, nobody);
        }
        let sex = if words.is(at, WordClass::PRONOUN_FEMALE) { Sex::Female } else { Sex::Male };
        let fits = |person: usize| reading.people.get(person).sex.is_none_or(|known| known == sex);
        let spoke_last = self.last_person.filter(|&person| fits(person));
        let person = spoke_last.or_else(|| {
            let before = reading.mentions.within(0, at);
            before
                .iter()
                .rev()
                .take(LOOK_BACK)
                .filter_map(|mention| reading.people.of_mention(mention))
                .find(|&p| fits(p))
        });
        person.map_or(nobody, |person| self.person(reading, person, SpeakerForm::Pronoun))
    }

    /// "it", "they": the country or body that opens the sentence, else the group that spoke last.
    fn thing(&self, reading: &Reading<'_, '_>, at: usize, nobody: Speaker) -> Speaker {
        let sentence_start = reading.sentence_around(at).start as usize;
        let here = reading.mentions.within(sentence_start, at).iter().find(|mention| {
            let is_name = mention
                .place()
                .is_some_and(|(_, form)| matches!(form, PlaceForm::Name | PlaceForm::Seat | PlaceForm::Metonym));
            is_name || mention.is_body()
        });
        if let Some(mention) = here {
            let speaker = place_speaker(reading, std::slice::from_ref(mention));
            return Speaker { form: SpeakerForm::Pronoun, ..speaker };
        }
        match &self.last {
            Some(last) if self.last_person.is_none() || last.role.is_some() => {
                let is_person = last.name.is_some() && last.role.is_some();
                if is_person { nobody } else { Speaker { form: SpeakerForm::Pronoun, ..last.clone() } }
            }
            _ => nobody,
        }
    }

    /// "the minister, who said": the last name before the pronoun.
    fn antecedent(&mut self, reading: &Reading<'_, '_>, at: usize) -> Speaker {
        let before = reading.mentions.within(0, at);
        match before.last() {
            Some(mention) => {
                let tokens = mention.tokens;
                Speaker { form: SpeakerForm::Pronoun, ..self.identify(reading, tokens) }
            }
            None => Speaker { form: SpeakerForm::Pronoun, ..Speaker::default() },
        }
    }

    /// "US officials", "the minister", "its spokesman".
    fn office(&mut self, reading: &Reading<'_, '_>, source: TokenRange, inside: &[Mention]) -> Speaker {
        let words = &reading.words;
        let role = inside.iter().find(|mention| mention.is_role()).copied();
        let Some(role) = role else { return Speaker::default() };
        let entity =
            inside.iter().filter_map(Mention::place).find(|(entity, _)| reading.lexicon.entities[*entity].is_country);
        let body = inside.iter().find(|mention| mention.is_body() || is_international(reading, mention));
        let role_text = words.doc.range_text(role.tokens);
        let is_definite = matches!(words.lower(source.start as usize), "the" | "its" | "his" | "her" | "their");
        if is_definite && body.is_none() {
            let country = entity.map(|(entity, _)| entity);
            if let Some(person) = self.holder(reading, role_text, country, source.start as usize) {
                return self.person(reading, person, SpeakerForm::Description);
            }
        }
        self.last_person = None;
        let sector = match role.what {
            What::Role { sector, .. } => sector,
            _ => None,
        };
        let country = entity.map(|(entity, _)| reading.lexicon.entities[entity].code);
        Speaker {
            name: None,
            role: Some(role_text.to_owned()),
            organization: body.map(|body| words.doc.range_text(body.tokens).to_owned()),
            country: country.map(str::to_owned),
            code: country.map(|code| format!("{code}{}", sector.unwrap_or_default())),
            form: SpeakerForm::Description,
        }
    }

    /// The person last named whose office ends with the same word.
    fn holder(&self, reading: &Reading<'_, '_>, role: &str, country: Option<usize>, before: usize) -> Option<usize> {
        let head = role.rsplit(' ').next().unwrap_or(role).to_lowercase();
        let mentions = reading.mentions.within(0, before);
        mentions.iter().rev().take(LOOK_BACK).filter_map(|mention| reading.people.of_mention(mention)).find(|&person| {
            let known = reading.people.get(person);
            let holds = known.role.as_ref().is_some_and(|role| {
                let role = role.to_lowercase();
                role == head || role.ends_with(&format!(" {head}"))
            });
            // "the Norwegian leader": any head of the country will do.
            let leads = head == "leader" && known.sector == Some("GOV") && country.is_some();
            (holds || leads) && (country.is_none() || known.country.is_none() || known.country == country)
        })
    }
}

fn is_international(reading: &Reading<'_, '_>, mention: &Mention) -> bool {
    mention.place().is_some_and(|(entity, _)| !reading.lexicon.entities[entity].is_country)
}

/// The person who heads a source: not one behind "of" or "to" ("an aide to President X").
fn head_person(reading: &Reading<'_, '_>, inside: &[Mention]) -> Option<usize> {
    let words = &reading.words;
    let first = inside.iter().position(Mention::is_person)?;
    let mention = inside[first];
    let start = mention.start();
    let office_before = first > 0 && inside[..first].iter().any(Mention::is_role);
    let is_complement = office_before && {
        let role_start = inside[..first].iter().rposition(Mention::is_role).map_or(start, |at| inside[at].start());
        role_start > 0 && matches!(words.lower(role_start - 1), "to" | "of" | "for") && first > 1
            || matches!(words.lower(start - 1), "to" | "of" | "for" | "with")
    };
    if is_complement || words.is_possessive(mention.end()) {
        return None;
    }
    // A capital at the start of a sentence is no name by itself: "Forecasters said", unless the article knows the name.
    let person = reading.people.of_mention(&mention)?;
    let is_first = reading.sentence_around(start).start as usize == start;
    let known = reading.people.get(person);
    let is_known = known.name.contains(char::is_whitespace) || known.role.is_some();
    let is_plural = words.lower(start).ends_with('s') && mention.tokens.len() == 1;
    (is_known || !is_first || !is_plural).then_some(person)
}

/// "the Foreign Ministry", "Norway's trade ministry".
fn body_speaker(reading: &Reading<'_, '_>, source: TokenRange, body: &Mention, inside: &[Mention]) -> Speaker {
    let words = &reading.words;
    let sector = match body.what {
        What::Body { sector } => sector,
        _ => None,
    };
    let mut entity =
        inside.iter().filter_map(Mention::place).find(|(entity, _)| reading.lexicon.entities[*entity].is_country);
    if entity.is_none() {
        // "In Oslo, the trade ministry insisted": the place that opens the sentence.
        let sentence_start = reading.sentence_around(source.start as usize).start as usize;
        if words.eq(sentence_start, "in") {
            entity = reading.mentions.starting_at(sentence_start + 1).and_then(Mention::place);
        }
    }
    let adjective = reading.mentions.ending_at(body.start()).filter(|mention| mention.place().is_some());
    let start = adjective.map_or(body.start(), Mention::start);
    let bare = words.doc.range_text(body.tokens);
    let country = entity.map(|(entity, _)| &reading.lexicon.entities[entity]).filter(|entity| entity.is_country);
    let name = match country {
        Some(entity) if adjective.is_none() && sector.is_some() => format!("{bare} of {}", entity.name),
        _ => words.doc.range_text(TokenRange::new(start, body.end())).to_owned(),
    };
    Speaker {
        name: Some(name),
        role: None,
        organization: Some(bare.to_owned()),
        country: country.map(|entity| entity.code.to_owned()),
        code: country.map(|entity| format!("{}{}", entity.code, sector.unwrap_or_default())),
        form: SpeakerForm::Name,
    }
}

/// A country, its capital, a palace, an international body; several of them have no name in common.
fn place_speaker(reading: &Reading<'_, '_>, inside: &[Mention]) -> Speaker {
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
    Speaker { name, role: None, organization, country, code: Some(format!("{}{sector}", entity.code)), form }
}

fn body_of(reading: &Reading<'_, '_>, inside: &[Mention]) -> Option<Speaker> {
    let body = inside.iter().find(|mention| mention.is_body())?;
    let name = reading.words.doc.range_text(body.tokens).to_owned();
    Some(Speaker { name: Some(name.clone()), organization: Some(name), form: SpeakerForm::Name, ..Speaker::default() })
}
