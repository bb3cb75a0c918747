//! A document's words as the rules look at them: folded to lower case, with their closed classes. Made once a document.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};
use crate::text::{Document, Span};

/// A set of closed word classes; see `data/lexicon/words.tsv`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WordClass(u32);

impl WordClass {
    pub(crate) const DETERMINER: Self = Self(1);
    pub(crate) const PREPOSITION: Self = Self(1 << 1);
    pub(crate) const AUXILIARY: Self = Self(1 << 2);
    pub(crate) const PRONOUN_PERSON: Self = Self(1 << 3);
    pub(crate) const PRONOUN_MALE: Self = Self(1 << 4);
    pub(crate) const PRONOUN_FEMALE: Self = Self(1 << 5);
    pub(crate) const PRONOUN_PLURAL: Self = Self(1 << 6);
    pub(crate) const PRONOUN_SELF: Self = Self(1 << 7);
    pub(crate) const PRONOUN_THING: Self = Self(1 << 8);
    pub(crate) const CONJUNCTION: Self = Self(1 << 9);
    pub(crate) const SUBORDINATOR: Self = Self(1 << 10);
    pub(crate) const RELATIVE: Self = Self(1 << 11);
    pub(crate) const ADVERB: Self = Self(1 << 12);
    pub(crate) const NEGATION: Self = Self(1 << 13);
    pub(crate) const PLANNED: Self = Self(1 << 14);
    pub(crate) const CONDITIONAL: Self = Self(1 << 15);
    pub(crate) const HEDGE: Self = Self(1 << 16);
    pub(crate) const WEEKDAY: Self = Self(1 << 17);
    pub(crate) const NAME_PARTICLE: Self = Self(1 << 18);
    pub(crate) const NOT_NAME: Self = Self(1 << 19);
    /// What speech is given in: "statement", "interview".
    pub(crate) const OCCASION: Self = Self(1 << 20);

    const NAMES: [(&'static str, Self); 21] = [
        ("determiner", Self::DETERMINER),
        ("preposition", Self::PREPOSITION),
        ("auxiliary", Self::AUXILIARY),
        ("pronoun_person", Self::PRONOUN_PERSON),
        ("pronoun_male", Self::PRONOUN_MALE),
        ("pronoun_female", Self::PRONOUN_FEMALE),
        ("pronoun_plural", Self::PRONOUN_PLURAL),
        ("pronoun_self", Self::PRONOUN_SELF),
        ("pronoun_thing", Self::PRONOUN_THING),
        ("conjunction", Self::CONJUNCTION),
        ("subordinator", Self::SUBORDINATOR),
        ("relative", Self::RELATIVE),
        ("adverb", Self::ADVERB),
        ("negation", Self::NEGATION),
        ("planned", Self::PLANNED),
        ("conditional", Self::CONDITIONAL),
        ("hedge", Self::HEDGE),
        ("weekday", Self::WEEKDAY),
        ("name_particle", Self::NAME_PARTICLE),
        ("not_name", Self::NOT_NAME),
        ("occasion", Self::OCCASION),
    ];

    /// Whether the two sets share a class.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The classes of each word that has any.
#[derive(Debug)]
pub(crate) struct WordClasses(HashMap<&'static str, WordClass>);

impl WordClasses {
    pub(crate) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/words.tsv");
        let mut classes: HashMap<&'static str, WordClass> = HashMap::new();
        for row in tables::read("data/lexicon/words.tsv", text, 2)? {
            let known = WordClass::NAMES.iter().find(|(name, _)| *name == row.cell(0));
            let Some((_, class)) = known else {
                return Err(row.error(format!("unknown word class {:?}", row.cell(0))));
            };
            for word in row.cell(1).split_whitespace() {
                let entry = classes.entry(word).or_default();
                *entry = entry.or(*class);
            }
        }
        Ok(Self(classes))
    }

    fn of(&self, word: &str) -> WordClass {
        self.0.get(word).copied().unwrap_or_default()
    }
}

/// The words of a document.
#[derive(Debug)]
pub(crate) struct Words<'d> {
    /// The document they are the words of.
    pub(crate) doc: &'d Document,
    lower: Vec<String>,
    classes: Vec<WordClass>,
}

impl<'d> Words<'d> {
    pub(crate) fn new(doc: &'d Document, word_classes: &WordClasses) -> Self {
        let fold = |&span: &Span| doc.slice(span).to_lowercase().replace('’', "'");
        let lower: Vec<String> = doc.tokens.iter().map(fold).collect();
        let classes = lower.iter().map(|word| word_classes.of(word)).collect();
        Self { doc, lower, classes }
    }

    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.lower.len()
    }

    /// The word as it stands; empty beyond the end.
    pub(crate) fn text(&self, idx: usize) -> &'d str {
        if idx < self.len() { self.doc.token_text(idx) } else { "" }
    }

    /// The word in lower case with straight apostrophes; empty beyond the end.
    pub(crate) fn lower(&self, idx: usize) -> &str {
        self.lower.get(idx).map_or("", String::as_str)
    }

    /// Its closed classes; none beyond the end.
    pub(crate) fn class(&self, idx: usize) -> WordClass {
        self.classes.get(idx).copied().unwrap_or_default()
    }

    /// Whether the word belongs to one of these classes.
    pub(crate) fn is(&self, idx: usize, class: WordClass) -> bool {
        self.class(idx).has(class)
    }

    /// Whether it begins with a capital letter.
    pub(crate) fn is_capitalized(&self, idx: usize) -> bool {
        self.text(idx).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether it holds a letter or digit.
    pub(crate) fn is_word(&self, idx: usize) -> bool {
        self.text(idx).chars().any(char::is_alphanumeric)
    }

    /// Whether it is this punctuation mark or word (given in lower case).
    pub(crate) fn eq(&self, idx: usize, word: &str) -> bool {
        self.lower(idx) == word
    }

    /// Whether nothing stands before a token in its line.
    pub(crate) fn begins_line(&self, idx: usize) -> bool {
        let Some(before) = idx.checked_sub(1).map(|before| self.doc.tokens[before].end as usize) else { return true };
        self.doc.text()[before..self.doc.tokens[idx].start as usize].contains('\n')
    }

    /// Whether no blank stands between a token and the one before it.
    pub(crate) fn is_glued(&self, idx: usize) -> bool {
        idx > 0 && idx < self.len() && self.doc.tokens[idx - 1].end == self.doc.tokens[idx].start
    }

    /// Whether a sentence mark: full stop, question mark, exclamation mark, dots.
    pub(crate) fn is_stop(&self, idx: usize) -> bool {
        let word = self.text(idx);
        !word.is_empty() && word.chars().all(|c| matches!(c, '.' | '!' | '?' | '…'))
    }

    /// "'s" of the possessive (or of "is"), or the bare apostrophe of a plural.
    pub(crate) fn is_possessive(&self, idx: usize) -> bool {
        matches!(self.lower(idx), "'s" | "'")
    }
}
