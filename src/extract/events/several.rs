//! Several states in one phrase: joined by name ("Norwegian and Danish ministers"), or counted ("the two countries", "both leaders").

use crate::extract::lexicon::PlaceForm;
use crate::extract::reading::Reading;
use crate::finding::{Kind, MentionForm};
use crate::text::TokenRange;

/// Words that count those that were named before.
const COUNTS: [(&str, usize); 7] =
    [("both", 2), ("pair", 2), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6)];

/// Of what states are counted by: themselves, and who speaks and acts for them besides those with an office. "Two men" are nobody's.
const SIDES: [&str; 21] = [
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
    "nation",
    "neighbor",
    "neighbour",
    "negotiator",
    "official",
    "parliament",
    "party",
    "rival",
    "side",
    "state",
    "team",
];

/// Sectors of offices that are held for a state.
const OF_STATES: [&str; 6] = ["GOV", "MIL", "LEG", "JUD", "COP", "SPY"];

/// Mentions back to the phrase that tells who several are.
const MENTIONS_BACK: usize = 4;

/// Sentences back to those that are counted.
const SENTENCES_BACK: usize = 3;

/// The states and bodies of a phrase, where it has several; by their places among the lexicon's. "They" and "the ministers" are those of whom the phrase
/// before spoke: "The two ministers met. | They | agreed …".
pub(super) fn states(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let own = told(reading, tokens);
    if own.len() > 1 {
        return own;
    }
    let Some((number, form)) = reading.who.of(reading.words.doc, tokens) else { return own };
    let entity = &reading.who.entities[number];
    if entity.kind != Kind::Group || form == MentionForm::Name {
        return own;
    }
    let n_before = entity.mentions.partition_point(|mention| mention.tokens.start < tokens.start);
    let before = entity.mentions[..n_before].iter().rev();
    before
        .take(MENTIONS_BACK)
        .map(|mention| told(reading, mention.tokens))
        .find(|states| states.len() > 1)
        .unwrap_or(own)
}

/// What the words of a phrase tell.
fn told(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let joined = joined(reading, tokens);
    if joined.len() > 1 { joined } else { counted(reading, tokens) }
}

/// The states named last before a phrase that counts them: "Norway and Chad signed it. | The two countries | …".
fn counted(reading: &Reading<'_, '_>, tokens: TokenRange) -> Vec<usize> {
    let (doc, words) = (reading.words.doc, &reading.words);
    let count = tokens.range().find_map(|token| COUNTS.iter().find(|(word, _)| *word == words.lower(token)));
    let Some(&(_, count)) = count else { return Vec::new() };
    let last = tokens.end as usize - 1;
    // "The two", "both": of "two" alone nobody was told before.
    let before = |token: usize| token.checked_sub(1).map_or("", |before| words.lower(before));
    let is_bare = words.lower(last) == "both"
        || COUNTS.iter().any(|(word, _)| *word == words.lower(last))
            && matches!(before(last), "the" | "these" | "those" | "all");
    let named = reading.mentions.within(tokens.start as usize, tokens.end as usize);
    let office = reading.mentions.around(last).and_then(|mention| mention.sector());
    let is_side = SIDES.contains(&doc.lemmas.get(last).to_lowercase().as_str())
        || office.is_some_and(|sector| OF_STATES.contains(&sector));
    if !is_bare && !is_side || named.iter().any(|mention| mention.place().is_some()) {
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
