//! The persons of an article: full name, office, body and country, as titles before a name and appositions behind it tell,
//! so that a later surname or pronoun can be traced back.

use std::collections::HashMap;

use crate::extract::lexicon::{Lexicon, PlaceForm, Sex, WordClass, Words};

use super::{Mention, Mentions, What};

/// How far an apposition may reach, in tokens: longer ones are clauses that merely begin like one.
const APPOSITION_LIMIT: usize = 25;

/// How far back, in tokens, the country is looked for that an official without one speaks for.
const SUBJECT_REACH: usize = 80;

/// How many bearers of one surname are compared: a list of thousands of namesakes must not cost their square.
const NAMESAKES: usize = 16;

/// A person as the article describes him or her.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    /// Fullest name given.
    pub(crate) name: String,
    pub(crate) role: Option<String>,
    pub(crate) organization: Option<String>,
    /// Index into the lexicon's entities.
    pub(crate) country: Option<usize>,
    pub(crate) sector: Option<&'static str>,
    pub(crate) sex: Option<Sex>,
}

/// What the words around a name say.
#[derive(Debug, Default)]
struct Description {
    role: Option<String>,
    organization: Option<String>,
    country: Option<usize>,
    sector: Option<&'static str>,
    sex: Option<Sex>,
}

/// The persons of an article.
#[derive(Debug, Default)]
pub(crate) struct People {
    persons: Vec<Person>,
    /// Last word of the name, in lower case, to the persons who bear it, in order of appearance.
    by_surname: HashMap<String, Vec<usize>>,
    /// First token of a mention to its person.
    by_token: HashMap<usize, usize>,
}

impl People {
    pub(crate) fn find(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon) -> Self {
        let mut people = Self::default();
        for (position, mention) in mentions.all().iter().enumerate() {
            if let What::Person { sex } = mention.what {
                let mut description = describe(words, mentions, lexicon, position);
                description.sex = description.sex.or(sex);
                if description.sector == Some("GOV")
                    && description.country.is_none()
                    && description.organization.is_none()
                {
                    description.country = speaking_for(words, mentions, lexicon, mention.start());
                }
                people.add(words, mention, description);
            }
        }
        people
    }

    pub(crate) fn get(&self, index: usize) -> &Person {
        &self.persons[index]
    }

    /// The person of a mention.
    pub(crate) fn of_mention(&self, mention: &Mention) -> Option<usize> {
        self.by_token.get(&mention.start()).copied()
    }

    fn add(&mut self, words: &Words<'_>, mention: &Mention, description: Description) {
        let name = words.doc.range_text(mention.tokens).to_owned();
        let n_words = name.split_whitespace().count();
        let surname = surname_of(&name);
        let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let namesakes = self.by_surname.get(&surname).map_or(&[][..], Vec::as_slice);
        let known = namesakes.iter().rev().take(NAMESAKES).copied().find(|&index| {
            let known_name = &self.persons[index].name;
            let known_first = known_name.split_whitespace().next().unwrap_or_default().to_lowercase();
            n_words == 1 || !known_name.contains(char::is_whitespace) || known_first == first
        });
        // A two-part surname may be cited by both parts: "Ruiz Ortega" is found by "Ortega" above, by "Ruiz" it is not.
        let index = known.unwrap_or_else(|| {
            self.persons.push(Person::default());
            self.by_surname.entry(surname).or_default().push(self.persons.len() - 1);
            self.persons.len() - 1
        });
        let person = &mut self.persons[index];
        if name.len() > person.name.len() {
            person.name = name;
        }
        if person.role.is_none() {
            person.role = description.role;
            person.sector = description.sector.or(person.sector);
        }
        person.organization = person.organization.take().or(description.organization);
        person.country = person.country.or(description.country);
        person.sex = person.sex.or(description.sex);
        self.by_token.insert(mention.start(), index);
    }
}

/// The country whose official speaks where the text names none: "Norway expelled … . Foreign Minister X said". It is the last
/// one that was the subject of a sentence, shortly before.
fn speaking_for(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, before: usize) -> Option<usize> {
    let from = before.saturating_sub(SUBJECT_REACH);
    mentions.within(from, before).iter().rev().find_map(|mention| {
        let (entity, form) = mention.place()?;
        let sentence_start = words.doc.sentences[words.doc.sentence_of(mention.start())].tokens.start as usize;
        let opens = (sentence_start..mention.start()).all(|idx| {
            words.is(idx, WordClass::DETERMINER.or(WordClass::CONJUNCTION))
                || !words.is_capitalized(idx) && !words.is_word(idx)
        });
        let is_named = matches!(form, PlaceForm::Name | PlaceForm::Seat | PlaceForm::Metonym);
        (is_named && opens && lexicon.entities[entity].is_country).then_some(entity)
    })
}

fn surname_of(name: &str) -> String {
    let last = name.split_whitespace().last().unwrap_or_default();
    last.trim_end_matches(['.', ',']).to_lowercase()
}

/// Reads title and apposition around the person mention at this position of the list.
fn describe(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, position: usize) -> Description {
    let mention = &mentions.all()[position];
    let mut description = Description::default();
    before_name(words, mentions, lexicon, mention.start(), &mut description);
    after_name(words, mentions, lexicon, mention.end(), &mut description);
    description
}

/// "Danish Deputy Energy Minister | X", "the port's spokeswoman, | X", "a spokesman for the Danish trade ministry, | X".
fn before_name(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, start: usize, out: &mut Description) {
    let sentence = words.doc.sentences[words.doc.sentence_of(start)].tokens;
    let sentence_start = sentence.start as usize;
    let mut end = start;
    // An honorific stands between office and name: "secretary general, Dr. | X".
    while end > sentence_start && (words.eq(end - 1, ".") || words.eq(end - 1, "dr") || words.eq(end - 1, "dr.")) {
        end -= 1;
    }
    let is_apposed = end > sentence_start && words.eq(end - 1, ",");
    if is_apposed {
        end -= 1;
    }
    let role = match mentions.ending_at(end) {
        Some(role) if role.is_role() => role,
        Some(_) | None if is_apposed => {
            // The office may have a complement: "envoy for the region".
            let from = end.saturating_sub(APPOSITION_LIMIT).max(sentence_start);
            let segment_start = (from..end).rev().find(|&idx| is_boundary(words, idx)).map_or(from, |idx| idx + 1);
            let inside = mentions.within(segment_start, end);
            let Some(role) = inside.iter().find(|inner| inner.is_role()) else { return };
            let has_complement = words.is(role.end(), WordClass::PREPOSITION);
            if !has_complement || words.is(role.end(), WordClass::AUXILIARY) {
                return;
            }
            complement(words, mentions, lexicon, role.end(), end, out);
            role
        }
        _ => return,
    };
    set_role(words, role, out);
    possessor(words, mentions, lexicon, role.start(), sentence_start, out);
}

/// "X, | head of the Institute for Coastal Law", "X | (United Kingdom)", "X | of the Lakes Institute".
fn after_name(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, end: usize, out: &mut Description) {
    let sentence_end = words.doc.sentences[words.doc.sentence_of(end - 1)].tokens.end as usize;
    let limit = sentence_end.min(end + APPOSITION_LIMIT);
    if words.eq(end, "(") {
        let inner = mentions.starting_at(end + 1).and_then(Mention::place);
        if let Some((entity, PlaceForm::Name)) = inner {
            out.country = out.country.or(Some(entity));
        }
        return;
    }
    if words.eq(end, "of") && out.role.is_none() {
        complement(words, mentions, lexicon, end, limit, out);
        return;
    }
    if !words.eq(end, ",") {
        return;
    }
    let stop = (end + 1..limit).find(|&idx| is_boundary(words, idx)).unwrap_or(limit);
    let inside = mentions.within(end + 1, stop);
    let Some(role) = inside.iter().find(|inner| inner.is_role()) else { return };
    // Between the comma and the office: nothing but determiners, names and "'s".
    let opens = (end + 1..role.start()).all(|idx| {
        words.is(idx, WordClass::DETERMINER)
            || words.is_possessive(idx)
            || inside.iter().any(|other| other.tokens.contains_token(idx) && !other.is_person())
    });
    if !opens {
        return;
    }
    set_role(words, role, out);
    possessor(words, mentions, lexicon, role.start(), end + 1, out);
    complement(words, mentions, lexicon, role.end(), stop, out);
}

/// Comma, bracket, quotation mark, colon, relative word: where an apposition ends.
fn is_boundary(words: &Words<'_>, idx: usize) -> bool {
    matches!(words.text(idx), "," | ";" | ":" | "(" | ")" | "—" | "–" | "“" | "”" | "\"" | "‘" | "``" | "''")
        || words.is(idx, WordClass::RELATIVE)
}

fn set_role(words: &Words<'_>, role: &Mention, out: &mut Description) {
    if let What::Role { sector, sex } = role.what {
        // "Ambassador X, director of …": the apposition says what he is now; "Deputy Foreign Minister X, head of the delegation"
        // says more by the title.
        if out.role.as_ref().is_none_or(|title| !title.contains(' ')) {
            out.role = Some(words.doc.range_text(role.tokens).to_owned());
        }
        out.sector = out.sector.or(sector);
        out.sex = out.sex.or(sex);
    }
}

/// Country and body right before an office: "US |", "Ethiopia's |", "Justice Department |".
fn possessor(
    words: &Words<'_>,
    mentions: &Mentions,
    lexicon: &Lexicon,
    role_start: usize,
    from: usize,
    out: &mut Description,
) {
    let mut at = role_start;
    while at > from {
        if words.is_possessive(at - 1) {
            at -= 1;
        } else if let Some(mention) = mentions.ending_at(at).filter(|mention| mention.start() >= from) {
            match mention.what {
                What::Place { entity, form } => {
                    if form == PlaceForm::Metonym {
                        out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
                    }
                    if lexicon.entities[entity].is_country {
                        out.country = out.country.or(Some(entity));
                    } else {
                        out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
                    }
                }
                What::Body { sector } => {
                    out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
                    out.sector = out.sector.or(sector);
                }
                What::Role { .. } | What::Person { .. } => return,
            }
            at = mention.start();
        } else {
            return;
        }
    }
}

/// Country and body behind an office: "of Indonesia", "for the Danish trade ministry", "at the Institute in Bergen".
fn complement(
    words: &Words<'_>,
    mentions: &Mentions,
    lexicon: &Lexicon,
    from: usize,
    to: usize,
    out: &mut Description,
) {
    if !words.is(from, WordClass::PREPOSITION) || matches!(words.lower(from), "to" | "in") {
        return;
    }
    for mention in mentions.within(from, to) {
        match mention.what {
            What::Place { entity, .. } => {
                if lexicon.entities[entity].is_country {
                    out.country = out.country.or(Some(entity));
                } else {
                    out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
                }
            }
            What::Body { sector } => {
                out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
                out.sector = out.sector.or(sector);
            }
            What::Role { .. } => {}
            What::Person { .. } => return,
        }
    }
}
