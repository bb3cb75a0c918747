//! The words behind a cue that are credited, where the order is turned ("…," said X) or a preposition stands before them. There is no tree here.

use crate::extract::lexicon::WordClass;
use crate::extract::reading::Reading;
use crate::text::TokenRange;

/// Tokens that a subject with its parentheses may have; beyond, it is something else.
const SUBJECT_LIMIT: usize = 40;

/// Whether what begins here explains a name: a relative clause, "a …", an office, an age, a participle.
fn looks_parenthetical(reading: &Reading<'_, '_>, idx: usize) -> bool {
    let words = &reading.words;
    let opens = words.is(idx, WordClass::RELATIVE) || matches!(words.lower(idx), "a" | "an");
    let is_participle = words.lower(idx).ends_with("ing") && !words.is_capitalized(idx);
    let is_age = words.text(idx).bytes().all(|byte| byte.is_ascii_digit());
    opens || is_participle || is_age || reading.mentions.starting_at(idx).is_some_and(|mention| mention.is_role())
}

/// The subject to the right of a cue: "said X, spokesman for Y".
pub(super) fn right(reading: &Reading<'_, '_>, from: usize, sentence_end: usize) -> Option<TokenRange> {
    let words = &reading.words;
    let is_phrase = words.is(from, WordClass::DETERMINER.or(WordClass::PRONOUN_PERSON).or(WordClass::PRONOUN_THING))
        || words.is_capitalized(from)
        || reading.mentions.starting_at(from).is_some();
    if !is_phrase || from >= sentence_end {
        return None;
    }
    if words.is(from, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING))
        && !words.is(from + 1, WordClass::PREPOSITION)
    {
        return Some(TokenRange::new(from, from + 1));
    }
    let limit = sentence_end.min(from + SUBJECT_LIMIT);
    let mut at = from + 1;
    while at < limit {
        if words.eq(at, ",") {
            // An apposition goes on: an office, a name, "a …", an age. Anything else is a new clause.
            let next = at + 1;
            let is_name = reading.mentions.starting_at(next).is_some_and(|mention| !mention.is_role());
            let after_office = reading.mentions.ending_at(at).is_some_and(|mention| !mention.is_person());
            let is_determined_office = words.is(next, WordClass::DETERMINER)
                && reading.mentions.within(next, limit.min(next + 6)).iter().any(|mention| mention.is_role());
            let is_relative = words.is(next, WordClass::RELATIVE);
            if is_relative || !(looks_parenthetical(reading, next) || is_determined_office || is_name && after_office) {
                break;
            }
        } else if words.is_stop(at) && !words.is_glued(at + 1) && !is_abbreviation(reading, at)
            || matches!(words.text(at), ";" | ":" | "—" | "(" | ")")
            || reading.quote_opening_at(at).is_some()
        {
            break;
        } else if words.is(at, WordClass::PREPOSITION) && !matches!(words.lower(at), "of" | "for" | "at" | "to") {
            // Within an apposition ("a society in Lusaka") places belong to it.
            let in_apposition = (from..at).any(|idx| words.eq(idx, ","));
            if !in_apposition {
                break;
            }
        } else if words.is(at, WordClass::SUBORDINATOR) || words.is(at, WordClass::WEEKDAY) {
            break;
        }
        at += 1;
    }
    while at > from + 1 && (words.eq(at - 1, ",") || words.is(at - 1, WordClass::PREPOSITION) || words.is_stop(at - 1))
    {
        at -= 1;
    }
    Some(TokenRange::new(from, at))
}

/// "Dr." and "U.S.": a stop that is glued to a capital and followed by more of the name.
fn is_abbreviation(reading: &Reading<'_, '_>, idx: usize) -> bool {
    reading.words.is_glued(idx) && reading.words.is_capitalized(idx + 1) && reading.words.text(idx - 1).len() <= 3
}
