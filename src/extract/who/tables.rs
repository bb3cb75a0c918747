//! The tables of `data/who`: what is known of nouns and names, and the weights of evidence.

use crate::extract::codebook::Codebook;
use crate::nlp::tables::{self, TableError};

use super::actors::Actors;
use super::class::Class;
use super::evidence::StateEvidence;
use super::known::KnownNames;
use super::links::LinkEvidence;
use super::mention::Anaphor;
use super::nouns::Nouns;
use super::scorer::Weights;
use super::sector_model::SectorModel;

/// All that the graph knows before it sees an article.
#[derive(Debug)]
pub(crate) struct WhoTables {
    pub(super) nouns: Nouns,
    pub(super) known: KnownNames,
    pub(super) links: Weights,
    pub(super) states: Weights,
    pub(super) sectors: SectorModel,
    pub(super) actors: Actors,
}

impl WhoTables {
    /// # Errors
    /// If a table is malformed; the error names file and line.
    pub(crate) fn load(codebook: &Codebook) -> Result<Self, TableError> {
        let links = tables::embedded("who/links.tsv");
        let states = tables::embedded("who/states.tsv");
        let classes = Anaphor::ALL.map(Anaphor::name);
        Ok(Self {
            nouns: Nouns::load()?,
            known: KnownNames::load()?,
            links: Weights::load::<LinkEvidence>("data/who/links.tsv", links, &classes)?,
            states: Weights::load::<StateEvidence>("data/who/states.tsv", states, &Class::NAMES)?,
            sectors: SectorModel::load()?,
            actors: Actors::new(codebook),
        })
    }
}
