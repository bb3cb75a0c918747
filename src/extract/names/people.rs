//! The persons of an article: full name, office, body and country, as titles before a name and appositions behind it tell,
//! so that a later surname or pronoun can be traced back.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::extract::lexicon::{Lexicon, PlaceForm, Sex, WordClass, Words};
use crate::text::TokenRange;

use super::homes::{self, Homes};
use super::known::{self, Described, Named};
use super::{Mention, Mentions, What};

/// How far an apposition may reach, in tokens: longer ones are clauses that merely begin like one.
const APPOSITION_LIMIT: usize = 25;

/// How many bearers of one surname are compared: a list of thousands of namesakes must not cost their square.
const NAMESAKES: usize = 16;

/// Letters of a name from which a letter more, less or other is a slip of the pen: short names differ by as little.
const LONG_NAME: usize = 6;

/// Persons before a name that are asked whether it is theirs misspelt.
const MISSPELT_REACH: usize = 128;

/// A person as the article describes him or her, completed by the table of office holders.
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
    /// Wikidata item, if the table of office holders knows exactly this person.
    pub(crate) wikidata: Option<&'static str>,
    /// The office or body that the person is described by, where nothing beside it tells the country.
    office: Option<TokenRange>,
}

impl Person {
    /// Fills in what the article leaves out and the table of office holders knows.
    fn look_up(&mut self, named: &Named, lexicon: &Lexicon, published: Option<Date>) {
        let described = Described {
            name: &self.name,
            is_described: self.role.is_some() || self.organization.is_some(),
            sector: self.sector,
            country: self.country.map(|entity| lexicon.entities[entity].code),
        };
        let Some(known) = known::identify(described, named, lexicon, published) else { return };
        self.wikidata = known.wikidata;
        self.country = self.country.or(known.country);
        if self.role.is_none() {
            self.role = known.office.map(str::to_owned);
            self.sector = self.sector.or(known.sector);
        }
        if known.country.is_none() {
            self.office = None;
        }
    }
}

/// What the words around a name say.
#[derive(Debug, Default)]
struct Description {
    role: Option<String>,
    organization: Option<String>,
    country: Option<usize>,
    sector: Option<&'static str>,
    sex: Option<Sex>,
    office: Option<TokenRange>,
    /// The organization is of no country.
    is_international: bool,
}

/// The persons of an article.
#[derive(Debug, Default)]
pub(crate) struct People {
    persons: Vec<Person>,
    /// Last word of the name, in lower case, to the persons who bear it, in order of appearance.
    by_surname: HashMap<String, Vec<usize>>,
    /// Any word of the name, likewise.
    by_part: HashMap<String, Vec<usize>>,
    /// First token of a mention to its person.
    by_token: HashMap<usize, usize>,
}

impl People {
    /// `published` is the day of publication.
    pub(crate) fn find(
        words: &Words<'_>,
        mentions: &Mentions,
        lexicon: &Lexicon,
        homes: &Homes,
        published: Option<Date>,
    ) -> Self {
        let mut people = Self::default();
        for (position, mention) in mentions.all().iter().enumerate() {
            if let What::Person { sex } = mention.what {
                let mut description = describe(words, mentions, lexicon, position);
                let given = || lexicon.given_names.sex_of(words.doc.range_text(mention.tokens));
                description.sex = description.sex.or(sex).or_else(given);
                people.add(words, mention, description);
            }
        }
        people.introduce(words, mentions);
        // What stands beside a name anywhere comes first, then what is known of the name, last what the rest of the article suggests.
        let named = Named::find(mentions, lexicon);
        for person in &mut people.persons {
            person.look_up(&named, lexicon, published);
        }
        for person in &mut people.persons {
            if person.country.is_none()
                && let Some(office) = person.office
            {
                person.country = homes.of_office(words, mentions, office, person.sector);
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
        let index = self.bearer(&name).unwrap_or_else(|| {
            self.persons.push(Person::default());
            self.by_surname.entry(surname_of(&name)).or_default().push(self.persons.len() - 1);
            self.persons.len() - 1
        });
        // Any part of a full name may stand for it later: "Wei" for Wei Shaoqing, "Ruiz" for Ana Ruiz Ortega.
        for part in name.split_whitespace().filter(|part| part.chars().count() > 1) {
            let bearers = self.by_part.entry(part.to_lowercase()).or_default();
            if bearers.last() != Some(&index) {
                bearers.push(index);
            }
        }
        let person = &mut self.persons[index];
        // "KABELO MOATLHODI" of a heading gives way to the name as the text writes it.
        let is_better_written = name.len() == person.name.len() && is_shouted(&person.name);
        if name.len() > person.name.len() || is_better_written {
            person.name = name;
        }
        if person.role.is_none() {
            person.role = description.role;
            person.sector = description.sector.or(person.sector);
        }
        person.organization = person.organization.take().or(description.organization);
        person.country = person.country.or(description.country);
        person.sex = person.sex.or(description.sex);
        person.office = person.office.or(description.office).filter(|_| !description.is_international);
        self.by_token.insert(mention.start(), index);
    }

    /// "… which its foreign minister called unjust. | Maarja Kuusik said": a full name without description at the start of the
    /// sentence behind one that speaks of one unnamed office is that office's holder.
    fn introduce(&mut self, words: &Words<'_>, mentions: &Mentions) {
        let mut is_new = vec![true; self.persons.len()];
        for mention in mentions.all() {
            let Some(index) = self.of_mention(mention) else { continue };
            if !std::mem::take(&mut is_new[index]) || self.persons[index].role.is_some() || mention.tokens.len() < 2 {
                continue;
            }
            let sentence = words.doc.sentence_of(mention.start());
            let opens = words.doc.sentences[sentence].tokens.start as usize == mention.start();
            let Some(before) = sentence.checked_sub(1).map(|at| words.doc.sentences[at].tokens).filter(|_| opens)
            else {
                continue;
            };
            let names = mentions.within(before.start as usize, before.end as usize);
            let is_unnamed = |at: usize| {
                names.get(at + 1).is_none_or(|next| !next.is_person() || next.start() > names[at].end() + 1)
            };
            let is_definite = |at: usize| {
                let start = names[at].start();
                start > 0 && matches!(words.lower(start - 1), "its" | "their" | "the")
            };
            let mut offices = (0..names.len()).filter(|&at| {
                names[at].is_role()
                    && names[at].sector().is_some()
                    && is_unnamed(at)
                    && !words.lower(names[at].end() - 1).ends_with('s')
            });
            let (Some(at), None) = (offices.next().filter(|&at| is_definite(at)), offices.next()) else { continue };
            let office = &names[at];
            let owner =
                homes::owner(words, mentions, office.start() - 1).filter(|_| !words.eq(office.start() - 1, "the"));
            let person = &mut self.persons[index];
            person.role = Some(words.doc.range_text(office.tokens).to_owned());
            person.sector = office.sector();
            person.office = Some(office.tokens);
            person.country = person.country.or_else(|| owner.and_then(Mention::place).map(|(entity, _)| entity));
        }
    }

    /// The person whom a name names that was mentioned before.
    fn bearer(&self, name: &str) -> Option<usize> {
        let n_words = name.split_whitespace().count();
        let first_of = |name: &str| name.split_whitespace().next().unwrap_or_default().to_lowercase();
        // Not a letter more: Martina is no slip for Martin.
        let has_first_of = |known: &str| {
            let (known, own) = (first_of(known), first_of(name));
            known.len() == own.len() && is_spelt_like(&known, &own)
        };
        let namesakes = self.by_surname.get(&surname_of(name)).map_or(&[][..], Vec::as_slice);
        let same_surname = namesakes.iter().rev().take(NAMESAKES).copied().find(|&index| {
            let known = &self.persons[index].name;
            n_words == 1 || !known.contains(char::is_whitespace) || has_first_of(known)
        });
        let by_part = || {
            let bearers = self.by_part.get(&name.to_lowercase())?;
            bearers.last().copied()
        };
        same_surname.or_else(by_part).or_else(|| self.misspelt(name).filter(|_| n_words == 1))
    }

    /// The one person, of those who came last, whose surname this is but for a letter.
    fn misspelt(&self, surname: &str) -> Option<usize> {
        let surname = surname_of(surname);
        let first = self.persons.len().saturating_sub(MISSPELT_REACH);
        let is_full = |person: &Person| person.name.contains(char::is_whitespace);
        let mut alike = (first..self.persons.len()).filter(|&index| {
            let person = &self.persons[index];
            is_full(person) && is_spelt_like(&surname_of(&person.name), &surname)
        });
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// Whether two names in lower case are one, or are long and differ by one letter.
fn is_spelt_like(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (shorter, longer) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let begin = shorter.iter().zip(longer).take_while(|(one, other)| one == other).count();
    if begin == longer.len() {
        return true;
    }
    let end = shorter[begin..].iter().rev().zip(longer.iter().rev()).take_while(|(one, other)| one == other).count();
    longer.len() >= LONG_NAME && begin > 0 && begin + end + 1 >= longer.len()
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
    if description.country.is_none() && description.sector.is_none_or(|sector| sector == "GOV") {
        description.country = place_of_work(words, mentions, lexicon, mention.end());
    }
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
    if words.is(end + 1, WordClass::RELATIVE) {
        served_as(words, mentions, end + 2, limit, out);
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

/// "X, who | once served as ambassador in Minsk".
fn served_as(words: &Words<'_>, mentions: &Mentions, from: usize, limit: usize, out: &mut Description) {
    let stop = (from..limit).find(|&idx| words.eq(idx, ",")).unwrap_or(limit);
    let role = mentions.within(from, stop).iter().find(|mention| mention.is_role());
    let Some(role) = role.filter(|_| out.role.is_none()) else { return };
    let mut before = role.start() - 1;
    if words.is(before, WordClass::DETERMINER) {
        before -= 1;
    }
    if before >= from && matches!(words.lower(before), "as" | "is" | "was") {
        set_role(words, role, out);
    }
}

/// "X, a former envoy | who teaches in Tartu", "X of the Institute in Bergen": where somebody works now.
fn place_of_work(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, end: usize) -> Option<usize> {
    const WORK: [&str; 12] = [
        "teaches",
        "works",
        "lives",
        "lectures",
        "studies",
        "researches",
        "practises",
        "practices",
        "based",
        "heads",
        "leads",
        "runs",
    ];
    let sentence_end = words.doc.sentences[words.doc.sentence_of(end - 1)].tokens.end as usize;
    let limit = sentence_end.min(end + APPOSITION_LIMIT);
    let begins = words.eq(end, ",") || words.is(end, WordClass::RELATIVE) || words.eq(end, "of");
    let work = (end..limit).find(|&idx| WORK.contains(&words.lower(idx))).filter(|_| begins)?;
    let town = (work + 1..limit).take_while(|&idx| !words.eq(idx, ",")).find(|&idx| words.eq(idx, "in"))? + 1;
    homes::country_at(words, mentions, lexicon, town)
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
        out.office = out.office.or(Some(role.tokens));
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
    if at > from && matches!(words.lower(at - 1), "its" | "their") {
        if let Some(owner) = homes::owner(words, mentions, at - 1) {
            belong_to(words, mentions, lexicon, owner, out);
        }
        return;
    }
    while at > from {
        if words.is_possessive(at - 1) {
            at -= 1;
        } else if let Some(mention) = mentions.ending_at(at).filter(|mention| mention.start() >= from) {
            if matches!(mention.what, What::Role { .. } | What::Person { .. }) {
                return;
            }
            belong_to(words, mentions, lexicon, mention, out);
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
            What::Place { .. } | What::Body { .. } => belong_to(words, mentions, lexicon, mention, out),
            // "a spokesman for the rebels"
            What::Role { sector, .. } if sector.is_some() && out.sector.is_none() => {
                out.sector = sector;
                out.office = Some(mention.tokens);
            }
            What::Role { .. } => {}
            What::Person { .. } => return,
        }
    }
}

/// The office is of this country or body.
fn belong_to(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, mention: &Mention, out: &mut Description) {
    match mention.what {
        What::Place { entity, form } => {
            let is_country = lexicon.entities[entity].is_country;
            if form == PlaceForm::Metonym || !is_country {
                out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
            }
            if is_country {
                out.country = out.country.or(Some(entity));
            } else {
                out.is_international |= out.country.is_none();
            }
        }
        What::Body { sector } => {
            out.organization.get_or_insert_with(|| words.doc.range_text(mention.tokens).to_owned());
            out.sector = out.sector.or(sector);
            let named = homes::named_before(words, mentions, mention).unwrap_or(mention);
            out.country = out.country.or_else(|| homes::beside(words, mentions, lexicon, named));
            if sector.is_some() {
                out.office = Some(mention.tokens);
            }
        }
        What::Role { .. } | What::Person { .. } => {}
    }
}

fn is_shouted(name: &str) -> bool {
    !name.chars().any(char::is_lowercase)
}
