//! What each feature of an entity weighs for each sector, from `data/who/sectors.tsv`. Which features an entity has is found in `sectors`.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr as _;

use crate::finding::Sector;
use crate::nlp::tables::{self, TableError};

/// What each feature weighs for each sector. A sector without a row weighs nothing.
#[derive(Debug)]
pub(crate) struct SectorModel {
    by_feature: HashMap<&'static str, Vec<(Option<Sector>, f32)>>,
}

impl SectorModel {
    /// # Errors
    /// If the table is malformed.
    pub(crate) fn load() -> Result<Self, TableError> {
        let mut by_feature = HashMap::new();
        for row in tables::read("data/who/sectors.tsv", tables::embedded("who/sectors.tsv"), 2)? {
            let mut weights = Vec::new();
            for cell in row.values(1) {
                let parsed = cell.split_once(' ').and_then(|(name, weight)| {
                    let sector = if name == "-" { None } else { Some(Sector::from_str(name).ok()?) };
                    Some((sector, weight.parse().ok()?))
                });
                weights
                    .push(parsed.ok_or_else(|| row.error(format!("expected a sector and a weight, found {cell:?}")))?);
            }
            by_feature.insert(row.cell(0), weights);
        }
        Ok(Self { by_feature })
    }

    /// The likeliest sector of an entity with these features; `None` is an answer.
    pub(super) fn likeliest(&self, features: &BTreeSet<String>) -> Option<Sector> {
        let mut scores: Vec<(Option<Sector>, f32)> = vec![(None, 0.0)];
        for (sector, weight) in features.iter().filter_map(|feature| self.by_feature.get(feature.as_str())).flatten() {
            match scores.iter_mut().find(|(known, _)| known == sector) {
                Some((_, score)) => *score += weight,
                None => scores.push((*sector, *weight)),
            }
        }
        let best = scores.iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        best.and_then(|(sector, _)| *sector)
    }
}
