//! Nouns for what somebody says, from `data/lexicon/cue_nouns.tsv`.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};

use super::verbs::{Opening, openings};

/// What may open the content of a noun, by its dictionary form.
#[derive(Debug)]
pub(crate) struct CueNouns(HashMap<&'static str, Vec<Opening>>);

impl CueNouns {
    pub(super) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/cue_nouns.tsv");
        let mut nouns: HashMap<&'static str, Vec<Opening>> = HashMap::new();
        for row in tables::read("data/lexicon/cue_nouns.tsv", text, 2)? {
            for noun in row.values(0) {
                nouns.entry(noun).or_default().extend(openings(&row, 1));
            }
        }
        Ok(Self(nouns))
    }

    /// What may open the content of this noun; nothing where it is none of speech.
    pub(crate) fn openings(&self, lemma: &str) -> &[Opening] {
        self.0.get(lemma).map_or(&[], Vec::as_slice)
    }
}
