//! What did not happen, or is open, by the words around a trigger: "has not attacked", "nearly expelled", "unclear whether it bombed"; and what is no event,
//! "is considering sanctions". The corpus has too few of each for the head to learn, which takes them for what happened.

use crate::extract::reading::Reading;
use crate::finding::{EventStatus, Statement};
use crate::text::{Deprel, Document, EventMention, EventType, TokenRange, Upos};

/// Words that say of a verb that it did not happen.
const NEGATIONS: [&str; 5] = ["not", "n't", "never", "nearly", "almost"];

/// What says of another's words that they are not so.
const DENIAL: &str = "deny";

/// Words that leave open whether it will be.
const MODALS: [&str; 6] = ["will", "would", "could", "may", "might", "'ll"];

/// Words that begin a condition.
const CONDITIONS: [&str; 2] = ["if", "unless"];

/// Verbs that say of a deed no more than that it is done: "impose | sanctions", "hold | talks".
const LIGHT_VERBS: [&str; 9] = ["carry", "conduct", "give", "hold", "impose", "launch", "make", "reach", "stage"];

/// Verbs whose object is not decided: "considers | sanctions".
const DELIBERATION: [&str; 6] = ["consider", "contemplate", "envisage", "mull", "ponder", "weigh"];

/// Nouns of what is said without proof: "rumors that Norway had | attacked".
const HEARSAY: [&str; 7] = ["allegation", "claim", "gossip", "rumor", "rumour", "speculation", "suspicion"];

/// What is said of hearsay that is not so.
const UNTRUE: [&str; 9] =
    ["baseless", "fabricated", "fake", "false", "groundless", "incorrect", "unfounded", "untrue", "wrong"];

/// Auxiliaries that stand before the subject in a question and in a condition without "if".
const INVERTED: [&str; 8] = ["did", "do", "does", "had", "has", "have", "is", "was"];

/// The status where words beside the trigger settle it, or words beside a verb that says no more than that it is done.
pub(super) fn status(
    reading: &Reading<'_, '_>,
    mention: &EventMention,
    told_in: Option<&Statement>,
) -> Option<EventStatus> {
    let (doc, words) = (reading.words.doc, &reading.words);
    if !matches!(mention.status, EventStatus::Occurred | EventStatus::Planned) || doc.heads.is_empty() {
        return None;
    }
    let sentence = doc.sentences[doc.sentence_of(mention.tokens.start as usize)].tokens;
    let light = light_verb(doc, mention.tokens);
    let is_on_trigger =
        |token: usize| doc.head(token).is_some_and(|head| mention.tokens.contains_token(head) || Some(head) == light);
    let is_negation = |token: usize| {
        NEGATIONS.contains(&words.lower(token)) && words.lower(token + 1) != "only" && is_on_trigger(token)
    };
    let cue = told_in.and_then(|statement| statement.cue.as_ref());
    let is_denied = cue.is_some_and(|cue| cue.tokens.range().any(|token| doc.lemmas.get(token) == DENIAL));
    if mention.status == EventStatus::Occurred {
        if is_denied || sentence.range().any(is_negation) {
            return Some(EventStatus::Negated);
        }
        let top = light.or_else(|| top(doc, mention.tokens))?;
        if let Some(open) = of_clause(reading, sentence, top) {
            return Some(open);
        }
    }
    let mut conditions = sentence
        .range()
        .filter(|&token| CONDITIONS.contains(&words.lower(token)) && doc.deprels[token] == Deprel::Mark)
        .filter_map(|token| doc.head(token));
    let is_open = mention.status == EventStatus::Planned
        || sentence.range().any(|token| MODALS.contains(&words.lower(token)) && is_on_trigger(token));
    let depends = |condition: usize| {
        // The condition itself, what it is a condition of, and any threat beside one.
        mention.tokens.contains_token(condition)
            || is_open && doc.deprels[condition] == Deprel::Advcl && is_on_trigger(condition)
            || mention.event_type == EventType::Threaten
    };
    conditions.any(depends).then_some(EventStatus::Conditional)
}

/// Whether a deed is no more than considered, which makes no event: "is considering | sanctions", "weighed imposing | a ban |".
pub(super) fn is_considered(doc: &Document, mention: &EventMention) -> bool {
    if doc.heads.is_empty() || mention.event_type == EventType::Threaten {
        return false;
    }
    let tops = [light_verb(doc, mention.tokens), top(doc, mention.tokens)];
    tops.into_iter().flatten().any(|top| {
        let is_object = matches!(doc.deprels[top], Deprel::Obj | Deprel::Xcomp | Deprel::Ccomp);
        is_object && doc.head(top).is_some_and(|verb| DELIBERATION.contains(&doc.lemmas.get(verb)))
    })
}

/// The verb that a trigger is the object of, where that says no more than that it is done.
fn light_verb(doc: &Document, trigger: TokenRange) -> Option<usize> {
    let object = trigger.range().find(|&token| matches!(doc.deprels[token], Deprel::Obj | Deprel::NsubjPass));
    object.and_then(|token| doc.head(token)).filter(|verb| LIGHT_VERBS.contains(&doc.lemmas.get(*verb)))
}

/// The word of a trigger on which its others hang.
fn top(doc: &Document, trigger: TokenRange) -> Option<usize> {
    trigger.range().find(|&token| doc.head(token).is_none_or(|head| !trigger.contains_token(head)))
}

/// What the clause around the word that tells of a deed makes of it.
fn of_clause(reading: &Reading<'_, '_>, sentence: TokenRange, top: usize) -> Option<EventStatus> {
    let (doc, words) = (reading.words.doc, &reading.words);
    let mut on_top = sentence.range().filter(|&token| doc.head(token) == Some(top));
    let above = doc.head(top);
    let relation = doc.deprels[top];
    if on_top.clone().any(|token| doc.deprels[token] == Deprel::Mark && words.lower(token) == "whether") {
        return Some(EventStatus::Alleged);
    }
    let hearsay = above.filter(|&noun| {
        matches!(relation, Deprel::Acl | Deprel::AclRelcl | Deprel::Ccomp)
            && doc.upos[noun] == Upos::Noun
            && HEARSAY.contains(&doc.lemmas.get(noun).to_lowercase().as_str())
    });
    if let Some(noun) = hearsay {
        let is_untrue = |token: usize| UNTRUE.contains(&words.lower(token));
        let is_of_noun = doc.head(noun).is_some_and(is_untrue)
            || sentence.range().any(|token| is_untrue(token) && doc.head(token) == Some(noun));
        return Some(if is_of_noun { EventStatus::Negated } else { EventStatus::Alleged });
    }
    let is_inverted = |token: usize| INVERTED.contains(&words.lower(token)) && doc.head(token) == Some(top);
    // "Why did it attack?" takes for granted that it did.
    let asks = sentence.range().rev().take(2).any(|token| words.eq(token, "?"));
    if asks && relation == Deprel::Root && is_inverted(sentence.start as usize) {
        return Some(EventStatus::Alleged);
    }
    let subject = on_top.find(|&token| matches!(doc.deprels[token], Deprel::Nsubj | Deprel::NsubjPass))?;
    let had = (sentence.start as usize..subject).find(|&token| words.lower(token) == "had" && is_inverted(token));
    // The parser may take such a condition for the main clause.
    let is_unreal = !asks && had.is_some_and(|had| relation == Deprel::Advcl || had == sentence.start as usize);
    is_unreal.then_some(EventStatus::Negated)
}
