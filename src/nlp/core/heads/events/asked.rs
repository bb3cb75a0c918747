//! What the head asks of the tree about each trigger, with the features: what the models over the tree are fitted on. Nothing of it runs in the service.

use super::facts::{Facts, Sentences};
use super::links::SeenSpan;
use super::participants::{SeenWord, between, near, seen_by_candidates};
use crate::text::{Document, EventMentions, EventType, TokenRange};

/// All that was asked about a document.
#[derive(Debug, Default)]
pub struct Asked {
    /// The words that may evoke an event, in order.
    pub words: Vec<AskedWord>,
    /// The triggers.
    pub triggers: Vec<AskedTrigger>,
}

/// A word that may evoke an event.
#[derive(Debug)]
pub struct AskedWord {
    /// The word.
    pub token: u32,
    /// Keys of its features.
    pub keys: Vec<u64>,
}

/// A trigger with its features, and the words beside it that could be its parties.
#[derive(Debug)]
pub struct AskedTrigger {
    /// The trigger.
    pub tokens: TokenRange,
    /// Its type, as the head reads it.
    pub event_type: EventType,
    /// Keys of the features of what it says.
    pub keys: Vec<u64>,
    /// What the head's layers say of it, in the order of the rows of `event.attribute`.
    pub said: Vec<f32>,
    /// The words that could be parties.
    pub words: Vec<AskedParty>,
}

/// A word that could be a party of a trigger.
#[derive(Debug)]
pub struct AskedParty {
    /// Head of the phrase.
    pub token: u32,
    /// The phrase.
    pub phrase: TokenRange,
    /// Keys of the features.
    pub keys: Vec<u64>,
    /// What the head's layers say, where they see a stretch there: how probable each role is (actor, recipient, date, place), and a party, a date and a place at all.
    pub seen: Option<[f32; 7]>,
}

/// What is asked about some words of a sentence.
pub(super) fn words(facts: &Facts<'_>, words: &[usize], asked: &mut Vec<AskedWord>) {
    for &token in words {
        let mut keys = Vec::new();
        facts.of_word(token, &mut keys);
        asked.push(AskedWord { token: u32::try_from(token).unwrap_or_default(), keys });
    }
}

/// All that is asked about the triggers of a document. `said` has a row for each trigger.
pub(super) fn triggers(
    doc: &Document,
    sentences: &Sentences<'_>,
    events: &EventMentions,
    said: &[f32],
    seen: &[SeenSpan],
) -> Vec<AskedTrigger> {
    let mut keys = Vec::new();
    let width = said.len() / events.mentions.len().max(1);
    let each = events.mentions.iter().enumerate().filter_map(|(number, mention)| {
        let facts = sentences.around(doc, mention.tokens)?;
        let trigger = facts.trigger(mention.tokens, mention.event_type);
        facts.of_trigger(&trigger, &mut keys);
        let of_trigger = keys.clone();
        let (candidates, middle) = near(facts, &trigger);
        let own: Vec<SeenSpan> = seen.iter().filter(|span| span.mention == number).copied().collect();
        let seen = seen_by_candidates(facts, events, &own, &candidates);
        let words = candidates.iter().enumerate().map(|(place, &token)| {
            facts.of_candidate(&trigger, token, between(place, middle), &mut keys);
            AskedParty {
                token: u32::try_from(token).unwrap_or_default(),
                phrase: facts.phrase(token),
                keys: keys.clone(),
                seen: seen.iter().find(|seen| seen.token == token).map(SeenWord::probabilities),
            }
        });
        Some(AskedTrigger {
            tokens: mention.tokens,
            event_type: mention.event_type,
            keys: of_trigger,
            said: said[number * width..][..width].to_vec(),
            words: words.collect(),
        })
    });
    each.collect()
}
