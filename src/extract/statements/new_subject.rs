//! "“It is over,” said Anna Berg. Lars Holt was not so sure. “We will see.”": a sentence that takes up somebody new, and his words behind it
//! without a cue.

use crate::extract::lexicon::WordClass;
use crate::extract::quotes::Quote;
use crate::extract::reading::Reading;
use crate::text::{EntityKind, SentenceKind, TokenRange};

use super::tree;

/// Words that a quotation needs to stand as speech without a cue: a single word in marks is a title or irony.
const FEWEST_WORDS: usize = 3;

/// Tokens behind a quotation that are looked through for words of its sentence.
const REACH: usize = 40;

/// Somebody who is the subject of the sentence before a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject {
    /// His noun phrase.
    pub(super) phrase: TokenRange,
    /// His name within it, where it gives one.
    name: Option<TokenRange>,
}

/// Whether a quotation is a sentence by itself, long enough to be speech.
pub(super) fn stands_alone(reading: &Reading<'_, '_>, quote: &Quote) -> bool {
    let words = &reading.words;
    let sentence = words.doc.sentence_of(quote.open);
    let n_words = quote.inner.range().filter(|&idx| words.is_word(idx)).count();
    let end = reading.sentence_around(quote.end - 1).end as usize;
    let goes_on = (quote.end..end.min(quote.end + REACH)).any(|idx| words.is_word(idx));
    quote.begins_sentence
        && n_words >= FEWEST_WORDS
        && !goes_on
        && words.doc.sentences[sentence].kind == SentenceKind::Prose
}

/// The person whom the sentence before a quotation, in the same paragraph and in nobody's words, is about.
pub(super) fn before(reading: &Reading<'_, '_>, quote: &Quote) -> Option<Subject> {
    let doc = reading.words.doc;
    let own = doc.sentence_of(quote.open);
    let sentence = doc.sentences[own.checked_sub(1)?];
    let tokens = sentence.tokens;
    let is_told = reading.quote_around(tokens.start as usize).is_none()
        && reading.quote_around(tokens.end as usize - 1).is_none();
    if !is_told || sentence.paragraph != doc.sentences[own].paragraph || sentence.kind != SentenceKind::Prose {
        return None;
    }
    let top = tree::main_subject(doc, tokens)?;
    let named = doc.entity_at(top).filter(|entity| entity.kind == EntityKind::Person).map(|entity| entity.tokens);
    let mention = reading.mentions.around(top);
    let by_rule = mention.filter(|mention| mention.is_person() && doc.entity_at(top).is_none());
    let name = named.or(by_rule.map(|mention| mention.tokens));
    let is_office = mention.is_some_and(|mention| mention.is_role()) && !reading.words.lower(top).ends_with('s');
    let nobody = TokenRange { start: tokens.end, end: tokens.end };
    // "His deputy, Karl Lund, was …": the name stands beside the subject.
    let phrase = tree::phrase_around(doc, top, nobody);
    let beside = || {
        let from = doc.entities.partition_point(|entity| entity.tokens.start < phrase.start);
        let inside = doc.entities[from..].iter().take_while(|entity| entity.tokens.start < phrase.end);
        inside
            .filter(|entity| entity.kind == EntityKind::Person && phrase.contains(entity.tokens))
            .find(|entity| !tree::is_of_other(doc, phrase, entity.tokens))
    };
    let name = name.or_else(|| beside().map(|entity| entity.tokens));
    (name.is_some() || is_office).then_some(Subject { phrase, name })
}

impl Subject {
    /// Whether this is another person than the source of a cue, as far as their names tell.
    pub(super) fn is_other_than(&self, reading: &Reading<'_, '_>, source: TokenRange, cue: TokenRange) -> bool {
        let words = &reading.words;
        let Some(name) = self.name else { return false };
        let surname = words.lower(name.end as usize - 1);
        let names = |range: TokenRange| range.range().any(|idx| words.lower(idx) == surname);
        let is_pronoun = source.len() == 1 && words.is(source.start as usize, WordClass::PRONOUN_PERSON);
        if !is_pronoun {
            return !names(source);
        }
        // "…," she said: whoever was named last before it.
        let before = reading.mentions.within(0, cue.start as usize);
        let last = before.iter().rev().find(|mention| mention.is_person());
        last.is_some_and(|mention| !names(mention.tokens)) && name.start > cue.start
    }
}
