//! Several states in one phrase: joined by name ("Norwegian and Danish ministers"), or counted ("the two countries", "both leaders").

use crate::extract::lexicon::PlaceForm;
use crate::extract::reading::Reading;
use crate::text::TokenRange;

/// Words that count those that were named before.
const COUNTS: [(&str, usize); 4] = [("both", 2), ("two", 2), ("three", 3), ("four", 4)];

/// Of what states are counted by: themselves, and who speaks and acts for them. "Two men" are nobody's.
const SIDES: [&str; 22] = [
    "ally",
    "army",
    "capital",
    "country",
    "delegation",
    "foe",
    "force",
    "government",
    "korea",
    "leader",
    "minister",
    "nation",
    "neighbor",
    "negotiator",
    "official",
    "party",
    "premier",
    "president",
    "rival",
    "side",
    "state",
    "team",
];

/// Sentences back to those that are counted.
const SENTENCES_BACK: usize = 3;

/// The states and bodies of a phrase, where it has several; by their places among the lexicon's.
pub(super) fn states(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let joined = joined(reading, tokens);
    if joined.len() > 1 { joined } else { counted(reading, tokens) }
}

/// The states named last before a phrase that counts them: "Norway and Chad signed it. | The two countries | …".
fn counted(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let (doc, words) = (reading.words.doc, &reading.words);
    let count = tokens.range().find_map(|token| COUNTS.iter().find(|(word, _)| *word == words.lower(token)));
    let Some(&(_, count)) = count else { return Vec::new() };
    let last = tokens.end as usize - 1;
    let is_bare = COUNTS.iter().any(|(word, _)| *word == words.lower(last));
    let named = reading.mentions.within(tokens.start as usize, tokens.end as usize);
    if !is_bare && !SIDES.contains(&doc.lemmas.get(last).to_lowercase().as_str())
        || named.iter().any(|mention| mention.place().is_some())
    {
        return Vec::new();
    }
    let sentence = doc.sentence_of(tokens.start as usize);
    let from = doc.sentences[sentence.saturating_sub(SENTENCES_BACK)].tokens.start as usize;
    let mut found = Vec::new();
    for mention in reading.mentions.within(from, tokens.start as usize).iter().rev() {
        let Some((place, _)) = mention.place() else { continue };
        if reading.lexicon.entities[place].is_country && !found.contains(&place) {
            found.push(place);
        }
        if found.len() == count {
            found.reverse();
            return found;
        }
    }
    Vec::new()
}

/// The states and bodies that a stretch joins to each other before or behind its noun: "Norwegian and Danish ministers", "leaders of Norway and Chad". Those
/// that are joined for themselves ("Norway and Chad") are entities of their own.
fn joined(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let words = &reading.words;
    let mut found: Vec<(usize, TokenRange)> = Vec::new();
    for mention in reading.mentions.within(tokens.start as usize, tokens.end as usize) {
        let Some((place, form)) = mention.place() else { continue };
        let end = found.last().map_or(0, |(_, tokens)| tokens.end as usize);
        let is_joined = end > 0
            && (end..mention.start())
                .all(|at| matches!(words.lower(at), "," | "and" | "or" | "&" | "-" | "–" | "/" | "the"));
        if !is_joined && found.len() > 1 {
            break;
        }
        if !is_joined {
            found.clear();
        }
        if form != PlaceForm::People && found.iter().all(|(known, _)| *known != place) {
            found.push((place, mention.tokens));
        }
    }
    let (Some((_, first)), Some((_, last))) = (found.first(), found.last()) else { return Vec::new() };
    let has_noun = tokens.len() > (last.end - first.start) as usize;
    if found.len() > 1 && has_noun { found.into_iter().map(|(place, _)| place).collect() } else { Vec::new() }
}
