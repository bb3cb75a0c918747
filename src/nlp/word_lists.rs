//! The word lists under `data/nlp`, built into the binary and read once. Their headers say columns, origin and license.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What the full stop after an abbreviation means; see `data/nlp/abbreviations.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Stands before a name or a case: never the end of a sentence.
    Title,
    /// An abbreviation only before a number.
    Number,
    /// Also an ordinary word.
    Word,
    /// An abbreviation anywhere, the end of a sentence included.
    Plain,
}

/// Abbreviations without their last full stop.
pub(super) static ABBREVIATIONS: LazyLock<HashMap<String, Abbreviation>> = LazyLock::new(|| {
    let mut classes = HashMap::new();
    for (class, words) in
        lines(include_str!("../../data/nlp/abbreviations.txt")).filter_map(|line| line.split_once('\t'))
    {
        let class = match class {
            "title" => Abbreviation::Title,
            "number" => Abbreviation::Number,
            "word" => Abbreviation::Word,
            _ => Abbreviation::Plain,
        };
        for word in words.split_whitespace() {
            classes.entry(capitalized(word)).or_insert(class);
            classes.insert(word.to_owned(), class);
        }
    }
    classes
});

/// Prefixes that keep their word over a hyphen.
pub(super) static PREFIXES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/nlp/prefixes.txt")));

/// Units that are cut from their number.
pub(super) static UNITS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("../../data/nlp/units.txt")));

/// Endings of web addresses and file names.
pub(super) static ADDRESS_ENDINGS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/nlp/address_endings.txt")));

/// Capitalized words that begin a sentence after an abbreviation.
pub(super) static SENTENCE_STARTERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/nlp/sentence_starters.txt")));

/// Verbs that tie a quotation's question to the sentence around it.
pub(super) static SAYING_VERBS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(include_str!("../../data/nlp/saying_verbs.txt")));

/// Words that are two tokens, with the byte at which they are cut.
pub(super) static CONTRACTIONS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    lines(include_str!("../../data/nlp/contractions.txt"))
        .filter_map(|line| line.find('|').map(|cut| (line.replace('|', ""), cut)))
        .collect()
});

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn words(file: &'static str) -> HashSet<&'static str> {
    lines(file).flat_map(str::split_whitespace).collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_what_their_headers_promise() {
        assert_eq!(ABBREVIATIONS.get("Gen"), Some(&Abbreviation::Title));
        assert_eq!(
            ABBREVIATIONS.get("Etc"),
            Some(&Abbreviation::Plain),
            "a small entry stands for its capitalized form"
        );
        assert_eq!(ABBREVIATIONS.get("gen"), None, "a capitalized entry does not stand for the small form");
        assert_eq!(CONTRACTIONS.get("cannot"), Some(&3));
        for list in [&PREFIXES, &UNITS, &ADDRESS_ENDINGS, &SENTENCE_STARTERS, &SAYING_VERBS] {
            assert!(list.len() > 10);
            assert!(!list.iter().any(|word| word.contains('#')), "a comment was read as words");
        }
    }
}
