//! "“I think that it was a mistake,” she said": what speakers say of their own thoughts inside their own quoted words.
//!
//! The core was taught the outer statement alone (PolNeAR annotates no inner ones); the tree tells the inner one.

use crate::extract::lexicon::Reliability;
use crate::extract::reading::Reading;
use crate::finding::{Attitude, Statement};
use crate::text::{Deprel, TokenRange};

use super::super::parts::Parts;
use super::super::tree::complement;

/// Tokens from the pronoun to its verb: "I have always honestly thought".
const REACH: usize = 5;

/// The statements of this kind inside the quoted contents of others.
pub(in super::super) fn find(reading: &Reading<'_, '_>, outer: &[Statement]) -> Vec<Statement> {
    if reading.words.doc.heads.is_empty() {
        return Vec::new();
    }
    let credited = outer.iter().filter(|statement| statement.source.is_some());
    credited
        .flat_map(|statement| {
            let pieces = statement.content.iter();
            let places = pieces.flat_map(|piece| piece.range().map(|idx| (*piece, idx)));
            places.filter_map(|(piece, idx)| read(reading, statement, piece, idx))
        })
        .collect()
}

/// The inner statement whose subject is this token.
fn read(reading: &Reading<'_, '_>, outer: &Statement, piece: TokenRange, idx: usize) -> Option<Statement> {
    let (words, doc) = (&reading.words, reading.words.doc);
    if !matches!(words.lower(idx), "i" | "we") || reading.quote_around(idx).is_none() {
        return None;
    }
    let is_subject = doc.deprels[idx] == Deprel::Nsubj;
    let verb = doc.head(idx).filter(|verb| is_subject && (idx + 1..=idx + REACH).contains(verb))?;
    let cue = TokenRange::new(idx + 1, verb + 1);
    let content = complement(doc, cue).filter(|content| piece.contains(*content))?;
    let has_clause = content.range().any(|token| doc.deprels[token] == Deprel::Ccomp && doc.head(token) == Some(verb));
    let source = Some(TokenRange::new(idx, idx + 1));
    let statement = Parts { source, cue: Some(cue), content: vec![content] }.statement(reading);
    let confidence = outer.confidence.min(reading.lexicon.confidence(Reliability::OwnWords));
    (has_clause && statement.attitude == Attitude::Belief).then_some(Statement { confidence, ..statement })
}
