//! Persons and bodies by state: `data/lexicon/bodies.tsv`, and `data/lexicon/listed.tsv` from actor dictionaries.

use std::collections::HashMap;

use super::officeholders::key;
use super::phrases::PhraseMap;
use super::sorted::SortedRows;
use super::words::Words;
use crate::nlp::tables::{self, TableError};
use crate::text::TokenRange;

/// What a table has of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home {
    /// ISO 3166-1 alpha-3.
    pub(crate) country: &'static str,
    /// PLOVER or CAMEO role.
    pub(crate) sector: Option<&'static str>,
}

/// Both tables.
#[derive(Debug)]
pub(crate) struct Listed {
    /// By [`name_key`].
    bodies: HashMap<String, Home>,
    /// The names of bodies that are of several words.
    phrases: PhraseMap<()>,
    names: SortedRows,
}

impl Listed {
    /// # Errors
    /// If the table of bodies is malformed.
    pub(super) fn load() -> Result<Self, TableError> {
        let (mut bodies, mut phrases) = (HashMap::new(), PhraseMap::default());
        for row in tables::read("data/lexicon/bodies.tsv", tables::embedded("lexicon/bodies.tsv"), 3)? {
            let home = Home { country: row.cell(0), sector: Some(row.cell(1)).filter(|sector| !sector.is_empty()) };
            for name in row.values(2) {
                if bodies.insert(name_key(name), home).is_some_and(|known| known != home) {
                    return Err(row.error(format!("{name:?} has another state or sector above")));
                }
                if name.contains([' ', '-']) {
                    phrases.insert(name, ());
                }
            }
        }
        Ok(Self { bodies, phrases, names: SortedRows::embedded("lexicon/listed.tsv") })
    }

    /// Whose a body is.
    pub(crate) fn body(&self, name: &str) -> Option<Home> {
        self.bodies.get(&name_key(name)).copied().or_else(|| self.person(name))
    }

    /// The names of bodies in a text that are of several words, from left to right, the longest first; as the table spells them.
    pub(crate) fn bodies_in(&self, words: &Words<'_>, range: TokenRange) -> Vec<TokenRange> {
        let (mut found, mut at) = (Vec::new(), range.start as usize);
        while at < range.end as usize {
            let word = |at: usize| (at < range.end as usize).then(|| words.text(at));
            let length = self.phrases.longest(at, word).map(|(length, ())| length).filter(|length| *length > 1);
            found.extend(length.map(|length| TokenRange::new(at, at + length)));
            at += length.unwrap_or(1);
        }
        found
    }

    /// Whose a person is; of one word nobody.
    pub(crate) fn person(&self, name: &str) -> Option<Home> {
        self.names.cells_of(&key(name)?).next().map(home)
    }

    /// All states that are named.
    #[cfg(test)]
    pub(super) fn countries(&self) -> impl Iterator<Item = &'static str> {
        let rows = self.names.0.lines().filter_map(|row| Some(home(row.split_once('\t')?.1)));
        self.bodies.values().copied().chain(rows).map(|home| home.country)
    }
}

/// The cells of a row behind its key.
fn home(cells: &'static str) -> Home {
    let (country, sector) = cells.split_once('\t').unwrap_or((cells, ""));
    Home { country, sector: Some(sector).filter(|sector| !sector.is_empty()) }
}

/// A name in lower case without "the", dots and "'s".
pub(crate) fn name_key(name: &str) -> String {
    let lower = name.to_lowercase().replace('’', "'");
    let bare = lower.trim_start_matches("the ").trim_end_matches("'s");
    bare.chars().filter(|c| *c != '.').collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_persons_are_found_by_their_usual_spellings() -> Result<(), TableError> {
        let listed = Listed::load()?;
        let country = |home: Option<Home>| home.map(|home| home.country);
        assert_eq!(country(listed.body("the C.I.A.")), Some("USA"));
        assert_eq!(country(listed.body("Hezbollah")), Some("LBN"));
        assert_eq!(country(listed.person("Fouad Siniora")), country(listed.person("FOUAD SINIORA")));
        assert_eq!(listed.person("Siniora"), None, "a surname alone");
        Ok(())
    }

    #[test]
    fn the_rows_ascend_by_keys_that_names_are_looked_up_by() -> Result<(), TableError> {
        let mut before = "";
        for row in Listed::load()?.names.0.lines() {
            let (own, cells) = row.split_once('\t').unwrap_or_default();
            assert!(before < own, "{own:?} comes behind {before:?}");
            assert_eq!(key(own).as_deref(), Some(own), "nobody could look it up");
            assert_eq!(cells.matches('\t').count(), 1, "cells of {own:?}");
            before = own;
        }
        assert!(!before.is_empty(), "no rows at all");
        Ok(())
    }
}
