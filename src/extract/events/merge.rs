//! One event, once: mentions that tell of the same are joined, over title and text, and the clearest stands for all.
//!
//! Pairs of mentions are weighed (`same`); between a title and the text far below it, their sides say so as well.

use std::cmp::Reverse;

use crate::extract::reading::Reading;
use crate::finding::{Actor, Event, EventStatus};
use crate::text::{EventMentions, SentenceKind};

use super::parties;
use super::propose::Told;
use super::same::{self, SameWeights};

/// Earlier events that a mention is compared with by parties and kind.
const REACH: usize = 40;

/// Joins mentions, which stand in the order of the text, to events.
pub(super) fn merge(
    reading: &Reading<'_, '_>,
    layer: &EventMentions,
    weights: &SameWeights,
    told: Vec<Told>,
) -> Vec<Event> {
    let asked = same::Asked::all(reading, layer, &told);
    let likely: Vec<Vec<usize>> = (0..told.len()).map(|later| same::likely(weights, &asked, later)).collect();
    let mut events: Vec<Vec<Event>> = Vec::new();
    // By mention, the event that it is part of.
    let mut event_of: Vec<usize> = Vec::with_capacity(told.len());
    for (Told { event, .. }, likely) in told.into_iter().zip(likely) {
        // The latest mentions say enough: one that is told of hundreds of times must not cost its square.
        let latest = |known: usize| events[known].iter().rev().take(same::REACH);
        let is_open = |known: &usize| !latest(*known).any(|mention| same::contradict(mention, &event));
        let from = events.len().saturating_sub(REACH);
        let known = likely
            .into_iter()
            .map(|earlier| event_of[earlier])
            .find(is_open)
            .or_else(|| (from..events.len()).find(|&known| is_in_headline(reading, &events[known], &event)));
        let known = known.unwrap_or_else(|| {
            events.push(Vec::new());
            events.len() - 1
        });
        event_of.push(known);
        events[known].push(event);
    }
    let mut merged: Vec<Event> = events.into_iter().filter_map(|mentions| joined(reading, mentions)).collect();
    merged.sort_by_key(|event| event.trigger);
    merged
}

/// One event of all that its mentions tell: trigger, status and code are those of the clearest, which is one of the text before one of a headline, then the
/// one that names more parties, then the surest, then the first. What it leaves open, the next one tells.
fn joined(reading: &Reading<'_, '_>, mut mentions: Vec<Event>) -> Option<Event> {
    let sentences = &reading.words.doc.sentences;
    let n_parties = |event: &Event| event.actors.len() + event.recipients.len();
    let clearness = |event: &Event| {
        let is_headline = sentences[event.sentence].kind == SentenceKind::Headline;
        (is_headline, Reverse(n_parties(event).min(2)))
    };
    mentions.sort_by(|one, other| {
        (clearness(one).cmp(&clearness(other)))
            .then(other.confidence.total_cmp(&one.confidence))
            .then(one.trigger.cmp(&other.trigger))
    });
    let mut mentions = mentions.into_iter();
    let mut event = mentions.next()?;
    for mention in mentions {
        event.mentions.push(mention.trigger);
        let adds = |known: &[Actor], others: &[Actor]| known.is_empty() && !others.is_empty();
        if adds(&event.actors, &mention.actors) {
            event.actors = without(mention.actors, &event.recipients);
        }
        if adds(&event.recipients, &mention.recipients) {
            event.recipients = without(mention.recipients, &event.actors);
        }
        event.date = event.date.or(mention.date);
        event.location = event.location.or(mention.location);
        if event.mode.is_none() {
            (event.mode, event.plover_score) = (mention.mode, mention.plover_score);
        }
        event.confidence = event.confidence.max(mention.confidence);
    }
    event.mentions.sort_unstable();
    Some(event)
}

/// Parties that are not on the other side already.
fn without(mut parties: Vec<Actor>, others: &[Actor]) -> Vec<Actor> {
    parties.retain(|party| !others.iter().any(|other| parties::is_same(party, other)));
    parties
}

/// Whether a headline and the text below it tell of one event: they do so in other words, and the text of the one event that it tells first.
fn is_in_headline(reading: &Reading<'_, '_>, known: &[Event], event: &Event) -> bool {
    let sentences = &reading.words.doc.sentences;
    let is_headline = |event: &Event| sentences[event.sentence].kind == SentenceKind::Headline;
    let is_beside = known.iter().any(|mention| is_headline(mention) == is_headline(event));
    !is_beside && known.first().is_some_and(|mention| agree(mention, event))
}

/// Whether two mentions may be of one event: the same kind of deed between the same sides, not on two different days.
fn agree(one: &Event, other: &Event) -> bool {
    let day = |event: &Event| event.date.as_ref().and_then(|date| date.period).map(|period| period.first);
    let dates_agree = day(one).is_none() || day(other).is_none() || day(one) == day(other);
    let covers =
        |a: &[Actor], b: &[Actor]| b.iter().all(|actor| a.iter().any(|known| parties::are_alike(known, actor)));
    let sides_agree = |a: &Event, b: &Event| {
        covers(&a.actors, &b.actors) && covers(&a.recipients, &b.recipients) && !b.actors.is_empty()
    };
    let did_it = |event: &Event| event.status == EventStatus::Occurred;
    one.plover_type == other.plover_type
        && did_it(one) == did_it(other)
        && one.historical == other.historical
        && dates_agree
        && (sides_agree(one, other) || sides_agree(other, one))
}
