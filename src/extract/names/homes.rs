//! Whose official an official is where the words beside the office do not say: evidence from the rest of the article.
//!
//! In this order: the same office with its country elsewhere ("the Bolivian president"); a ministry or embassy that publishes
//! the text; the country of the dateline, if the article is about it; the country that last acted. Where none of them speaks,
//! nobody is guessed at.

use std::collections::HashMap;

use crate::extract::lexicon::{Lexicon, PlaceForm, VerbForm, WordClass, Words};
use crate::text::{SentenceKind, TokenRange};

use super::{Mention, Mentions, What};

/// How far back, in tokens, the country is looked for that acted last.
const SUBJECT_REACH: usize = 90;

/// Tokens in which an article says what it is about.
const LEAD: usize = 60;

/// Mentions that are looked through for the full name of a body, the same office, an owner: no text may cost its square.
const LOOK_BACK: usize = 60;

/// Tokens that a dateline has at most: "BRUSSELS/GENEVA, 3 March 2021 (Agency) -".
const DATELINE_LIMIT: usize = 14;

/// Sentences at the start among which a dateline stands: headlines and bylines come before it.
const DATELINE_SENTENCES: usize = 8;

/// What an office is called in whatever country: offices of one family are one where the article has only one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Family {
    /// Heads of state and government: "the Norwegian leader" is its president or premier.
    Leader,
    /// Whoever sits in an embassy, and the embassy.
    Embassy,
    /// The office in its own words, without "deputy" and the like.
    Named(String),
}

/// An office whose country the words beside it tell.
#[derive(Debug)]
struct Described {
    at: usize,
    country: usize,
    /// Last word of the office.
    head: String,
    /// A name stands beside it: it is that person's.
    is_named: bool,
}

/// Evidence on the countries of officials, for one article.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    publisher: Option<usize>,
    dateline: Option<usize>,
    /// First country that acts in headline and lead.
    first: Option<usize>,
    /// Where a country acts: token and country, ascending.
    subjects: Vec<(usize, usize)>,
    /// Ascending.
    described: HashMap<Family, Vec<Described>>,
}

/// Whether an office of this sector is one of a state, or of those who would hold it.
pub(super) fn is_of_state(sector: Option<&str>) -> bool {
    matches!(sector, Some("GOV" | "MIL" | "LEG" | "JUD" | "COP" | "SPY" | "OPP"))
}

impl Homes {
    pub(crate) fn find(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, publisher: Option<&str>) -> Self {
        let subjects = subjects(words, mentions, lexicon);
        Self {
            publisher: publisher.filter(|name| is_state_body(lexicon, name)).and_then(|name| country_in(lexicon, name)),
            dateline: dateline(words, mentions, lexicon),
            first: subjects.first().filter(|subject| subject.0 < LEAD).map(|subject| subject.1),
            described: described(words, mentions, lexicon),
            subjects,
        }
    }

    /// The country of an office or body at these tokens that stands without one.
    pub(crate) fn of_office(
        &self,
        words: &Words<'_>,
        mentions: &Mentions,
        office: TokenRange,
        sector: Option<&str>,
    ) -> Option<usize> {
        let at = office.start as usize;
        let text = words.doc.range_text(office);
        let family = family(text, sector);
        let posted = if family == Family::Embassy { posted_to(words, mentions, office.end as usize) } else { None };
        let own = |country: &usize| Some(*country) != posted;
        if posted.is_none()
            && let Some(country) = self.same_office(&family, &head_of(text), at)
        {
            return Some(country);
        }
        // Experts and witnesses are nobody's officials, and bodies of several countries have secretaries-general.
        let is_state = is_of_state(sector);
        let is_spokesperson = text.to_lowercase().contains("spokes") && self.publisher.is_some();
        if !is_state && !is_spokesperson || is_international(text) {
            return None;
        }
        // "a diplomat close to the talks" could be anybody's.
        let is_indefinite = at > 0 && matches!(words.lower(at - 1), "a" | "an");
        if family == Family::Embassy && posted.is_none() && is_indefinite {
            return None;
        }
        // An embassy is abroad where the news is: only one that acted can be its country.
        let home = self.publisher.or(self.dateline).filter(|_| family != Family::Embassy || posted.is_some());
        // "Officials said": those of the article's own country, whoever acted last.
        let is_bare_plural = text.ends_with('s') && (at == 0 || !words.is(at - 1, WordClass::DETERMINER));
        let acted = || self.acted_before(at).filter(|_| !is_bare_plural);
        home.filter(own).or_else(|| acted().filter(own)).or_else(|| self.first.filter(own))
    }

    /// The one country that the article gives this office to.
    fn same_office(&self, family: &Family, head: &str, at: usize) -> Option<usize> {
        let known = self.described.get(family).map_or(&[][..], Vec::as_slice);
        let split = known.partition_point(|known| known.at < at);
        if matches!(family, Family::Named(name) if matches!(name.as_str(), "official" | "officials" | "member" | "members"))
        {
            return None;
        }
        // What was said before counts first: "the Kenyan ambassador …. The ambassador".
        let nearest = known[..split].iter().rev().take(LOOK_BACK);
        let before = nearest.clone().find(|known| !known.is_named).or_else(|| nearest.clone().next());
        let after = || {
            let is_same = |known: &&Described| known.head == head || known.head == "leader";
            let later = known[split..].iter().take(LOOK_BACK).filter(|known| !known.is_named).filter(is_same);
            let mut countries = later.map(|known| known.country);
            let first = countries.next()?;
            countries.all(|country| country == first).then_some(first)
        };
        before.map(|known| known.country).or_else(after)
    }

    fn acted_before(&self, at: usize) -> Option<usize> {
        let before = self.subjects.partition_point(|subject| subject.0 < at);
        self.subjects[..before].last().filter(|subject| subject.0 + SUBJECT_REACH > at).map(|subject| subject.1)
    }
}

/// The country that a publisher's name names: "Ministry of Foreign Affairs of Kenya".
fn country_in(lexicon: &Lexicon, name: &str) -> Option<usize> {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    (0..words.len()).find_map(|at| {
        let (_, place) = lexicon.places.longest(at, |idx| words.get(idx).copied())?;
        lexicon.entities[place.entity].is_country.then_some(place.entity)
    })
}

/// Whether a publisher is a ministry or the like: a newspaper's name tells where it is read, not whose officials it quotes.
fn is_state_body(lexicon: &Lexicon, name: &str) -> bool {
    name.split_whitespace().map(str::to_lowercase).any(|word| {
        matches!(lexicon.bodies.head(&word), Some(Some(_)))
            || matches!(word.as_str(), "affairs" | "president" | "minister")
    })
}

/// "ambassador | to Minsk": where a diplomat is not at home.
fn posted_to(words: &Words<'_>, mentions: &Mentions, end: usize) -> Option<usize> {
    let place = mentions.starting_at(end + 1).filter(|_| matches!(words.lower(end), "to" | "in"))?;
    place.place().map(|(entity, _)| entity)
}

/// What "its" or "their" at a token speaks of: the name before it in the sentence, else the first one of the sentence before.
pub(crate) fn owner<'m>(words: &Words<'_>, mentions: &'m Mentions, at: usize) -> Option<&'m Mention> {
    let owns = |mention: &&Mention| {
        matches!(mention.place(), Some((_, PlaceForm::Name | PlaceForm::Seat | PlaceForm::Metonym)))
            || mention.is_body()
    };
    let sentence = words.doc.sentence_of(at);
    let start = words.doc.sentences[sentence].tokens.start as usize;
    let here = mentions.within(start, at).iter().rev().take(LOOK_BACK).find(owns);
    here.or_else(|| {
        let before = words.doc.sentences[sentence.checked_sub(1)?].tokens;
        let mut names = mentions.within(before.start as usize, before.end as usize).iter().take(LOOK_BACK).filter(owns);
        let first = names.next()?;
        // "Iran's Foreign Ministry …. Its spokesman": the body is the subject, the country its owner.
        let is_owner = words.is_possessive(first.end());
        names.next().filter(|next| is_owner && next.start() == first.end() + 1).or(Some(first))
    })
}

/// "the ministry", "the department": the body named before whose name has that word, or its synonym.
pub(crate) fn named_before<'m>(words: &Words<'_>, mentions: &'m Mentions, body: &Mention) -> Option<&'m Mention> {
    if body.tokens.len() > 1 {
        return None;
    }
    let head = words.lower(body.start());
    let synonyms = ["department", "ministry"];
    let is_same = |idx: usize| words.eq(idx, head) || synonyms.contains(&head) && synonyms.contains(&words.lower(idx));
    let before = mentions.within(0, body.start());
    let is_named =
        |mention: &&Mention| mention.is_body() && mention.tokens.len() > 1 && mention.tokens.range().any(is_same);
    before.iter().rev().take(LOOK_BACK).find(is_named)
}

/// The country of the name or town that begins at a token.
pub(super) fn country_at(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, at: usize) -> Option<usize> {
    let named = mentions.starting_at(at).and_then(Mention::place).map(|(entity, _)| entity);
    let town =
        || lexicon.cities.longest(at, |idx| (idx < words.len()).then(|| words.text(idx))).map(|(_, entity)| *entity);
    named.or_else(town).filter(|&entity| lexicon.entities[entity].is_country)
}

fn head_of(office: &str) -> String {
    office.rsplit(' ').next().unwrap_or(office).to_lowercase()
}

fn family(office: &str, sector: Option<&str>) -> Family {
    const LEADERS: [&str; 13] = [
        "president",
        "premier",
        "prime minister",
        "chancellor",
        "leader",
        "king",
        "queen",
        "emir",
        "sultan",
        "head of state",
        "head of government",
        "monarch",
        "ruler",
    ];
    const EMBASSY: [&str; 12] = [
        "ambassador",
        "ambassadors",
        "embassy",
        "envoy",
        "consul",
        "consulate",
        "attaché",
        "attache",
        "chargé d'affaires",
        "charge d'affaires",
        "diplomat",
        "diplomats",
    ];
    if let Some(side @ ("REB" | "OPP")) = sector {
        return Family::Named(side.to_owned());
    }
    let office = office.to_lowercase().replace('’', "'");
    let bare = MODIFIERS.iter().find_map(|modifier| office.strip_prefix(modifier)).unwrap_or(&office);
    if LEADERS.contains(&bare) {
        Family::Leader
    } else if EMBASSY.iter().any(|word| bare == *word || bare.ends_with(&format!(" {word}"))) {
        Family::Embassy
    } else {
        Family::Named(bare.to_owned())
    }
}

/// Words before an office that do not make it another one. A deputy is another one.
const MODIFIERS: [&str; 6] = ["acting ", "interim ", "then ", "senior ", "outgoing ", "caretaker "];

fn is_international(office: &str) -> bool {
    let office = office.to_lowercase();
    ["secretary-general", "secretary general", "high representative", "commissioner", "peacekeepers"]
        .iter()
        .any(|word| office.contains(word))
}

/// Offices and bodies with a country right before ("Peru's premier", "the Bolivian leader") or behind ("ambassador of Chad").
fn described(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon) -> HashMap<Family, Vec<Described>> {
    let all = mentions.all();
    let mut found: HashMap<Family, Vec<Described>> = HashMap::new();
    for (position, mention) in all.iter().enumerate() {
        if !matches!(mention.what, What::Role { .. } | What::Body { .. }) {
            continue;
        }
        let Some(country) = beside(words, mentions, lexicon, mention) else { continue };
        let next = all.get(position + 1);
        let is_named = next.is_some_and(|next| {
            next.is_person() && next.start() <= mention.end() + usize::from(words.eq(mention.end(), ","))
        });
        let text = words.doc.range_text(mention.tokens);
        let family = family(text, mention.sector());
        let known = Described { head: head_of(text), at: mention.start(), country, is_named };
        found.entry(family).or_default().push(known);
    }
    found
}

/// The country in the words beside an office or body.
pub(crate) fn beside(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon, office: &Mention) -> Option<usize> {
    let country = |mention: &Mention| {
        mention.place().map(|(entity, _)| entity).filter(|&entity| lexicon.entities[entity].is_country)
    };
    let start = office.start();
    let before = start - usize::from(start > 0 && words.is_possessive(start - 1));
    if let Some(entity) = mentions.ending_at(before).and_then(country) {
        return Some(entity);
    }
    let of = office.end();
    if matches!(words.lower(of), "of" | "for") {
        let name = of + 1 + usize::from(words.eq(of + 1, "the"));
        return mentions.starting_at(name).filter(|mention| !is_adjective(mention)).and_then(country);
    }
    // "the Foreign Ministry in Lima": where it sits, unless it is an embassy.
    let is_abroad = family(words.doc.range_text(office.tokens), None) == Family::Embassy;
    let seat = mentions.starting_at(of + 1).filter(|_| words.eq(of, "in") && !is_abroad)?;
    matches!(seat.place(), Some((_, PlaceForm::Seat | PlaceForm::Name))).then(|| country(seat)).flatten()
}

fn is_adjective(mention: &Mention) -> bool {
    matches!(mention.place(), Some((_, PlaceForm::Adjective)))
}

/// Where a country does something: its name, its capital or palace before a verb, what is its ("the Danish side said"), and a
/// sentence that begins with "In" and a capital.
fn subjects(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon) -> Vec<(usize, usize)> {
    let all = mentions.all();
    let mut found = Vec::new();
    for (position, mention) in all.iter().enumerate() {
        let Some((entity, form)) = mention.place() else { continue };
        let sentence = words.doc.sentences[words.doc.sentence_of(mention.start())];
        if !lexicon.entities[entity].is_country || sentence.kind == SentenceKind::Boilerplate {
            continue;
        }
        let start = sentence.tokens.start as usize;
        let opens = mention.start() == start + 1 && words.eq(start, "in");
        let acts = match form {
            PlaceForm::Name | PlaceForm::Seat | PlaceForm::Metonym => is_verb_at(words, lexicon, mention.end()),
            PlaceForm::Adjective | PlaceForm::People => {
                let head = all.get(position + 1).filter(|next| next.start() == mention.end() && !next.is_person());
                let end = head.map_or(mention.end() + usize::from(words.eq(mention.end(), "side")), Mention::end);
                is_verb_at(words, lexicon, end) && end > mention.end()
            }
        };
        if opens || acts {
            found.push((mention.start(), entity));
        }
    }
    found
}

/// Whether a finite verb stands here, behind an adverb or a day at most.
fn is_verb_at(words: &Words<'_>, lexicon: &Lexicon, mut idx: usize) -> bool {
    if words.is_possessive(idx) {
        return false;
    }
    let skips = |idx: usize| {
        words.is(idx, WordClass::ADVERB.or(WordClass::WEEKDAY))
            || words.eq(idx, "on")
            || words.lower(idx).ends_with("ly")
    };
    let limit = idx + 3;
    while idx < limit && skips(idx) {
        idx += 1;
    }
    let is_cue = lexicon.cues.at(words, idx).any(|(_, form, _)| matches!(form, VerbForm::Past | VerbForm::Third));
    let is_trigger = lexicon.triggers.is_verb(words, idx);
    let is_auxiliary = words.is(idx, WordClass::AUXILIARY) && !words.is_possessive(idx);
    let is_plain = !words.is_capitalized(idx) && (words.lower(idx).ends_with("ed") || words.lower(idx).ends_with('s'));
    is_cue || is_trigger || is_auxiliary || is_plain && words.is_word(idx)
}

/// The country of the dateline ("TALLINN, March 29 (BWS) -"), if the article speaks of it besides: news from Geneva is seldom
/// about Switzerland. Of several cities the one whose country is named first counts.
fn dateline(words: &Words<'_>, mentions: &Mentions, lexicon: &Lexicon) -> Option<usize> {
    let (at, end) = words
        .doc
        .body_sentences()
        .iter()
        .take(DATELINE_SENTENCES)
        .find_map(|sentence| {
            let start = sentence.tokens.start as usize;
            let limit = (sentence.tokens.end as usize).min(start + DATELINE_LIMIT);
            let dash = (start + 1..limit)
                .find(|&idx| matches!(words.text(idx), "-" | "–" | "—" | "--") && !words.is_glued(idx))?;
            (words.is_capitalized(start) || words.text(start).starts_with(|c: char| c.is_ascii_digit()))
                .then_some((start, dash))
        })
        .or_else(|| after_date(words))?;
    let mut countries: Vec<usize> = (at..end).filter_map(|idx| place_in_capitals(words, lexicon, idx)).collect();
    countries.dedup();
    let named = mentions.all().iter().filter(|mention| mention.start() >= end || mention.end() <= at);
    named.filter_map(Mention::place).map(|(entity, _)| entity).find(|entity| countries.contains(entity))
}

/// "May 12, 2022 – Ottawa, Ontario": the place stands behind the date, on a line of its own.
fn after_date(words: &Words<'_>) -> Option<(usize, usize)> {
    words.doc.body_sentences().iter().take(DATELINE_SENTENCES).find_map(|sentence| {
        let (start, end) = (sentence.tokens.start as usize, sentence.tokens.end as usize);
        let has_year =
            (start..end).any(|idx| words.text(idx).len() == 4 && words.text(idx).bytes().all(|b| b.is_ascii_digit()));
        (has_year && end - start <= DATELINE_LIMIT && words.is_capitalized(start)).then_some((start, end))
    })
}

/// The country of a town, capital or country that is written here, perhaps in capitals.
fn place_in_capitals(words: &Words<'_>, lexicon: &Lexicon, idx: usize) -> Option<usize> {
    let usual: Vec<String> = (idx..(idx + 3).min(words.len())).map(|at| usual_case(words.text(at))).collect();
    let word = |at: usize| usual.get(at).map(String::as_str);
    let known = lexicon
        .places
        .longest(0, word)
        .map(|(_, place)| place.entity)
        .filter(|&entity| lexicon.entities[entity].is_country);
    known.or_else(|| lexicon.cities.longest(0, word).map(|(_, entity)| *entity))
}

/// "TALLINN" as "Tallinn"; words in other case stay.
fn usual_case(word: &str) -> String {
    let is_shouted = word.chars().count() > 2 && word.chars().all(|c| !c.is_lowercase());
    let mut letters = word.chars();
    match letters.next().filter(|_| is_shouted) {
        Some(first) => first.to_string() + &letters.as_str().to_lowercase(),
        None => word.to_owned(),
    }
}
