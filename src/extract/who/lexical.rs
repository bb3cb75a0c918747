//! Names in the text: countries and bodies by table, offices by word lists, persons and other bodies by their capitals.
//!
//! One pass, left to right, longest first. It does not decide who is meant by a surname; see [`super::people`].

use std::collections::HashSet;

use crate::extract::lexicon::{Lexicon, PlaceForm, PlaceName, RolePart, RoleWord, Sex, WordClass, Words};
use crate::text::{EntityKind, TokenRange, Upos};

/// Words that the name of an office has at most: "former acting deputy prime minister" has five.
const OFFICE_LIMIT: usize = 8;

/// What a mention names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A country or an international body.
    Place { entity: usize, form: PlaceForm },
    /// "deputy foreign minister", "officials".
    Role { sector: Option<&'static str>, sex: Option<Sex> },
    /// "State Department", "foreign ministry".
    Body { sector: Option<&'static str> },
    /// A person, in full or in part.
    Person { sex: Option<Sex> },
}

/// A name and what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) tokens: TokenRange,
    pub(crate) what: What,
}

impl Mention {
    pub(crate) fn start(&self) -> usize {
        self.tokens.start as usize
    }

    pub(crate) fn end(&self) -> usize {
        self.tokens.end as usize
    }

    pub(crate) fn is_person(&self) -> bool {
        matches!(self.what, What::Person { .. })
    }

    pub(crate) fn is_role(&self) -> bool {
        matches!(self.what, What::Role { .. })
    }

    pub(crate) fn is_body(&self) -> bool {
        matches!(self.what, What::Body { .. })
    }

    /// The CAMEO sector of an office or body, where its words tell.
    pub(crate) fn sector(&self) -> Option<&'static str> {
        match self.what {
            What::Role { sector, .. } | What::Body { sector } => sector,
            What::Place { .. } | What::Person { .. } => None,
        }
    }

    /// The entity, if the mention is a country or an international body.
    pub(crate) fn place(&self) -> Option<(usize, PlaceForm)> {
        match self.what {
            What::Place { entity, form } => Some((entity, form)),
            _ => None,
        }
    }
}

/// The names of a document, ascending, not overlapping.
#[derive(Debug)]
pub(crate) struct Mentions(Vec<Mention>);

impl Mentions {
    pub(crate) fn find(words: &Words<'_>, lexicon: &Lexicon) -> Self {
        let country_surnames = country_surnames(words, lexicon);
        let mut finder =
            Finder { words, lexicon, found: Vec::new(), office_surnames: HashSet::new(), country_surnames };
        for sentence in &words.doc.sentences {
            finder.sentence(sentence.tokens);
        }
        Self(finder.found)
    }

    pub(crate) fn all(&self) -> &[Mention] {
        &self.0
    }

    /// The mentions that lie inside a range.
    pub(crate) fn within(&self, start: usize, end: usize) -> &[Mention] {
        let from = self.0.partition_point(|mention| mention.start() < start);
        let to = self.0.partition_point(|mention| mention.end() <= end);
        &self.0[from..to.max(from)]
    }

    /// The mention that covers a token.
    pub(crate) fn around(&self, idx: usize) -> Option<&Mention> {
        let at = self.0.partition_point(|mention| mention.end() <= idx);
        self.0.get(at).filter(|mention| mention.start() <= idx)
    }

    /// The mention that ends right before a token.
    pub(crate) fn ending_at(&self, end: usize) -> Option<&Mention> {
        let after = self.0.partition_point(|mention| mention.end() <= end);
        self.0[..after].last().filter(|mention| mention.end() == end)
    }

    /// The mention that begins at a token.
    pub(crate) fn starting_at(&self, start: usize) -> Option<&Mention> {
        let at = self.0.partition_point(|mention| mention.start() < start);
        self.0.get(at).filter(|mention| mention.start() == start)
    }
}

struct Finder<'a, 'd> {
    words: &'a Words<'d>,
    lexicon: &'a Lexicon,
    found: Vec<Mention>,
    /// Surnames met so far that are the name of an office elsewhere: "Bishop", "King".
    office_surnames: HashSet<&'d str>,
    /// Surnames that are the name of a country or capital elsewhere: "Jordan", "London".
    country_surnames: HashSet<&'d str>,
}

/// Whether a word that names a country or its capital is part of a person's name here: "Michael | Jordan", "Israel | Holm".
fn is_in_person(words: &Words<'_>, lexicon: &Lexicon, idx: usize) -> bool {
    let of_core = words.doc.entity_at(idx).filter(|name| name.kind == EntityKind::Person && name.tokens.len() > 1);
    // "US" is nobody's name.
    let has_small_letters = words.text(idx).chars().any(char::is_lowercase);
    // "Will France answer?" asks.
    let is_name = |at: usize| words.doc.upos.get(at).is_none_or(|tag| *tag == Upos::Propn);
    let is_surname = idx > 0
        && lexicon.given_names.contains(words.text(idx - 1))
        && is_name(idx - 1)
        && lexicon.places.longest(idx - 1, |at| (at < idx).then(|| words.text(at))).is_none();
    has_small_letters && (of_core.is_some() || is_surname)
}

/// The countries and capitals of a document that are somebody's surname ("Michael Jordan") and nothing else: it speaks of no such country in other words
/// ("Jordanian"), and says of none that something is in it.
fn country_surnames<'d>(words: &Words<'d>, lexicon: &Lexicon) -> HashSet<&'d str> {
    let at = |idx: usize| {
        let found = lexicon.places.longest(idx, |at| Some(words.text(at)).filter(|word| !word.is_empty()));
        found.filter(|(_, place)| lexicon.entities[place.entity].is_country)
    };
    let named: Vec<(usize, usize, usize)> =
        (0..words.len()).filter_map(|idx| at(idx).map(|(length, place)| (idx, length, place.entity))).collect();
    let mut surnames: Vec<(&'d str, usize)> = Vec::new();
    for &(idx, length, entity) in &named {
        let ends_name = length == 1 && !words.is_capitalized(idx + 1);
        let known = surnames.iter().any(|(known, _)| *known == words.text(idx));
        if ends_name && !known && is_in_person(words, lexicon, idx) {
            surnames.push((words.text(idx), entity));
        }
    }
    let is_country = |&(idx, _, entity): &(usize, usize, usize)| {
        surnames.iter().position(|&(surname, of)| {
            let is_located =
                idx > 0 && matches!(words.lower(idx - 1), "in" | "to" | "from" | "of" | "near" | "between");
            of == entity && (words.text(idx) != surname || is_located)
        })
    };
    let refuted: HashSet<usize> = named.iter().filter_map(is_country).collect();
    let kept = surnames.iter().enumerate().filter(|(number, _)| !refuted.contains(number));
    kept.map(|(_, (surname, _))| *surname).collect()
}

impl<'d> Finder<'_, 'd> {
    fn sentence(&mut self, range: TokenRange) {
        let end = range.end as usize;
        let mut idx = range.start as usize;
        // Nothing but capitals (a shouted heading) tells no names by its capitals.
        let is_shouted = self.is_shouted(range);
        while idx < end {
            let length = self
                .place(idx, end)
                .or_else(|| self.honorific(idx, end))
                .or_else(|| self.office_surname(idx))
                .or_else(|| self.role(idx, end))
                .or_else(|| if is_shouted { None } else { self.capitalized(idx, end, range.start as usize, None) });
            idx += length.unwrap_or(1);
        }
    }

    fn is_shouted(&self, range: TokenRange) -> bool {
        let letters = |idx: usize| self.words.text(idx).chars().filter(|c| c.is_alphabetic());
        let mut any = false;
        let shouted = range.range().all(|idx| {
            let is_upper = letters(idx).all(char::is_uppercase);
            any |= letters(idx).count() > 3;
            is_upper
        });
        shouted && any
    }

    fn push(&mut self, start: usize, end: usize, what: What) -> Option<usize> {
        self.found.push(Mention { tokens: TokenRange::new(start, end), what });
        Some(end - start)
    }

    /// The country or body that the lexicon knows under the words here; not what is part of a person's name.
    fn place_here(&self, idx: usize, end: usize) -> Option<(usize, PlaceName)> {
        let words = self.words;
        let word = |at: usize| (at < end).then(|| words.text(at));
        let (length, &place) = self.lexicon.places.longest(idx, word)?;
        let is_person = length == 1
            && matches!(place.form, PlaceForm::Name | PlaceForm::Seat)
            && self.lexicon.entities[place.entity].is_country
            && (self.country_surnames.contains(words.text(idx)) || is_in_person(words, self.lexicon, idx));
        (!is_person).then_some((length, place))
    }

    fn place(&mut self, idx: usize, end: usize) -> Option<usize> {
        let words = self.words;
        let (length, place) = self.place_here(idx, end)?;
        let (entity, form) = (place.entity, place.form);
        // "the Rome Group", "Oslo University": a body that is called after a place.
        let next = idx + length;
        let is_namesake = matches!(form, PlaceForm::Name | PlaceForm::Seat)
            && self.lexicon.entities[entity].is_country
            && next < end
            && words.is_capitalized(next)
            && self.lexicon.bodies.head(words.lower(next)) == Some(None);
        if is_namesake {
            return self.push(idx, next + 1, What::Body { sector: None });
        }
        self.push(idx, idx + length, What::Place { entity, form })
    }

    /// "Mr", "Dr." before a name.
    fn honorific(&mut self, idx: usize, end: usize) -> Option<usize> {
        let role = self.honorific_word(idx, end)?;
        let (length, sex) = (role.0, role.1.sex);
        let mut at = idx + length;
        if self.words.eq(at, ".") {
            at += 1;
        }
        // "Mr. President" addresses an office, "Mr. King" may be somebody.
        let is_office = || self.role_word(at, end).is_some() && !self.is_known_surname(at);
        if at >= end || !self.words.is_capitalized(at) || is_office() {
            return None;
        }
        let name = self.capitalized(at, end, at, sex)?;
        Some(at + name - idx)
    }

    /// "Mr" and "Dr.", whose stop may be part of the token.
    fn honorific_word(&self, idx: usize, end: usize) -> Option<(usize, RoleWord)> {
        let words = self.words;
        let word = |at: usize| (at < end).then(|| words.lower(at).trim_end_matches('.'));
        let bare = || self.lexicon.roles.longest(idx, word).map(|(length, role)| (length, *role));
        let is_honorific = |found: &(usize, RoleWord)| found.1.part == RolePart::Honorific;
        self.role_word(idx, end).filter(is_honorific).or_else(|| bare().filter(is_honorific))
    }

    fn role_word(&self, idx: usize, end: usize) -> Option<(usize, RoleWord)> {
        let words = self.words;
        let word = |at: usize| (at < end).then(|| words.lower(at));
        self.lexicon.roles.longest(idx, word).map(|(length, role)| (length, *role))
    }

    /// "Bishop", where Ann Bishop was named before; not "the Bishop" and not "Bishop Ndlovu".
    fn office_surname(&mut self, idx: usize) -> Option<usize> {
        let words = self.words;
        let is_surname = self.office_surnames.contains(words.text(idx))
            && !words.is_capitalized(idx + 1)
            && (idx == 0 || !words.is(idx - 1, WordClass::DETERMINER));
        if is_surname { self.push(idx, idx + 1, What::Person { sex: None }) } else { None }
    }

    /// Whether a word that names an office was met as a surname, or the core takes it for a person.
    fn is_known_surname(&self, idx: usize) -> bool {
        let is_person = |kind| kind == EntityKind::Person;
        self.office_surnames.contains(self.words.text(idx))
            || self.words.doc.entity_at(idx).is_some_and(|entity| is_person(entity.kind))
    }

    /// The last word of "Ann Bishop", "Stephen King": a given name stands before it, or the core takes both for one person.
    fn is_office_surname(&self, idx: usize) -> bool {
        let words = self.words;
        let of_core = words.doc.entity_at(idx).filter(|entity| entity.kind == EntityKind::Person);
        let is_of_core = of_core.is_some_and(|entity| (entity.tokens.start as usize) < idx);
        let is_after_given_name = idx > 0 && self.lexicon.given_names.contains(words.text(idx - 1));
        let is_office = || self.role_word(idx, idx + 1).is_some_and(|(_, role)| role.part == RolePart::Head);
        let ends_name = words.is_capitalized(idx) && !words.is_capitalized(idx + 1);
        ends_name && (is_of_core || is_after_given_name) && is_office()
    }

    /// "deputy foreign minister", "foreign ministry", "officials".
    fn role(&mut self, idx: usize, end: usize) -> Option<usize> {
        let mut at = idx;
        // Bounded: a text of nothing but "deputy deputy deputy" must not cost its square.
        while at - idx < OFFICE_LIMIT {
            let (length, role) = self.role_word(at, end)?;
            at += length;
            match role.part {
                RolePart::Before => {
                    // "vice-president", "then-premier"
                    if self.words.eq(at, "-") {
                        at += 1;
                    }
                }
                RolePart::Head => {
                    // "state radio", "party leader": one head may stand before the next ("government officials").
                    if let Some((_, next)) = self.role_word(at, end)
                        && next.part == RolePart::Head
                        && at - idx + 2 < OFFICE_LIMIT
                    {
                        continue;
                    }
                    return self.push(idx, at, What::Role { sector: role.sector, sex: role.sex });
                }
                RolePart::Body => return self.push(idx, at, What::Body { sector: role.sector }),
                RolePart::Honorific => return None,
            }
        }
        None
    }

    /// A run of capitalized words: a body if one of them says so, else a person.
    fn capitalized(&mut self, idx: usize, end: usize, sentence_start: usize, sex: Option<Sex>) -> Option<usize> {
        let words = self.words;
        if !self.can_begin_name(idx) || (idx == sentence_start && words.is(idx, WordClass::ADVERB)) {
            return None;
        }
        let mut at = idx + 1;
        let mut sector = self.lexicon.bodies.head(words.lower(idx));
        while at < end && !self.begins_person_behind_other(at) {
            let is_joined = words.is_glued(at) && matches!(words.text(at), "-" | "–") && words.is_glued(at + 1);
            if is_joined && at + 1 < end {
                at += 2;
            } else if self.is_office_surname(at) {
                self.office_surnames.insert(words.text(at));
                at += 1;
            } else if self.continues_name(at) && self.opens_nothing_else(at, end) {
                sector = self.lexicon.bodies.head(words.lower(at)).or(sector);
                at += 1;
            } else if let Some(length) = self.particles(at, end, sector.is_some()) {
                at += length;
            } else {
                break;
            }
        }
        match sector {
            Some(sector) => self.push(idx, at, What::Body { sector }),
            None => self.push(idx, at, What::Person { sex }),
        }
    }

    /// "the Council on Fisheries | Ana Ruiz": two names side by side, which their capitals do not tell apart.
    fn begins_person_behind_other(&self, idx: usize) -> bool {
        let begins = self
            .words
            .doc
            .entity_at(idx)
            .is_some_and(|entity| entity.kind == EntityKind::Person && entity.tokens.start as usize == idx);
        let is_other = |kind| matches!(kind, EntityKind::Organization | EntityKind::Place);
        begins && idx > 0 && self.words.doc.entity_at(idx - 1).is_some_and(|before| is_other(before.kind))
    }

    fn can_begin_name(&self, idx: usize) -> bool {
        let text = self.words.text(idx);
        self.words.is_capitalized(idx) && !self.words.is(idx, WordClass::NOT_NAME) && text.len() > 1
            || text.len() == 1 && self.words.is_capitalized(idx) && self.words.eq(idx + 1, ".")
    }

    fn continues_name(&self, idx: usize) -> bool {
        let is_initial_stop =
            self.words.eq(idx, ".") && self.words.text(idx - 1).chars().count() == 1 && self.words.is_glued(idx);
        let is_word = self.words.is_capitalized(idx)
            && !self.words.is(idx, WordClass::WEEKDAY.or(WordClass::DETERMINER).or(WordClass::PREPOSITION));
        is_initial_stop || is_word
    }

    /// Not a country, and not an office, which begin a mention of their own ("State Department Spokesman").
    fn opens_nothing_else(&self, idx: usize, end: usize) -> bool {
        let is_place = self.place_here(idx, end).is_some();
        let is_role = self.role_word(idx, end).is_some_and(|(_, role)| role.part == RolePart::Head);
        !is_place && !is_role
    }

    /// "van der" in a person's name, "for" in "Institute for Coastal Law": small words before a further capital.
    fn particles(&self, idx: usize, end: usize, is_body: bool) -> Option<usize> {
        let words = self.words;
        let mut at = idx;
        while at < end && at - idx < 3 {
            let is_particle = words.is(at, WordClass::NAME_PARTICLE) && !words.is(at, WordClass::AUXILIARY);
            let is_link = is_body && matches!(words.lower(at), "of" | "for" | "and" | "the" | "on");
            let is_hyphen = words.is_glued(at) && words.eq(at, "-");
            if !(is_particle || is_link || is_hyphen) {
                break;
            }
            at += 1;
        }
        let is_name_next = at > idx && at < end && words.is_capitalized(at) && !words.is(at, WordClass::NOT_NAME);
        (is_name_next && self.opens_nothing_else(at, end)).then_some(at - idx + 1)
    }
}
