//! Quotations without a cue of their own: those of a new subject, and those that go on with the statement before them.

use crate::extract::families::{Family, Without};
use crate::extract::lexicon::Reliability;
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::TokenRange;

use super::super::new_subject;
use super::super::parts::Parts;
use super::covered::Covered;

/// Paragraphs between a statement and a quotation that goes on with it.
const PARAGRAPHS: u32 = 2;

/// The statements that they are. `found` is in the order of the text.
pub(in super::super) fn find(
    reading: &Reading<'_, '_>,
    found: &[Statement],
    covered: &Covered,
    without: Without,
) -> Vec<Statement> {
    let doc = reading.words.doc;
    let mut added: Vec<Statement> = Vec::new();
    let mut next = 0;
    // Source and last token of the statement before.
    let mut before: Option<(Option<TokenRange>, u32)> = None;
    for quote in &reading.quotes {
        while let Some(statement) = found.get(next).filter(|statement| start_of(statement) < quote.inner.start) {
            let end = statement.content.iter().map(|piece| piece.end).max().unwrap_or(0);
            let is_direct =
                statement.content.last().is_some_and(|piece| reading.quote_around(piece.start as usize).is_some());
            // What a headline quotes does not go on in the text.
            let is_behind_title = statement.sentence >= doc.n_title_sentences();
            before = (is_direct && is_behind_title)
                .then_some((statement.source, end.max(statement.cue.as_ref().map_or(0, |cue| cue.tokens.end))));
            next += 1;
        }
        let whole = TokenRange::new(quote.open, quote.end);
        if !covered.is_mostly_free(quote.inner) || !new_subject::stands_alone(reading, quote) {
            continue;
        }
        let subject = new_subject::before(reading, quote).filter(|_| without.runs(Family::NewSubject));
        let source = match (subject, before) {
            (Some(subject), _) => Some(subject.phrase),
            (None, Some((source, end))) if without.runs(Family::Continued) => {
                let gap = doc.paragraph_of(quote.open).saturating_sub(doc.paragraph_of(end.saturating_sub(1) as usize));
                if gap > PARAGRAPHS {
                    continue;
                }
                source
            }
            _ => continue,
        };
        let mut statement = Parts { source, cue: None, content: vec![whole] }.statement(reading);
        statement.confidence = reading.lexicon.confidence(Reliability::StatementUncued);
        before = Some((source, whole.end));
        added.push(statement);
    }
    added
}

fn start_of(statement: &Statement) -> u32 {
    statement.cue.as_ref().map_or(statement.content[0].start, |cue| cue.tokens.start)
}
