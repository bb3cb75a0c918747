//! Those whom the user's own codebook knows by name. What it says of them is no evidence among others: it holds, whatever an article says.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::extract::codebook::{ActorRow, Codebook, DatedCode};
use crate::extract::lexicon::{Lexicon, name_key as key};
use crate::finding::Sector;

/// Names of one entity that are looked at.
const NAMES: usize = 24;

/// The actors of the codebook, by key of their names.
#[derive(Debug, Default)]
pub(crate) struct Actors {
    rows: Vec<ActorRow>,
    by_key: HashMap<String, usize>,
}

/// What the codebook says of an entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Index into the lexicon's entities.
    pub(super) country: Option<usize>,
    pub(super) sector: Option<Sector>,
    /// The whole code, where country and sector do not say it all.
    pub(super) code: Option<&'static str>,
    pub(super) wikidata: Option<&'static str>,
}

impl Actors {
    pub(super) fn new(codebook: &Codebook) -> Self {
        let rows = codebook.rows.actors.clone();
        let mut by_key = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            for name in &row.names {
                // Of equal names the first one stands.
                by_key.entry(key(name)).or_insert(place);
            }
        }
        Self { rows, by_key }
    }

    /// What the codebook says of whom an article gives these names, by the first that it knows, on the article's day.
    pub(super) fn look_up<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        published: Option<Date>,
        lexicon: &Lexicon,
    ) -> Option<Known> {
        if self.rows.is_empty() {
            return None;
        }
        let row = &self.rows[names.take(NAMES).find_map(|name| self.by_key.get(&key(name)).copied())?];
        let DatedCode { country, sector, whole, .. } = *row.code_on(published)?;
        let country = country.and_then(|code| lexicon.country(code));
        Some(Known { country, sector, code: whole, wikidata: row.wikidata })
    }
}
