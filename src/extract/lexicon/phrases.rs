//! Looking up the longest known phrase at a token: a hash look-up on the first word, then a short list.

use std::collections::HashMap;

use crate::nlp::tokenizer::Tokenizer;

/// Phrases with what they mean, found by their first word.
#[derive(Debug)]
pub(crate) struct PhraseMap<T> {
    by_first: HashMap<Box<str>, Vec<Phrase<T>>>,
}

#[derive(Debug)]
struct Phrase<T> {
    /// The words behind the first.
    rest: Box<[Box<str>]>,
    value: T,
}

impl<T> Default for PhraseMap<T> {
    fn default() -> Self {
        Self { by_first: HashMap::new() }
    }
}

impl<T> PhraseMap<T> {
    /// Adds a phrase, cut into words as texts are. Of equal phrases the first one stands.
    pub(crate) fn insert(&mut self, phrase: &str, value: T) {
        let mut words = split_words(phrase).into_iter();
        let Some(first) = words.next() else { return };
        let rest: Box<[Box<str>]> = words.collect();
        let phrases = self.by_first.entry(first).or_default();
        // Longest first; the sort is stable in effect because an equal length goes behind.
        let place = phrases.partition_point(|known| known.rest.len() >= rest.len());
        phrases.insert(place, Phrase { rest, value });
    }

    /// The longest phrase that begins at a word, with its number of words. `word` gives the words of the text.
    pub(crate) fn longest<'w>(&self, at: usize, word: impl Fn(usize) -> Option<&'w str>) -> Option<(usize, &T)> {
        let phrases = self.by_first.get(word(at)?)?;
        phrases
            .iter()
            .find(|phrase| phrase.rest.iter().zip(at + 1..).all(|(known, idx)| word(idx) == Some(known)))
            .map(|phrase| (phrase.rest.len() + 1, &phrase.value))
    }
}

/// Cuts a phrase of a table into words in the same way as a text.
pub(crate) fn split_words(phrase: &str) -> Vec<Box<str>> {
    let mut tokens = Vec::new();
    Tokenizer::new().tokenize(phrase, &mut tokens);
    tokens.into_iter().map(|span| phrase[span.range()].replace('’', "'").into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let mut map = PhraseMap::default();
        map.insert("United Nations", 1);
        map.insert("United Nations Security Council", 2);
        let text = ["the", "United", "Nations", "Security", "Council", "met"];
        let word = |idx: usize| text.get(idx).copied();
        assert_eq!(map.longest(1, word), Some((4, &2)));
        assert_eq!(map.longest(2, word), None);
    }
}
