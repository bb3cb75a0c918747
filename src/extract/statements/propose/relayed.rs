//! "…, X said, according to the agency Y": the core credits whoever stands last, but Y only relayed it.

use std::collections::HashMap;

use crate::extract::lexicon::CueFrame;
use crate::extract::reading::Reading;
use crate::text::{TokenRange, Upos};

use super::super::tree::subject;
use super::learned::Found;

/// Proposals before and behind a relay among which the one that it relays is looked for.
const REACH: usize = 6;

/// Takes what an outlet only relayed from the proposals; gives, by the first token of their cues, the outlets of those whose words it relayed.
pub(super) fn take(reading: &Reading<'_, '_>, found: &mut Vec<Found>) -> HashMap<u32, TokenRange> {
    let words = &reading.words;
    let mut vias = HashMap::new();
    let mut is_relay = vec![false; found.len()];
    for number in 0..found.len() {
        let relay = &found[number];
        let (Some(cue), Some(outlet)) = (relay.parts.cue, relay.parts.source) else { continue };
        if !cue.range().any(|idx| words.eq(idx, "according")) || !reading.is_outlet(outlet) {
            continue;
        }
        let sentence = reading.sentence_around(cue.start as usize);
        let near = &found[number.saturating_sub(REACH)..found.len().min(number + REACH)];
        // Another cue of the sentence, in nobody's quotation.
        let relayed = near.iter().filter_map(|found| found.parts.cue).find(|&said| {
            said != cue && sentence.contains(said) && reading.quote_around(said.start as usize).is_none()
        });
        if let Some(said) = relayed {
            vias.insert(said.start, outlet);
            is_relay[number] = true;
        } else if let Some((said, source)) = overlooked(reading, cue, sentence) {
            vias.insert(said.start, outlet);
            let parts = &mut found[number].parts;
            (parts.cue, parts.source) = (Some(said), Some(source));
            for piece in parts.content.iter_mut().filter(|piece| piece.overlaps(source) || piece.overlaps(said)) {
                piece.end = source.start.max(piece.start);
                while piece.end > piece.start && !words.is_word(piece.end as usize - 1) {
                    piece.end -= 1;
                }
            }
            parts.content.retain(|piece| !piece.is_empty());
            is_relay[number] = parts.content.is_empty();
        }
    }
    let mut is_relay = is_relay.into_iter();
    found.retain(|_| !is_relay.next().unwrap_or(false));
    vias
}

/// Tokens before "according to" among which the cue stands.
const CUE_REACH: u32 = 12;

/// The cue and source right before "according to" where the core saw neither: "…, | X said |, according to the agency Y".
fn overlooked(reading: &Reading<'_, '_>, per: TokenRange, sentence: TokenRange) -> Option<(TokenRange, TokenRange)> {
    let (words, doc) = (&reading.words, reading.words.doc);
    let from = sentence.start.max(per.start.saturating_sub(CUE_REACH));
    let is_saying = |&idx: &usize| {
        doc.upos.get(idx) == Some(&Upos::Verb)
            && reading.quote_around(idx).is_none()
            && reading.lexicon.cues.at(words, idx).any(|(_, _, rule)| rule.frame == CueFrame::Say)
    };
    let said = (from as usize..per.start as usize).rev().find(is_saying)?;
    let said = TokenRange::new(said, said + 1);
    let source = subject(doc, said)?;
    (source.end <= said.start && source.start > sentence.start).then_some((said, source))
}
