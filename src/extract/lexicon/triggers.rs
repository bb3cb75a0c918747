//! Words of the user's own that evoke an event, found by their dictionary form or by a form that is listed.

use std::collections::HashMap;

use super::inflection::Inflections;
use crate::extract::codebook::{Codebook, TriggerRow};

/// The rows, by the word that counts.
#[derive(Debug, Default)]
pub(crate) struct Triggers {
    rows: Vec<TriggerRow>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Triggers {
    pub(super) fn new(codebook: &Codebook, inflections: &Inflections) -> Self {
        let mut rows = codebook.rows.triggers.clone();
        // The one that asks for most stands first; of equals the order of the files.
        rows.sort_by_key(|row| std::cmp::Reverse(row.needs.len() + row.words.len()));
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            // Forms of a verb beside its dictionary form: the core does not know that of every irregular one.
            let verb = row.words.first().into_iter().flat_map(|word| inflections.forms(word)).map(|(_, form)| form);
            for word in row.words.first().cloned().into_iter().chain(row.forms.clone()).chain(verb) {
                let places = by_word.entry(word).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        Self { rows, by_word }
    }

    /// Whether there are none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of a word, by its dictionary form and as it stands, both in lower case; those that ask for most first.
    pub(crate) fn of(&self, lemma: &str, word: &str) -> impl Iterator<Item = &TriggerRow> {
        let places = self.by_word.get(lemma).or_else(|| self.by_word.get(word));
        places.into_iter().flatten().map(|&place| &self.rows[place])
    }
}
