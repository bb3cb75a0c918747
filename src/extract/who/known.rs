//! Names that news use as known, from `data/who/known.tsv`: whose state and sector they are, as shares of their uses.

use std::collections::HashMap;

use crate::extract::lexicon::name_key;
use crate::nlp::tables::{self, TableError};

/// What is known of a name.
#[derive(Debug)]
pub(super) struct KnownName {
    /// ISO 3166-1 alpha-3, or "-" for none, with its share of the uses.
    pub(super) countries: Vec<(&'static str, f32)>,
}

/// The table, by key.
#[derive(Debug)]
pub(crate) struct KnownNames(HashMap<&'static str, KnownName>);

impl KnownNames {
    /// # Errors
    /// If the table is malformed.
    pub(crate) fn load() -> Result<Self, TableError> {
        let mut names = HashMap::new();
        for row in tables::read("data/who/known.tsv", tables::embedded("who/known.tsv"), 2)? {
            let mut countries = Vec::new();
            for cell in row.values(1) {
                let parsed = cell.split_once(' ').and_then(|(code, share)| Some((code, share.parse().ok()?)));
                countries
                    .push(parsed.ok_or_else(|| row.error(format!("expected a code and a share, found {cell:?}")))?);
            }
            names.insert(row.cell(0), KnownName { countries });
        }
        Ok(Self(names))
    }

    pub(super) fn look_up(&self, name: &str) -> Option<&KnownName> {
        self.0.get(name_key(name).as_str())
    }
}
