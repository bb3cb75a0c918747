//! Finding the words that are credited: the subject to the left of a cue, or to its right where the order is turned
//! ("…," said X).
//!
//! There is no tree here: a subject is what stands between the last clause boundary and the verb.

use crate::extract::lexicon::{VerbForm, WordClass};
use crate::extract::reading::Reading;
use crate::text::TokenRange;

/// Tokens that a subject with its parentheses may have; beyond, it is something else.
const SUBJECT_LIMIT: usize = 40;

/// Where the source of a cue was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// These words.
    Words(TokenRange),
    /// The subject of the cue before: "… and promised", "…, adding that".
    Inherited,
}

/// The subject to the left of a verb, if there is one in its sentence.
pub(crate) fn left(reading: &Reading<'_, '_>, verb: usize, form: VerbForm, sentence_start: usize) -> Option<Source> {
    let words = &reading.words;
    let mut end = before_adverbials(reading, verb, sentence_start);
    if end <= sentence_start {
        return None;
    }
    // The verb opens a quoted fragment: Lindqvist “promised that …”.
    if reading.quote_opening_at(end - 1).is_some() && end == verb {
        end -= 1;
        if end <= sentence_start {
            return None;
        }
    }
    let before = end - 1;
    let is_coordinated = words.is(before, WordClass::CONJUNCTION);
    if is_coordinated || form == VerbForm::Ing && (words.eq(before, ",") || words.is(before, WordClass::PREPOSITION)) {
        return Some(Source::Inherited);
    }
    if words.eq(before, "to") {
        return None;
    }
    let range = if words.eq(before, ",") {
        let head_end = before_parentheses(reading, before, sentence_start)?;
        let head = noun_phrase_left(reading, head_end, sentence_start)?;
        TokenRange::new(head.start as usize, end)
    } else {
        noun_phrase_left(reading, end, sentence_start)?
    };
    Some(Source::Words(range))
}

/// Steps back over "has also", "on Wednesday", "repeatedly".
fn before_adverbials(reading: &Reading<'_, '_>, verb: usize, start: usize) -> usize {
    let words = &reading.words;
    let mut end = verb;
    while end > start {
        let before = end - 1;
        let is_adverb = words.is(before, WordClass::ADVERB.or(WordClass::NEGATION))
            || (words.lower(before).ends_with("ly") && !words.is_capitalized(before));
        let is_auxiliary = words.is(before, WordClass::AUXILIARY) && !words.is_possessive(before);
        if words.is(before, WordClass::WEEKDAY) {
            end = before;
            if end > start && words.eq(end - 1, "on") {
                end -= 1;
            }
        } else if is_adverb || is_auxiliary {
            end = before;
        } else {
            break;
        }
    }
    end
}

/// Steps back over parentheses between commas: "X, a former envoy, who left in May, | said". Gives the end of the head.
fn before_parentheses(reading: &Reading<'_, '_>, comma: usize, start: usize) -> Option<usize> {
    let words = &reading.words;
    let floor = start.max(comma.saturating_sub(SUBJECT_LIMIT));
    let commas = (floor..comma).rev().take_while(|&idx| reading.quote_ending_at(idx + 1).is_none());
    let mut commas = commas.filter(|&idx| words.eq(idx, ","));
    let mut head_end = commas.next()?;
    for earlier in commas {
        if !looks_parenthetical(reading, earlier + 1) {
            break;
        }
        head_end = earlier;
    }
    Some(head_end)
}

/// Whether what begins here explains a name: a relative clause, "a …", an office, an age, a participle.
fn looks_parenthetical(reading: &Reading<'_, '_>, idx: usize) -> bool {
    let words = &reading.words;
    let opens = words.is(idx, WordClass::RELATIVE) || matches!(words.lower(idx), "a" | "an");
    let is_participle = words.lower(idx).ends_with("ing") && !words.is_capitalized(idx);
    let is_age = words.text(idx).bytes().all(|byte| byte.is_ascii_digit());
    opens || is_participle || is_age || reading.mentions.starting_at(idx).is_some_and(|mention| mention.is_role())
}

/// The noun phrase that ends before `end`, from the clause boundary on.
fn noun_phrase_left(reading: &Reading<'_, '_>, end: usize, sentence_start: usize) -> Option<TokenRange> {
    let words = &reading.words;
    let floor = sentence_start.max(end.saturating_sub(SUBJECT_LIMIT));
    let mut start = end;
    while start > floor {
        let idx = start - 1;
        if is_clause_boundary(reading, idx, end) {
            break;
        }
        // A verb between: these words are not one phrase.
        if words.is(idx, WordClass::AUXILIARY) && !words.is_possessive(idx) && !words.is_capitalized(idx) {
            return names_left(reading, end, floor);
        }
        start = idx;
    }
    start = after_openers(reading, start, end);
    // A relative pronoun alone can be the source: "the minister, who said".
    if start == end && start > sentence_start && matches!(words.lower(start - 1), "who" | "which") {
        return Some(TokenRange::new(start - 1, end));
    }
    (start < end && (start..end).any(|idx| words.is_word(idx))).then(|| TokenRange::new(start, end))
}

/// The names side by side that end before `end`, with their determiner.
fn names_left(reading: &Reading<'_, '_>, end: usize, floor: usize) -> Option<TokenRange> {
    let words = &reading.words;
    let mut start = end;
    while start > floor {
        if let Some(mention) = reading.mentions.ending_at(start).filter(|mention| mention.start() >= floor) {
            start = mention.start();
        } else if start < end && (words.is(start - 1, WordClass::DETERMINER) || words.is_possessive(start - 1)) {
            start -= 1;
        } else {
            break;
        }
    }
    (start < end).then(|| TokenRange::new(start, end))
}

fn is_clause_boundary(reading: &Reading<'_, '_>, idx: usize, end: usize) -> bool {
    let words = &reading.words;
    if matches!(words.text(idx), "(" | ")") {
        return !is_country_in_brackets(reading, idx);
    }
    let is_dash = matches!(words.text(idx), "-" | "–") && !words.is_glued(idx);
    if is_dash || matches!(words.text(idx), "," | ";" | ":" | "—") || words.eq(idx, "as") {
        return true;
    }
    if reading.quote_opening_at(idx).is_some()
        || reading.quote_ending_at(idx + 1).is_some()
        || words.is_stop(idx) && !words.is_glued(idx)
    {
        return true;
    }
    let is_joining = words.eq(idx, "and");
    if is_joining {
        let next_is_pronoun = words.is(idx + 1, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING));
        return next_is_pronoun || idx == 0 || words.eq(idx - 1, ",");
    }
    words.is(idx, WordClass::SUBORDINATOR.or(WordClass::RELATIVE).or(WordClass::CONJUNCTION))
        || idx + 1 < end && reading.is_past_cue(idx)
}

/// "Ole Brandt (Denmark) said": the bracket belongs to the name.
fn is_country_in_brackets(reading: &Reading<'_, '_>, idx: usize) -> bool {
    let words = &reading.words;
    if words.eq(idx, "(") {
        return reading.mentions.starting_at(idx + 1).is_some_and(|mention| words.eq(mention.end(), ")"));
    }
    idx > 0
        && reading
            .mentions
            .ending_at(idx)
            .is_some_and(|mention| mention.start() > 0 && words.eq(mention.start() - 1, "("))
}

/// Takes conjunctions, adverbs and a leading prepositional phrase off: "But they", "Days later Norway", "In Oslo the ministry".
fn after_openers(reading: &Reading<'_, '_>, start: usize, end: usize) -> usize {
    let words = &reading.words;
    let mut at = start;
    if let Some(adverb) =
        (start..end).rev().find(|&idx| matches!(words.lower(idx), "later" | "earlier" | "ago" | "meanwhile"))
    {
        at = adverb + 1;
    }
    while at < end && words.is(at, WordClass::CONJUNCTION.or(WordClass::ADVERB)) {
        at += 1;
    }
    if at < end && words.is(at, WordClass::PREPOSITION) {
        // The phrase behind the last preposition is the complement of the opener, up to the next determiner or name.
        let phrase_end = reading.mentions.starting_at(at + 1).map_or(at + 2, |mention| mention.end());
        let next = (phrase_end..end).find(|&idx| {
            words.is(idx, WordClass::DETERMINER.or(WordClass::PRONOUN_PERSON))
                || reading.mentions.starting_at(idx).is_some()
        });
        at = next.unwrap_or(at);
    }
    at
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
