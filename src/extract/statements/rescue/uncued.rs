//! Quotations without a cue that stand behind a sentence about somebody: they are his.

use crate::extract::lexicon::Reliability;
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::TokenRange;

use super::super::new_subject;
use super::super::parts::Parts;
use super::covered::Covered;

/// The statements that they are.
pub(in super::super) fn find(reading: &Reading<'_, '_>, covered: &Covered) -> Vec<Statement> {
    let free = reading.quotes.iter().filter(|quote| covered.is_mostly_free(quote.inner));
    free.filter(|quote| new_subject::stands_alone(reading, quote))
        .filter_map(|quote| {
            let source = Some(new_subject::before(reading, quote)?.phrase);
            let parts = Parts { source, cue: None, content: vec![TokenRange::new(quote.open, quote.end)] };
            let confidence = reading.lexicon.confidence(Reliability::StatementUncued);
            Some(Statement { confidence, ..parts.statement(reading) })
        })
        .collect()
}
