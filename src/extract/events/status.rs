//! Whether an event happened, from the words before its verb, and the statement it stands in.

use crate::extract::lexicon::{VerbForm, WordClass};
use crate::extract::reading::Reading;
use crate::finding::EventStatus;
use crate::text::TokenRange;

/// Words before a verb that its auxiliaries and negation stand among.
const VERB_GROUP: usize = 5;

/// Status from the verb group alone; none where the words speak of no event at all ("should expel", "to expel" as a wish).
pub(super) fn of_verb(
    reading: &Reading<'_, '_>,
    verb: usize,
    form: VerbForm,
    sentence: TokenRange,
) -> Option<EventStatus> {
    let words = &reading.words;
    let start = sentence.start as usize;
    let floor = start.max(verb.saturating_sub(VERB_GROUP));
    let group =
        || (floor..verb).rev().take_while(|&idx| !words.eq(idx, ",") && reading.mentions.ending_at(idx + 1).is_none());
    let is_negated = group().any(|idx| words.is(idx, WordClass::NEGATION));
    let has = |names: &[&str]| group().any(|idx| names.contains(&words.lower(idx)));
    if form == VerbForm::Base {
        if has(&["should", "must", "may", "can", "let"]) {
            return None;
        }
        let is_infinitive = verb > start && words.eq(verb - 1, "to");
        let is_plan = has(&[
            "plan",
            "plans",
            "planned",
            "going",
            "expected",
            "due",
            "scheduled",
            "set",
            "intends",
            "intend",
            "decided",
        ]);
        if is_infinitive && !is_plan {
            return None;
        }
        let is_open = (start..verb).any(|idx| matches!(words.lower(idx), "if" | "unless"));
        if is_negated {
            return Some(EventStatus::Negated);
        }
        if has(&["would", "could", "might"]) || is_open {
            return Some(EventStatus::Conditional);
        }
        if has(&["will", "shall", "'ll"]) || is_plan {
            return Some(EventStatus::Planned);
        }
        return Some(EventStatus::Occurred);
    }
    let is_hedged = has(&["allegedly", "reportedly", "purportedly"]);
    Some(match (is_negated, is_hedged) {
        (true, _) => EventStatus::Negated,
        (false, true) => EventStatus::Alleged,
        (false, false) if has(&["would", "could", "might"]) => EventStatus::Conditional,
        (false, false) if has(&["will"]) => EventStatus::Planned,
        (false, false) => EventStatus::Occurred,
    })
}

/// Whether the sentence puts a condition behind the verb: "if it moves", "unless", "in the event of".
pub(super) fn has_condition(reading: &Reading<'_, '_>, from: usize, sentence: TokenRange) -> bool {
    let words = &reading.words;
    let end = (sentence.end as usize).min(from + 40);
    (from..end).any(|idx| {
        matches!(words.lower(idx), "if" | "unless")
            || words.eq(idx, "event") && words.eq(idx + 1, "of") && words.eq(idx.saturating_sub(2), "in")
    })
}
