//! From a trigger to an event: who, to whom, when, where.

use crate::extract::dates::{self, Tense};
use crate::extract::lexicon::{PlaceForm, TriggerClass, TriggerFrame, TriggerRule, VerbForm, WordClass};
use crate::extract::places;
use crate::extract::reading::Reading;
use crate::extract::statements::{Source, subject_left};
use crate::finding::{Actor, EventDate, EventPlace, EventStatus, Precision, Statement};
use crate::text::TokenRange;

use super::actors::{from_speaker, parties, same_side};
use super::status;

/// Words to each side of a trigger that its needed words and parties are looked for among.
const REACH: usize = 30;

/// A trigger with its parties.
#[derive(Debug)]
pub(super) struct Coded<'r> {
    pub(super) rule: &'r TriggerRule,
    pub(super) trigger: TokenRange,
    pub(super) actors: Vec<Actor>,
    pub(super) recipients: Vec<Actor>,
    pub(super) status: EventStatus,
}

/// Reads the sentence around a trigger; none if a needed word or party is missing.
pub(super) fn code<'r>(
    reading: &'r Reading<'_, '_>,
    statements: &[&Statement],
    (length, form, rule): (usize, VerbForm, &'r TriggerRule),
    idx: usize,
    sentence: TokenRange,
) -> Option<Coded<'r>> {
    let words = &reading.words;
    let end = idx + length;
    let trigger = TokenRange::new(idx, end);
    let from = (sentence.start as usize).max(idx.saturating_sub(REACH));
    let to = (sentence.end as usize).min(end + REACH);
    if !rule.near.is_empty() && !has_near(reading, rule, from, idx, end, to) {
        return None;
    }
    if !rule.next.is_empty() && !rule.next.iter().any(|word| words.eq(end, word)) {
        return None;
    }
    // "government-backed" is no verb.
    if idx > 0 && words.is_glued(idx) && matches!(words.text(idx - 1), "-" | "–") {
        return None;
    }
    let is_noun = rule.class == TriggerClass::Noun;
    if !is_noun && looks_like_noun(reading, idx, form) {
        return None;
    }
    let mut status = if is_noun { EventStatus::Occurred } else { status::of_verb(reading, idx, form, sentence)? };
    let right_end = clause_end(reading, end, to);
    let right = object_parties(reading, end, right_end);
    let left = if is_noun { possessor(reading, from, idx) } else { subject(reading, statements, idx, form, sentence) };
    let is_passive = !is_noun && is_passive(reading, idx, form, from);
    let (mut actors, mut recipients) = if is_passive {
        let by = (end..right_end).find(|&at| words.eq(at, "by"));
        (by.map_or_else(Vec::new, |by| parties(reading, by, right_end)), left)
    } else {
        (left, right)
    };
    match rule.frame {
        TriggerFrame::Mutual => {
            for party in std::mem::take(&mut recipients) {
                if !actors.iter().any(|known| same_side(known, &party)) {
                    actors.push(party);
                }
            }
            if actors.len() < 2 {
                actors = if is_noun { parties(reading, end, right_end) } else { parties(reading, from, to) };
            }
            if actors.len() < 2 {
                return None;
            }
        }
        TriggerFrame::Act | TriggerFrame::Guest | TriggerFrame::ActAlone => {
            recipients.retain(|party| !actors.iter().any(|known| same_side(known, party)));
            if recipients.is_empty() && rule.frame != TriggerFrame::ActAlone && !actors.is_empty() {
                recipients = others(reading, &actors, from, to);
            }
            if actors.is_empty() || recipients.is_empty() && rule.frame != TriggerFrame::ActAlone {
                return None;
            }
        }
    }
    let is_threat = rule.cameo.starts_with("13");
    if is_threat && status != EventStatus::Negated && status::has_condition(reading, idx, sentence) {
        status = EventStatus::Conditional;
    }
    Some(Coded { rule, trigger, actors, recipients, status })
}

/// "Russia's attack", "the Belarusian sanctions": the party that ends right before a noun, or one adjective earlier.
fn possessor(reading: &Reading<'_, '_>, from: usize, idx: usize) -> Vec<Actor> {
    let mut found = parties(reading, from.max(idx.saturating_sub(6)), idx);
    found.retain(|party| party.tokens.end as usize + 2 >= idx);
    found
}

fn has_near(reading: &Reading<'_, '_>, rule: &TriggerRule, from: usize, idx: usize, end: usize, to: usize) -> bool {
    let words = &reading.words;
    let floor = from.max(idx.saturating_sub(8));
    let limit = to.min(end + 16);
    (floor..idx).chain(end..limit).any(|at| rule.near.contains(&words.lower(at)))
}

/// "his demands", "the call", "two visits": a form that is a noun here.
fn looks_like_noun(reading: &Reading<'_, '_>, idx: usize, form: VerbForm) -> bool {
    if !matches!(form, VerbForm::Third | VerbForm::Base) || idx == 0 {
        return false;
    }
    let words = &reading.words;
    let before = idx - 1;
    words.is(before, WordClass::DETERMINER.or(WordClass::PREPOSITION)) && !words.eq(before, "to")
        || words.is_possessive(before)
        || reading
            .mentions
            .ending_at(idx)
            .and_then(|mention| mention.place())
            .is_some_and(|(_, form)| form == PlaceForm::Adjective)
}

/// "was summoned", "had been recalled".
fn is_passive(reading: &Reading<'_, '_>, verb: usize, form: VerbForm, from: usize) -> bool {
    let words = &reading.words;
    if !matches!(form, VerbForm::Past | VerbForm::Participle) {
        return false;
    }
    let group = (from.max(verb.saturating_sub(3))..verb).rev();
    group
        .take_while(|&idx| words.is(idx, WordClass::AUXILIARY.or(WordClass::ADVERB).or(WordClass::NEGATION)))
        .any(|idx| matches!(words.lower(idx), "was" | "were" | "been" | "being" | "be" | "is" | "are"))
}

/// The parties to the left that the verb says something of.
fn subject(
    reading: &Reading<'_, '_>,
    statements: &[&Statement],
    verb: usize,
    form: VerbForm,
    sentence: TokenRange,
) -> Vec<Actor> {
    let words = &reading.words;
    let start = sentence.start as usize;
    // A verb of saying has its speaker resolved already.
    let said =
        statements.iter().find(|statement| statement.cue.as_ref().is_some_and(|cue| cue.tokens.contains_token(verb)));
    let found = match (said.and_then(|statement| statement.source), subject_left(reading, verb, form, start)) {
        (Some(range), _) | (None, Some(Source::Words(range))) => Some(range),
        _ => None,
    };
    let Some(range) = found else {
        // A shared subject: the parties before the first verb of the sentence.
        let limit = (start..verb).find(|&idx| reading.has_finite_verb(idx, idx + 1)).unwrap_or(verb);
        return parties(reading, start, limit);
    };
    let named = parties(reading, range.start as usize, range.end as usize);
    if !named.is_empty() {
        return named;
    }
    let speaker =
        said.and_then(|statement| statement.speaker.as_ref()).and_then(|speaker| from_speaker(speaker, range));
    if let Some(actor) = speaker {
        return vec![actor];
    }
    let is_relative = range.len() == 1 && words.is(range.start as usize, WordClass::RELATIVE);
    if is_relative {
        // "the center …, which hosted": the last party before.
        let before = parties(reading, start, range.start as usize);
        return before.into_iter().next_back().into_iter().collect();
    }
    // A pronoun: the one whom the statement before speaks for, as far as it is near.
    let is_pronoun =
        range.len() == 1 && words.is(range.start as usize, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING));
    let spoken = statements.iter().rev().find(|statement| {
        statement
            .cue
            .as_ref()
            .is_some_and(|cue| (cue.tokens.start as usize) < verb && cue.tokens.start as usize + 60 > verb)
    });
    match spoken.and_then(|statement| statement.speaker.as_ref()) {
        Some(speaker) if is_pronoun => from_speaker(speaker, range).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Where the clause behind a verb ends.
fn clause_end(reading: &Reading<'_, '_>, from: usize, to: usize) -> usize {
    let words = &reading.words;
    (from..to)
        .find(|&idx| {
            let is_joined = matches!(words.lower(idx), "and" | "but")
                && (reading.is_past_cue(idx + 1) || words.is(idx + 1, WordClass::AUXILIARY));
            words.eq(idx, ";") || is_joined
        })
        .unwrap_or(to)
}

/// The parties of the object: the first one behind the verb and those joined to it.
fn object_parties(reading: &Reading<'_, '_>, from: usize, to: usize) -> Vec<Actor> {
    let words = &reading.words;
    let mut found = parties(reading, from, to);
    // "in Geneva" tells where, not whom, as long as somebody else is named.
    let is_place = |actor: &Actor| {
        let start = actor.tokens.start as usize;
        start > 0 && actor.sector.is_none() && matches!(words.lower(start - 1), "in" | "at" | "from")
    };
    if found.iter().any(|actor| !is_place(actor)) {
        found.retain(|actor| !is_place(actor));
    }
    let mut n_joined = 1;
    while n_joined < found.len() {
        let (before, next) = (found[n_joined - 1].tokens.end as usize, found[n_joined].tokens.start as usize);
        let is_joined =
            (before..next).all(|idx| matches!(words.lower(idx), "," | "and") || words.is(idx, WordClass::DETERMINER));
        if !is_joined {
            break;
        }
        n_joined += 1;
    }
    found.truncate(n_joined);
    found
}

/// Parties elsewhere in the sentence that are not the actors'.
fn others(reading: &Reading<'_, '_>, actors: &[Actor], from: usize, to: usize) -> Vec<Actor> {
    let mut found = parties(reading, from, to);
    found.retain(|party| !actors.iter().any(|known| same_side(known, party)));
    found.truncate(1);
    found
}

/// The date in the sentence that stands nearest to the trigger.
pub(super) fn date(
    reading: &Reading<'_, '_>,
    trigger: TokenRange,
    sentence: TokenRange,
    status: EventStatus,
) -> Option<EventDate> {
    let from = (sentence.start as usize).max((trigger.start as usize).saturating_sub(REACH));
    let to = (sentence.end as usize).min(trigger.end as usize + REACH);
    let tense = Tense::of_event(&reading.words, trigger, status);
    let found = dates::find(&reading.words, TokenRange::new(from, to), reading.reference, tense);
    let nearest = found.into_iter().min_by_key(|date| {
        let behind = date.tokens.start.saturating_sub(trigger.end);
        // Before the trigger a date is as often another verb's.
        behind.max(2 * trigger.start.saturating_sub(date.tokens.end))
    })?;
    Some(dates::event_date(&reading.words, nearest.tokens, reading.reference, tense))
}

/// "in Geneva": the first place behind the trigger, else before it.
pub(super) fn place(reading: &Reading<'_, '_>, trigger: TokenRange, sentence: TokenRange) -> Option<EventPlace> {
    let words = &reading.words;
    let behind =
        reading.mentions.within(trigger.end as usize, (sentence.end as usize).min(trigger.end as usize + REACH));
    let before = reading
        .mentions
        .within((sentence.start as usize).max((trigger.start as usize).saturating_sub(REACH)), trigger.start as usize);
    let located = behind.iter().chain(before).find(|mention| {
        let start = mention.start();
        let is_named = mention.is_person()
            || mention.place().is_some_and(|(_, form)| matches!(form, PlaceForm::Name | PlaceForm::Seat));
        is_named && start > 0 && matches!(words.lower(start - 1), "in" | "at") && !words.is_possessive(mention.end())
    })?;
    Some(places::read(reading, located.tokens))
}

/// Whether a date lies well before the article: background. Half a year for days and months, the year before for years.
pub(super) fn is_historical(reading: &Reading<'_, '_>, date: &EventDate) -> bool {
    let Some(published) = reading.published else { return false };
    let Some(period) = date.period else { return false };
    match period.precision {
        Precision::Year => period.first.year() < published.year(),
        Precision::Day | Precision::Week | Precision::Month => {
            published.since(period.first).is_ok_and(|span| span.get_days() > 180)
        }
    }
}
