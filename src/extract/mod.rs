//! From layers to findings: statements first, then events, which refer to the statement they stand in.
//!
//! Knowledge lives in `data/`; this module holds the mechanism. Returns values, never `Result`.

pub mod events;
pub mod statements;

pub mod codebook;
mod dates;
pub mod families;
mod glued;
mod lexicon;
mod places;
mod quotes;
mod reading;
pub mod who;

use jiff::Timestamp;

use crate::finding::{Entity, Event, Statement};
use crate::nlp::tables::TableError;
pub use crate::nlp::{CameoCode, Ontology};
use crate::text::Document;

use codebook::Codebook;
use families::Without;
use lexicon::Lexicon;
use reading::Reading;
pub(crate) use who::NETWORK;
use who::WhoTables;

/// What was found in one document. Indices of statements and events into each other and into the entities count within these lists.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// In the order of the text.
    pub statements: Vec<Statement>,
    /// In the order of the text.
    pub events: Vec<Event>,
    /// By their first mentions.
    pub entities: Vec<Entity>,
}

/// The rules' knowledge, loaded: lexicons and word lists. Immutable, shared by all threads.
#[derive(Debug)]
pub struct Knowledge {
    lexicon: Lexicon,
    who: WhoTables,
    same: events::SameWeights,
    without: Without,
}

impl Knowledge {
    /// Reads the tables that are built into the binary.
    ///
    /// # Errors
    /// If a table is malformed; the error names file and line.
    pub fn embedded() -> Result<Self, TableError> {
        Self::load(&Codebook::default())
    }

    /// The same with a user's own laid over them.
    ///
    /// # Errors
    /// If a table that is built in is malformed; the error names file and line.
    pub fn load(codebook: &Codebook) -> Result<Self, TableError> {
        Ok(Self {
            lexicon: Lexicon::load(codebook)?,
            who: WhoTables::load(codebook)?,
            same: events::SameWeights::load()?,
            without: Without::default(),
        })
    }

    /// The same without some families of rules, to measure what they are worth.
    #[must_use]
    pub fn without(self, without: Without) -> Self {
        Self { without, ..self }
    }

    /// Mends the names of a document that the core has read.
    pub fn mend(&self, doc: &mut Document) {
        glued::part(&self.lexicon, doc);
    }

    /// Finds who is who in one document, the statements and the events; of a document whose tokens and sentences are filled. Indices among the findings count
    /// within the lists returned. `publisher` and `published_at` are the article's.
    pub fn extract(&self, doc: &Document, publisher: Option<&str>, published_at: Option<Timestamp>) -> Findings {
        let reading = Reading::new(doc, &self.lexicon, &self.who, publisher, published_at.map(dates::day_of));
        let statements = statements::extract(&reading, self.without);
        let events = events::extract(&reading, &self.same, &statements);
        Findings { statements, events, entities: reading.who.entities }
    }

    /// Takes down what is asked about mentions that may tell of one event.
    pub fn trace_same(&self, doc: &Document, published_at: Option<Timestamp>) -> events::SameTrace {
        let reading = Reading::new(doc, &self.lexicon, &self.who, None, published_at.map(dates::day_of));
        events::trace(&reading, &statements::extract(&reading, self.without))
    }

    /// What a feature of an event weighs for its confidence.
    pub fn weight_of_event(&self, feature: &str) -> f32 {
        self.lexicon.weight_of_event(feature)
    }

    /// What a feature of a statement of the core weighs for its confidence.
    pub fn weight_of_statement(&self, feature: &str) -> f32 {
        self.lexicon.weight_of_feature(feature)
    }

    /// Reads who is who and takes down all decisions.
    pub fn trace(&self, doc: &Document, publisher: Option<&str>, published_at: Option<Timestamp>) -> who::Trace {
        let reading = Reading::new(doc, &self.lexicon, &self.who, publisher, published_at.map(dates::day_of));
        let circumstances = who::Circumstances { publisher, published: reading.published };
        let mut trace = who::Trace::default();
        who::Who::read(
            &reading.words,
            &self.lexicon,
            &self.who,
            &reading.mentions,
            &reading.quotes,
            circumstances,
            Some(&mut trace),
        );
        trace
    }
}
