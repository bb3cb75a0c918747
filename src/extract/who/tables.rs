//! The tables of `data/who`: what is known of nouns and names, the weights of evidence, and the network.

use crate::extract::codebook::Codebook;
use crate::nlp::tables::{self, TableError};

use super::actors::Actors;
use super::known::KnownNames;
use super::links::LinkEvidence;
use super::mention::Anaphor;
use super::network::Network;
use super::nouns::Nouns;
use super::scorer::Weights;

/// All that the graph knows before it sees an article.
#[derive(Debug)]
pub(crate) struct WhoTables {
    pub(super) nouns: Nouns,
    pub(super) known: KnownNames,
    pub(super) links: Weights,
    pub(super) network: Network,
    pub(super) actors: Actors,
}

impl WhoTables {
    /// # Errors
    /// If a table is malformed; the error names file and line.
    ///
    /// # Panics
    /// If the network that is built in does not fit, which every test run would show.
    pub(crate) fn load(codebook: &Codebook) -> Result<Self, TableError> {
        let links = tables::embedded("who/links.tsv");
        let classes = Anaphor::ALL.map(Anaphor::name);
        Ok(Self {
            nouns: Nouns::load()?,
            known: KnownNames::load()?,
            links: Weights::load::<LinkEvidence>("data/who/links.tsv", links, &classes)?,
            network: Network::load().expect("the network built into the binary fits"),
            actors: Actors::new(codebook),
        })
    }
}
