//! From layers to findings: statements first, then events, which refer to the statement they stand in.
//!
//! Knowledge lives in `data/`; this module holds the mechanism. Returns values, never `Result`.

pub mod events;
pub mod statements;

mod dates;
pub mod families;
mod lexicon;
mod names;
mod ontology;
mod quotes;
mod reading;

use jiff::Timestamp;

use crate::finding::{Event, Statement};
use crate::nlp::tables::TableError;
use crate::text::Document;

use families::Without;
use lexicon::Lexicon;
pub use ontology::{CameoCode, Ontology};
use reading::Reading;

/// The rules' knowledge, loaded: lexicons and word lists. Immutable, shared by all threads.
#[derive(Debug)]
pub struct Knowledge {
    lexicon: Lexicon,
    without: Without,
}

impl Knowledge {
    /// Reads the tables that are built into the binary.
    ///
    /// # Errors
    /// If a table is malformed; the error names file and line.
    pub fn embedded() -> Result<Self, TableError> {
        Ok(Self { lexicon: Lexicon::load()?, without: Without::default() })
    }

    /// The same without some families of rules, to measure what they are worth.
    #[must_use]
    pub fn without(self, without: Without) -> Self {
        Self { without, ..self }
    }

    /// Finds the statements and events of one document whose tokens and sentences are filled. Indices among the findings count
    /// within the lists returned. `publisher` and `published_at` are the article's.
    pub fn extract(
        &self,
        doc: &Document,
        publisher: Option<&str>,
        published_at: Option<Timestamp>,
    ) -> (Vec<Statement>, Vec<Event>) {
        let reading = Reading::new(doc, &self.lexicon, publisher, published_at.map(dates::day_of));
        let statements = statements::extract(&reading, self.without);
        let events = events::extract(&reading, &statements);
        (statements, events)
    }
}
