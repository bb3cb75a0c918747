//! Who a source is: a name, a surname or pronoun traced back to a full name, an office, a body, a country.

use crate::extract::lexicon::{PlaceForm, Sex, WordClass};
use crate::extract::names::{Mention, What, homes};
use crate::extract::reading::Reading;
use crate::finding::{Speaker, SpeakerForm};
use crate::text::{EntityKind, TokenRange};

use super::bodies::{body_speaker, country_of_body, named_outlet, place_speaker};
use super::tree::is_of_other;

/// Mentions that are looked through for the person behind a pronoun or "the minister".
const LOOK_BACK: usize = 60;

/// Tokens at the start of a sentence among which its subject's name ends: title, office, name.
const OPENING: usize = 20;

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

    fn identify(&mut self, reading: &Reading<'_, '_>, source: TokenRange) -> Speaker {
        let words = &reading.words;
        let (start, end) = (source.start as usize, source.end as usize);
        if source.len() == 1 && words.is(start, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING)) {
            return self.pronoun(reading, start);
        }
        if matches!(words.lower(start), "who" | "which") && source.len() == 1 {
            return self.antecedent(reading, start);
        }
        if source.len() == 1 && matches!(words.lower(start), "one" | "another" | "others" | "some" | "both") {
            return self.one_of_them();
        }
        let inside = reading.mentions.within(start, end);
        if let Some(outlet) = named_outlet(reading, source, inside) {
            return outlet;
        }
        let is_other = |tokens: TokenRange| is_of_other(words.doc, source, tokens);
        let inside: Vec<Mention> =
            inside.iter().filter(|mention| !mention.is_person() || !is_other(mention.tokens)).copied().collect();
        let inside = inside.as_slice();
        if let Some(person) = head_person(reading, inside).or_else(|| apposed_person(reading, end, inside)) {
            return self.person(reading, person, SpeakerForm::Name);
        }
        if inside.iter().any(Mention::is_role) {
            return self.office(reading, source, inside);
        }
        if let Some(body) = inside.iter().find(|mention| mention.is_body()) {
            let speaker = body_speaker(reading, source, body, inside);
            // "officials at the Council": theirs, but not it.
            let is_theirs = is_other(body.tokens);
            return if is_theirs { Speaker { name: None, form: SpeakerForm::Description, ..speaker } } else { speaker };
        }
        let speaker = place_speaker(reading, inside);
        let is_unknown = speaker.name.is_none() && speaker.code.is_none();
        if is_unknown { named_by_core(reading, source).unwrap_or(speaker) } else { speaker }
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
            wikidata: known.wikidata,
            form,
            ..Speaker::default()
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
        let person = recent_subject(reading, at)
            .filter(|&person| fits(person))
            .or_else(|| self.nearer(reading, at, sex))
            .or(spoke_last)
            .or_else(|| {
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

    /// Somebody of this sex who was named after the one who spoke last, whose sex nothing tells.
    fn nearer(&self, reading: &Reading<'_, '_>, at: usize, sex: Sex) -> Option<usize> {
        let last = self.last_person.filter(|&person| reading.people.get(person).sex.is_none())?;
        let before = reading.mentions.within(0, at).iter().rev().take(LOOK_BACK);
        let persons = before.filter_map(|mention| reading.people.of_mention(mention));
        persons.take_while(|&person| person != last).find(|&person| reading.people.get(person).sex == Some(sex))
    }

    /// "Officials said …, although one insisted": of the group that spoke last, but nobody named.
    fn one_of_them(&self) -> Speaker {
        let group = self.last.clone().filter(|last| last.name.is_none()).unwrap_or_default();
        Speaker { form: SpeakerForm::Pronoun, ..group }
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
        // The article of the office's own phrase: "In Oruro on Wednesday the | Bolivian leader".
        let owner = reading.mentions.ending_at(role.start()).filter(|mention| mention.place().is_some());
        let phrase = owner.map_or(role.start(), Mention::start).max(source.start as usize);
        let is_definite = [phrase, phrase.saturating_sub(1)]
            .iter()
            .any(|&idx| source.contains_token(idx) && matches!(words.lower(idx), "the" | "its" | "their"));
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
        let mut organization = body.map(|body| words.doc.range_text(body.tokens).to_owned());
        let mut country = entity.map(|(entity, _)| entity);
        let before = role.start().checked_sub(1).filter(|&idx| matches!(words.lower(idx), "its" | "their"));
        if let Some(owner) = before.and_then(|idx| homes::owner(words, &reading.mentions, idx)) {
            match owner.what {
                What::Place { entity, .. } if reading.lexicon.entities[entity].is_country => {
                    country = country.or(Some(entity));
                }
                What::Body { .. } => country = country.or_else(|| country_of_body(reading, owner)),
                _ => {}
            }
            if country.is_none() || owner.is_body() {
                organization = organization.or_else(|| Some(words.doc.range_text(owner.tokens).to_owned()));
            }
        } else if country.is_none() && !is_several(reading, source) {
            country = match body {
                Some(body) if body.is_body() => country_of_body(reading, body),
                Some(_) => None,
                None => reading.homes.of_office(words, &reading.mentions, role.tokens, sector),
            };
        }
        let country = country.map(|entity| reading.lexicon.entities[entity].code);
        Speaker {
            name: None,
            role: Some(role_text.to_owned()),
            organization,
            country: country.map(str::to_owned),
            code: country.map(|code| format!("{code}{}", sector.unwrap_or_default())),
            form: SpeakerForm::Description,
            ..Speaker::default()
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

/// The person with whom the sentence before begins, or this one before the pronoun: new subjects are taken up at once.
fn recent_subject(reading: &Reading<'_, '_>, at: usize) -> Option<usize> {
    let words = &reading.words;
    let sentence = words.doc.sentence_of(at);
    [Some(sentence), sentence.checked_sub(1)].into_iter().flatten().find_map(|sentence| {
        let tokens = words.doc.sentences[sentence].tokens;
        let start = tokens.start as usize;
        let end = (tokens.end as usize).min(at).min(start + OPENING);
        let first = reading.mentions.within(start, end).iter().find(|mention| mention.is_person())?;
        let opens = (start..first.start()).all(|idx| {
            words.is(idx, WordClass::DETERMINER.or(WordClass::CONJUNCTION))
                || words.is_possessive(idx)
                || !words.is_word(idx)
                || reading.mentions.around(idx).is_some()
        });
        let is_quoted = reading.quote_around(first.start()).is_some();
        let person = reading.people.of_mention(first).filter(|&person| {
            // A lone capital at the start ("Otherwise, she says") may be no name.
            let known = reading.people.get(person);
            known.name.contains(char::is_whitespace) || known.role.is_some()
        });
        person.filter(|_| opens && !is_quoted && !words.is_possessive(first.end()))
    })
}

/// The person who heads a source: not one behind "of" or "to" ("an aide to President X"), nor one whose something it is.
fn head_person(reading: &Reading<'_, '_>, inside: &[Mention]) -> Option<usize> {
    let words = &reading.words;
    let persons = inside.iter().enumerate().filter(|(_, mention)| mention.is_person());
    // "director of the Dallas chapter X": where the core sees a person, what it takes for another name is none.
    let taken_for = |mention: &Mention| words.doc.entity_at(mention.end() - 1).map(|entity| entity.kind);
    let has_person = inside.iter().any(|mention| taken_for(mention) == Some(EntityKind::Person));
    let is_other = |mention: &Mention| {
        has_person && matches!(taken_for(mention), Some(EntityKind::Organization | EntityKind::Place))
    };
    let (_, mention) = persons.into_iter().filter(|(_, mention)| !is_other(mention)).find(|&(at, mention)| {
        // "the Halvorsund coach, X", "Labour's spokeswoman X": what stands before an office is whose it is.
        let is_owner = inside.get(at + 1).is_some_and(|next| next.is_role() && next.start() == mention.end());
        !is_owner && !words.is_possessive(mention.end()) && !is_complement(reading, inside, at)
    })?;
    // A capital at the start of a sentence is no name by itself: "Forecasters said", unless the article knows the name.
    let start = mention.start();
    let person = reading.people.of_mention(mention)?;
    let is_first = reading.sentence_around(start).start as usize == start;
    let known = reading.people.get(person);
    let is_known = known.name.contains(char::is_whitespace) || known.role.is_some();
    let is_plural = words.lower(start).ends_with('s') && mention.tokens.len() == 1;
    (is_known || !is_first || !is_plural).then_some(person)
}

/// The name at the end of a source, or alone in it, that no table knows but the core does: "Wikinews", "the daily Aftenbladet".
fn named_by_core(reading: &Reading<'_, '_>, source: TokenRange) -> Option<Speaker> {
    let doc = reading.words.doc;
    let last = source.range().rev().find(|&idx| reading.words.is_word(idx))?;
    let entity = doc.entity_at(last).filter(|entity| source.contains(entity.tokens))?;
    let name = doc.range_text(entity.tokens).to_owned();
    if is_of_other(doc, source, entity.tokens) {
        return None;
    }
    match entity.kind {
        EntityKind::Person => Some(Speaker { name: Some(name), ..Speaker::default() }),
        EntityKind::Organization => {
            Some(Speaker { organization: Some(name.clone()), name: Some(name), ..Speaker::default() })
        }
        _ => None,
    }
}

/// "an aide to X", "a letter seen by X": the person stands behind what speaks.
fn is_complement(reading: &Reading<'_, '_>, inside: &[Mention], at: usize) -> bool {
    let words = &reading.words;
    let start = inside[at].start();
    let before = if start > 0 { words.lower(start - 1) } else { "" };
    // "in Tapa": a place that no table knows.
    if matches!(before, "in" | "near" | "outside") || at == 0 && matches!(before, "by" | "from") {
        return true;
    }
    let Some(role) = inside[..at].iter().rfind(|mention| mention.is_role()) else { return false };
    let role_start = role.start();
    role_start > 0 && matches!(words.lower(role_start - 1), "to" | "of" | "for") && at > 1
        || start > 0 && matches!(words.lower(start - 1), "to" | "of" | "for" | "with")
}

/// "the two leaders", "both ministers": of more than one country.
fn is_several(reading: &Reading<'_, '_>, source: TokenRange) -> bool {
    source.range().any(|idx| matches!(reading.words.lower(idx), "two" | "three" | "four" | "both" | "several" | "all"))
}

/// "the spokesman for the department, | X": the name that the source was cut off from.
fn apposed_person(reading: &Reading<'_, '_>, end: usize, inside: &[Mention]) -> Option<usize> {
    let words = &reading.words;
    let name =
        reading.mentions.starting_at(end + 1).filter(|_| words.eq(end, ",") && inside.iter().any(Mention::is_role))?;
    let after = name.end();
    let ends = words.is_stop(after) || words.eq(after, ",") || after >= reading.sentence_around(end).end as usize;
    if ends { reading.people.of_mention(name) } else { None }
}
