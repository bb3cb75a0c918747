//! "…, X said, according to the agency Y": the core credits whoever stands last, but Y only relayed it.

use std::collections::HashMap;

use crate::extract::reading::Reading;
use crate::text::TokenRange;

use super::learned::Found;

/// Proposals before and behind a relay among which the one that it relays is looked for.
const REACH: usize = 6;

/// Takes what an outlet only relayed from the proposals; gives, by the first token of their cues, the outlets of those whose words it relayed.
pub(super) fn take(reading: &Reading<'_, '_>, found: &mut Vec<Found>) -> HashMap<u32, TokenRange> {
    let words = &reading.words;
    let is_outlet = |source: TokenRange| source.range().any(|idx| reading.lexicon.bodies.is_outlet(words.lower(idx)));
    let mut vias = HashMap::new();
    let mut is_relay = vec![false; found.len()];
    for (number, relay) in found.iter().enumerate() {
        let (Some(cue), Some(outlet)) = (relay.parts.cue, relay.parts.source) else { continue };
        if !cue.range().any(|idx| words.eq(idx, "according")) || !is_outlet(outlet) {
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
        }
    }
    let mut is_relay = is_relay.into_iter();
    found.retain(|_| !is_relay.next().unwrap_or(false));
    vias
}
