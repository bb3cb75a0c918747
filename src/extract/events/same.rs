//! Whether two mentions tell of the same event: what both say of the deed, the sides, the day and the place, and how the later one is worded, each with a
//! weight, beside what the head hears.
//!
//! Weights are log-odds, fitted by `training/same.py` on annotated news, and stand in `data/events/same.tsv` by the feature's name and values.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use crate::extract::reading::Reading;
use crate::finding::{Actor, Event, Precision};
use crate::nlp::tables::{self, TableError};
use crate::text::{Deprel, EventMention, EventMentions, Tree, Upos, work};

use super::propose::Told;

/// Mentions before one that may tell of the same event.
pub(super) const REACH: usize = 24;

/// What the features weigh.
#[derive(Debug)]
pub(crate) struct SameWeights(HashMap<&'static str, f32>);

impl SameWeights {
    /// # Errors
    /// If the table is malformed; the error names file and line.
    pub(crate) fn load() -> Result<Self, TableError> {
        let rows = tables::read("data/events/same.tsv", tables::embedded("events/same.tsv"), 2)?;
        let rows = rows.iter().map(|row| Ok((row.cell(0), row.number(1)?)));
        Ok(Self(rows.collect::<Result<_, TableError>>()?))
    }

    /// The log-odds that the later of two mentions tells of the earlier one's event.
    pub(super) fn log_odds(&self, pair: &Pair<'_>) -> f32 {
        work::count(1);
        let mut sum = pair.heard * self.weight("heard");
        pair.features(|feature| sum += self.weight(feature));
        sum
    }

    fn weight(&self, feature: &str) -> f32 {
        self.0.get(feature).copied().unwrap_or(0.0)
    }
}

/// A mention of which is asked.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) event: &'a Event,
    said: &'a EventMention,
    number: usize,
    /// The word of the trigger that the others hang on: its dictionary form, part of speech and relation.
    word: &'a str,
    upos: Upos,
    relation: Deprel,
    /// How a noun is made definite.
    article: &'static str,
    /// Adjectives of a noun: "another", "second".
    adjectives: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    /// What is asked about each mention, in the order of the text.
    pub(super) fn all(reading: &'a Reading<'_, '_>, layer: &'a EventMentions, told: &'a [Told]) -> Vec<Self> {
        let doc = reading.words.doc;
        // Of the sentence that was asked about last.
        let mut tree: Option<(usize, Tree<'_>)> = None;
        let each = told.iter().map(|told| {
            let sentence = told.event.sentence;
            let known = tree.take().filter(|(known, _)| *known == sentence);
            let (_, tree) =
                tree.insert(known.unwrap_or_else(|| (sentence, Tree::new_within(doc, doc.sentences[sentence].tokens))));
            Self::new(tree, &layer.mentions[told.mention], told)
        });
        each.collect()
    }

    fn new(tree: &Tree<'a>, said: &'a EventMention, told: &'a Told) -> Self {
        let (doc, event) = (tree.doc, &told.event);
        let is_top = |&token: &usize| doc.head(token).is_none_or(|head| !event.trigger.contains_token(head));
        let word = event.trigger.range().find(is_top).unwrap_or(event.trigger.start as usize);
        let lemma = |token: usize| doc.lemmas.get(token);
        let relation = |token: usize| tree.relation(token);
        let hanging: Vec<usize> = tree.dependents(word).collect();
        work::count(1 + hanging.len());
        let upos = doc.upos.get(word).copied().unwrap_or(Upos::X);
        let determiner = hanging.iter().copied().find(|&token| relation(token) == Deprel::Det).map(lemma);
        let article = match determiner {
            _ if upos != Upos::Noun => "no noun",
            Some("this" | "that" | "these" | "those") => "this",
            Some("the") => "the",
            Some("a" | "an" | "another") => "a",
            _ if hanging.iter().any(|&token| relation(token) == Deprel::NmodPoss) => "possessive",
            _ => "none",
        };
        let adjectives = hanging.iter().copied().filter(|&token| relation(token) == Deprel::Amod).map(lemma).collect();
        let relation = relation(word);
        Self { event, said, number: told.mention, word: lemma(word), upos, relation, article, adjectives }
    }

    /// How sure the head is that this tells of an earlier mention's event, as log-odds: of what it answers, for or against.
    fn heard(&self, earlier: &Self) -> f32 {
        let sure = self.said.same_probability.clamp(0.01, 0.99);
        let strength = 1.0 + (sure / (1.0 - sure)).ln();
        if self.said.same.is_some_and(|same| same as usize == earlier.number) { strength } else { -strength }
    }
}

/// The earlier mentions whose event a mention tells of more likely than not, the likeliest first; of equals the nearest.
pub(super) fn likely(weights: &SameWeights, all: &[Asked<'_>], later: usize) -> Vec<usize> {
    let pair = |earlier: usize| Some((earlier, weights.log_odds(&Pair::of(all, earlier, later)?)));
    let mut weighed: Vec<(usize, f32)> =
        (later.saturating_sub(REACH)..later).rev().filter_map(pair).filter(|(_, log_odds)| *log_odds > 0.0).collect();
    weighed.sort_by(|one, other| other.1.total_cmp(&one.1));
    weighed.into_iter().map(|(earlier, _)| earlier).collect()
}

/// Whether two mentions cannot be of one event whatever speaks for it: they happened on two days, or between others on both sides. Most of the news that the
/// weights were fitted on have no date, so these say too little of days.
pub(super) fn contradict(one: &Event, other: &Event) -> bool {
    work::count(1);
    let day = |event: &Event| {
        let period = event.date.as_ref().and_then(|date| date.period)?;
        (period.precision == Precision::Day).then_some(period.first)
    };
    let are_two_days = day(one).zip(day(other)).is_some_and(|(one, other)| one != other);
    let between_others =
        sides(&one.actors, &other.actors) == "other" && sides(&one.recipients, &other.recipients) == "other";
    are_two_days || between_others
}

/// Two mentions of one type, in the order of the text.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    earlier: &'a Asked<'a>,
    later: &'a Asked<'a>,
    /// Mentions of the type between them.
    between: usize,
    /// For or against, by the head.
    pub(super) heard: f32,
}

impl<'a> Pair<'a> {
    /// The pair at these places; nothing where the two are of different types.
    pub(super) fn of(all: &'a [Asked<'a>], earlier: usize, later: usize) -> Option<Self> {
        let kind = all[later].event.plover_type;
        let is_one = |asked: &&Asked<'_>| asked.event.plover_type == kind;
        let between = all[earlier + 1..later].iter().filter(is_one).count();
        let (earlier, later) = (&all[earlier], &all[later]);
        is_one(&earlier).then(|| Self { earlier, later, between, heard: later.heard(earlier) })
    }

    /// The features that are there, by name and values.
    pub(super) fn features(&self, mut each: impl FnMut(&str)) {
        let (earlier, later) = (self.earlier, self.later);
        let (one, other) = (earlier.event, later.event);
        let kind = other.plover_type.name();
        let apart = match other.sentence.abs_diff(one.sentence) {
            close @ 0..=4 => close,
            5..=8 => 5,
            _ => 9,
        };
        let same_word = if earlier.word == later.word { "same" } else { "other" };
        let words = if earlier.word <= later.word { [earlier.word, later.word] } else { [later.word, earlier.word] };
        let actors = sides(&one.actors, &other.actors);
        let recipients = sides(&one.recipients, &other.recipients);
        let (date, place) = (dates(one, other), places(one, other));
        let between = self.between.min(4);
        let mut name = String::new();
        let mut feature = |values: std::fmt::Arguments<'_>| {
            name.clear();
            // Writing to a string cannot fail.
            let _ = name.write_fmt(values);
            each(&name);
        };
        feature(format_args!("always"));
        feature(format_args!("type {kind}"));
        feature(format_args!("sentences {apart} {kind}"));
        feature(format_args!("word {same_word} {kind}"));
        feature(format_args!("word {same_word} {apart}"));
        feature(format_args!("words {} {}", words[0], words[1]));
        feature(format_args!("earlier {}", earlier.word));
        feature(format_args!("later {}", later.word));
        let near = if apart == 0 { "near" } else { "far" };
        feature(format_args!("class {} {} {near}", earlier.upos.name(), later.upos.name()));
        feature(format_args!("relation {}", later.relation.name()));
        feature(format_args!("code {}", codes(one, other)));
        feature(format_args!("mode {}", modes(one, other)));
        feature(format_args!("status {} {}", one.status.name(), other.status.name()));
        feature(format_args!("background {} {}", one.historical, other.historical));
        feature(format_args!("actors {actors} {same_word}"));
        feature(format_args!("actors {actors} {kind}"));
        feature(format_args!("recipients {recipients} {same_word}"));
        feature(format_args!("recipients {recipients} {kind}"));
        feature(format_args!("sides {actors} {recipients}"));
        feature(format_args!("date {date}"));
        feature(format_args!("date {date} {kind}"));
        feature(format_args!("place {place}"));
        feature(format_args!("article {} {apart}", later.article));
        feature(format_args!("article {} {kind}", later.article));
        feature(format_args!("between {between} {apart}"));
        for adjective in &later.adjectives {
            feature(format_args!("adjective {adjective}"));
        }
    }
}

fn codes(one: &Event, other: &Event) -> &'static str {
    match () {
        () if one.cameo == other.cameo => "same",
        () if one.cameo.get(..3) == other.cameo.get(..3) => "alike",
        () => "other",
    }
}

fn modes(one: &Event, other: &Event) -> &'static str {
    match (one.mode, other.mode) {
        (None, None) => "none",
        (one, other) if one == other => "same",
        (Some(_), Some(_)) => "other",
        _ => "one",
    }
}

/// What the same sides of two mentions have of each other.
fn sides(one: &[Actor], other: &[Actor]) -> &'static str {
    fn entities(side: &[Actor]) -> BTreeSet<usize> {
        side.iter().filter_map(|actor| actor.entity).collect()
    }
    fn states(side: &[Actor]) -> BTreeSet<&str> {
        side.iter().map(Actor::head).filter(|head| *head != "---").collect()
    }
    match (one.is_empty(), other.is_empty()) {
        (true, true) => return "none",
        (true, false) => return "later",
        (false, true) => return "earlier",
        (false, false) => {}
    }
    let (one, other) = ((entities(one), states(one)), (entities(other), states(other)));
    match () {
        () if one.0 == other.0 && !one.0.is_empty() => "same",
        () if !one.0.is_disjoint(&other.0) => "shared",
        () if !one.1.is_disjoint(&other.1) => "state",
        () if one.1.is_empty() || other.1.is_empty() => "unknown",
        () => "other",
    }
}

fn dates(one: &Event, other: &Event) -> &'static str {
    match (&one.date, &other.date) {
        (None, None) => "none",
        (None, Some(_)) => "later",
        (Some(_), None) => "earlier",
        (Some(one), Some(other)) => match (one.period, other.period) {
            (Some(one), Some(other)) if one.first == other.first => "same",
            (Some(_), Some(_)) => "other",
            _ => "unknown",
        },
    }
}

fn places(one: &Event, other: &Event) -> &'static str {
    match (&one.location, &other.location) {
        (None, None) => "none",
        (None, Some(_)) => "later",
        (Some(_), None) => "earlier",
        (Some(one), Some(other)) if one.name == other.name => "same",
        (Some(one), Some(other)) if one.country.is_some() && one.country == other.country => "state",
        _ => "other",
    }
}
