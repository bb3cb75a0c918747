//! Nouns of saying that the core overlooked, by the tree: "Chad denied | Norwegian | charges | that it …", "their | refusal | to leave", "allegations | by
//! the opposition | of fraud", "the army made | a threat | to …". Who says it stands beside the noun, and what is said behind it.

use crate::extract::families::{Family, Without};
use crate::extract::lexicon::{Opening, Reliability};
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::{Deprel, Document, SentenceKind, TokenRange, Upos, Xpos};

use super::super::parts::Parts;
use super::super::tree;
use super::covered::Covered;
use super::overlooked::can_speak;

/// Verbs that do no more than say what their object says.
const GIVING: [&str; 9] = ["deliver", "give", "issue", "make", "offer", "reiterate", "renew", "repeat", "voice"];

/// The statements of these nouns.
pub(in super::super) fn find(reading: &Reading<'_, '_>, covered: &Covered, without: Without) -> Vec<Statement> {
    let doc = reading.words.doc;
    if doc.heads.is_empty() || doc.upos.is_empty() || doc.lemmas.is_empty() || !without.runs(Family::Nominal) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, sentence) in doc.sentences.iter().enumerate() {
        if !reading.is_story(number) || sentence.tokens.len() > tree::LONGEST_SENTENCE {
            continue;
        }
        for idx in sentence.tokens.range().filter(|&idx| doc.upos[idx] == Upos::Noun) {
            let openings = reading.lexicon.cue_nouns.openings(doc.lemmas.get(idx));
            if openings.is_empty() || covered.has_cue_at(TokenRange::new(idx, idx + 1)) {
                continue;
            }
            let Some(parts) = read(reading, idx, openings) else { continue };
            let mut statement = parts.statement(reading);
            let is_headline = sentence.kind == SentenceKind::Headline;
            let reliability = if is_headline { Reliability::Headline } else { Reliability::Nominal };
            statement.confidence = reading.lexicon.confidence(reliability);
            found.push(statement);
        }
    }
    found
}

/// The parts around a noun, where both who says it and what is said are there.
fn read(reading: &Reading<'_, '_>, noun: usize, openings: &[Opening]) -> Option<Parts> {
    let doc = reading.words.doc;
    let cue = TokenRange::new(noun, noun + 1);
    let agent = agent(reading, noun);
    let starts = [Some(noun + 1), agent.map(|agent| agent.end as usize)];
    let content = starts
        .iter()
        .flatten()
        .find_map(|&start| openings.iter().find_map(|opening| content(reading, noun, start, *opening)))?;
    let source =
        agent.or_else(|| possessor(doc, noun)).or_else(|| modifier(reading, noun)).or_else(|| giver(doc, noun))?;
    let end = reading.quote_around(noun).map_or(content.end, |quote| reading.quotes[quote].inner.end.min(content.end));
    let content = TokenRange { start: content.start.min(end), end };
    (content.len() > 1 && !source.overlaps(content) && !source.overlaps(cue) && can_speak(reading, source))
        .then(|| Parts { source: Some(source), cue: Some(cue), content: vec![content] })
}

/// What stands behind the noun, or behind who says it, and begins as the noun's row in the table allows. Where it hangs does not count: the parser is not sure of
/// that.
fn content(reading: &Reading<'_, '_>, noun: usize, start: usize, opening: Opening) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let sentence = doc.sentences[doc.sentence_of(noun)].tokens;
    if !sentence.contains_token(start) {
        return None;
    }
    let top = doc.head(start).filter(|&top| top > start)?;
    let begins = match opening {
        Opening::To => doc.xpos[start] == Xpos::To,
        // "charges | that they arm them", and not "charges | that surprised everybody" or "charges | that they denied".
        Opening::Preposition("that") => {
            let has_object = || {
                (start + 1..sentence.end as usize)
                    .any(|idx| doc.deprels[idx] == Deprel::Obj && doc.head(idx) == Some(top))
            };
            let is_clause = doc.deprels[start] == Deprel::Mark || doc.deprels[start] == Deprel::Obj && has_object();
            reading.words.eq(start, "that") && is_clause
        }
        Opening::Preposition(word) => doc.deprels[start] == Deprel::Case && reading.words.eq(start, word),
        Opening::Clause | Opening::NounPhrase | Opening::Quote => false,
    };
    let phrase = tree::phrase_behind(doc, TokenRange::new(noun, start), top).filter(|_| begins)?;
    (phrase.start as usize == start).then_some(phrase)
}

/// "its claim", "the president's claim": without the mark.
fn possessor(doc: &Document, noun: usize) -> Option<TokenRange> {
    let sentence = doc.sentences[doc.sentence_of(noun)].tokens;
    let is_whose = |&token: &usize| doc.deprels[token] == Deprel::NmodPoss && doc.head(token) == Some(noun);
    let top = (sentence.start as usize..noun).find(is_whose)?;
    let mut phrase = tree::phrase_around(doc, top, TokenRange::new(noun, noun + 1));
    if phrase.len() > 1 && doc.xpos[phrase.end as usize - 1] == Xpos::Pos {
        phrase.end -= 1;
    }
    Some(phrase)
}

/// "allegations | by the opposition", up to where a clause begins.
fn agent(reading: &Reading<'_, '_>, noun: usize) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let preposition = noun + 1;
    let sentence = doc.sentences[doc.sentence_of(noun)].tokens;
    if !sentence.contains_token(preposition) || !matches!(reading.words.lower(preposition), "by" | "from") {
        return None;
    }
    let top = doc.head(preposition).filter(|&top| top > preposition)?;
    let mut phrase = tree::phrase_behind(doc, TokenRange::new(noun, preposition + 1), top)?;
    let begins_clause =
        |&idx: &usize| doc.xpos[idx] == Xpos::To || reading.words.eq(idx, "that") || doc.deprels[idx] == Deprel::Punct;
    if let Some(end) = (top + 1..phrase.end as usize).find(begins_clause) {
        phrase = TokenRange::new(phrase.start as usize, end);
    }
    Some(phrase)
}

/// "Norwegian charges", "U.S. allegations", "opposition claims".
fn modifier(reading: &Reading<'_, '_>, noun: usize) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let sentence = doc.sentences[doc.sentence_of(noun)].tokens;
    let is_whose = |&token: &usize| {
        let is_beside = doc.head(token) == Some(noun)
            && matches!(doc.deprels[token], Deprel::Amod | Deprel::Compound | Deprel::Nmod | Deprel::NmodDesc);
        is_beside && (!reading.mentions.within(token, token + 1).is_empty() || doc.entity_at(token).is_some())
    };
    let top = (sentence.start as usize..noun).find(is_whose)?;
    Some(tree::phrase_around(doc, top, TokenRange::new(noun, noun + 1)))
}

/// "The army | issued a warning": the subject of a verb that only gives the noun.
fn giver(doc: &Document, noun: usize) -> Option<TokenRange> {
    let verb = doc.head(noun).filter(|_| doc.deprels[noun] == Deprel::Obj)?;
    GIVING.contains(&doc.lemmas.get(verb)).then(|| tree::subject(doc, TokenRange::new(verb, verb + 1))).flatten()
}
