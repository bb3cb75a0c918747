//! What the records of one article have in common while they are written.

use uuid::Uuid;

use super::model::ModelRecord;
use super::span::{ArticleRecord, SpanWriter};

/// The article and what made its records, the writer of its spans, and the ids of its entities.
pub(super) struct Shared<'a> {
    pub(super) article: &'a ArticleRecord,
    pub(super) model: &'a ModelRecord,
    pub(super) writer: &'a SpanWriter<'a>,
    /// In the order of the analysis's entities.
    pub(super) entities: &'a [Uuid],
}

impl Shared<'_> {
    /// The id of an entity, by its index in the analysis.
    pub(super) fn entity(&self, index: Option<usize>) -> Option<Uuid> {
        index.and_then(|index| self.entities.get(index)).copied()
    }
}
