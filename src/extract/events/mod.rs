//! Diplomatic events: who did what to whom, in PLOVER types and CAMEO codes.
//!
//! Triggers come from a table, parties from the words around them. PLOVER manual, draft 2.0 (2024); CAMEO codebook 1.1b3
//! (2012). The inventories are tables in `data/ontology/`.

mod actors;
mod coder;
mod confidence;
mod merge;
mod parties;
mod propose;
mod status;

use crate::extract::lexicon::{Reliability, TriggerClass};
use crate::extract::reading::Reading;
use crate::extract::statements::Holders;
use crate::finding::{Actor, Event, Statement};
use crate::nlp::Ontology;
use crate::text::SentenceKind;

use coder::Coded;

/// Earlier events that a new one is compared with for being the same again.
const MERGE_REACH: usize = 40;

/// Tokens before a sentence from which a cue may tell who its pronouns are.
const CUE_REACH: u32 = 80;

/// Finds the events of one document, in the order of the text. `statement` counts within the list given.
pub(crate) fn extract(reading: &Reading<'_, '_>, statements: &[Statement]) -> Vec<Event> {
    if let Some(layer) = &reading.words.doc.events {
        return merge::merge(reading, layer, propose::mentions(reading, layer, statements));
    }
    let words = &reading.words;
    let mut events: Vec<Event> = Vec::new();
    let holders = Holders::of(words.len(), statements);
    let mut cued: Vec<&Statement> = statements.iter().filter(|statement| statement.cue.is_some()).collect();
    cued.sort_by_key(|statement| cue_start(statement));
    for (sentence_idx, sentence) in words.doc.sentences.iter().enumerate() {
        if !reading.is_story(sentence_idx) {
            continue;
        }
        // The statements whose cue can touch this sentence: a window, so that a long text does not cost its square.
        let from = cued.partition_point(|statement| cue_start(statement) + CUE_REACH < sentence.tokens.start);
        let to = cued.partition_point(|statement| cue_start(statement) < sentence.tokens.end);
        let near = &cued[from..to.max(from)];
        let mut idx = sentence.tokens.start as usize;
        while idx < sentence.tokens.end as usize {
            let is_name = reading.mentions.around(idx).is_some();
            let candidates = reading.lexicon.triggers.at(words, idx);
            let coded = if is_name {
                None
            } else {
                candidates.into_iter().find_map(|found| coder::code(reading, near, found, idx, sentence.tokens))
            };
            let Some(coded) = coded else {
                idx += 1;
                continue;
            };
            idx = coded.trigger.end as usize;
            if let Some(event) = finish(reading, statements, &holders, coded, sentence_idx) {
                add(reading, &mut events, event);
            }
        }
    }
    events
}

fn cue_start(statement: &Statement) -> u32 {
    statement.cue.as_ref().map_or(0, |cue| cue.tokens.start)
}

fn finish(
    reading: &Reading<'_, '_>,
    statements: &[Statement],
    holders: &Holders,
    coded: Coded<'_>,
    sentence_idx: usize,
) -> Option<Event> {
    let sentence = reading.words.doc.sentences[sentence_idx];
    let code = Ontology::embedded().cameo(coded.rule.cameo)?;
    let statement = holders.around(coded.trigger);
    let date = coder::date(reading, coded.trigger, sentence.tokens, coded.status);
    let teller = statement.and_then(|index| statements[index].speaker.as_ref());
    let speaks_for = teller.and_then(|speaker| speaker.country.as_deref());
    let status = coded.status.as_told_by(speaks_for, coded.actors.iter().map(|actor| actor.country.as_deref()));
    let lexicon = reading.lexicon;
    let confidence = match (sentence.kind, coded.rule.class) {
        (SentenceKind::Headline, _) => lexicon.confidence(Reliability::Headline),
        (_, TriggerClass::Verb) => lexicon.confidence(Reliability::EventVerb),
        (_, TriggerClass::Noun) => lexicon.confidence(Reliability::EventNoun),
    };
    Some(Event {
        sentence: sentence_idx,
        trigger: coded.trigger,
        mentions: Vec::new(),
        lemma: coded.rule.lemma.to_owned(),
        cameo: coded.rule.cameo.to_owned(),
        plover_score: Ontology::embedded().score(code.plover_type?, coded.rule.mode.or(code.mode)),
        plover_type: code.plover_type?,
        quad_class: code.quad_class,
        goldstein: Some(code.goldstein),
        mode: coded.rule.mode.or(code.mode),
        contexts: Vec::new(),
        historical: date.as_ref().is_some_and(|date| coder::is_historical(reading, date)),
        location: coder::place(reading, coded.trigger, sentence.tokens),
        actors: coded.actors,
        recipients: coded.recipients,
        status,
        date,
        statement,
        confidence,
        features: Vec::new(),
    })
}

/// Adds an event, or what another mention says of one that is told already. The clearest mention stands: running text before a headline, then the
/// surest if it names as many parties, then the first. The others are told beside it; a day and a place that only they name are kept. Parties are not:
/// a headline's are read from its bare words ("Norway and Iran swap prisoners in Oman").
fn add(reading: &Reading<'_, '_>, events: &mut Vec<Event>, event: Event) {
    let sentences = &reading.words.doc.sentences;
    let is_headline = |event: &Event| sentences[event.sentence].kind == SentenceKind::Headline;
    let n_parties = |event: &Event| event.actors.len() + event.recipients.len();
    let is_clearer = |one: &Event, other: &Event| match (is_headline(one), is_headline(other)) {
        (false, true) => true,
        (true, false) => false,
        _ => one.confidence > other.confidence && n_parties(one) >= n_parties(other),
    };
    let from = events.len().saturating_sub(MERGE_REACH);
    let Some(known) = (from..events.len()).find(|&index| is_same(&events[index], &event)) else {
        events.push(event);
        return;
    };
    if is_clearer(&event, &events[known]) {
        let known = events.remove(known);
        events.push(event);
        join(events.last_mut().expect("it was added just now"), known);
    } else {
        join(&mut events[known], event);
    }
}

/// Adds to an event what another mention of it says.
fn join(event: &mut Event, mention: Event) {
    event.mentions.extend(mention.mentions);
    event.mentions.push(mention.trigger);
    event.mentions.sort_unstable();
    event.date = event.date.take().or(mention.date);
    event.location = event.location.take().or(mention.location);
}

/// The same kind of deed between the same sides, not on two different days.
fn is_same(one: &Event, other: &Event) -> bool {
    let dates_agree = match (&one.date, &other.date) {
        (Some(a), Some(b)) => a.period.map(|period| period.first) == b.period.map(|period| period.first),
        _ => true,
    };
    let covers = |a: &[Actor], b: &[Actor]| b.iter().all(|actor| a.iter().any(|known| actors::same_side(known, actor)));
    one.cameo[..3] == other.cameo[..3]
        && one.status == other.status
        && one.historical == other.historical
        && dates_agree
        && covers(&one.actors, &other.actors)
        && covers(&one.recipients, &other.recipients)
}
