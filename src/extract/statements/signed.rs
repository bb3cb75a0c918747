//! Quotations that are signed: “We are tired.” — Ana Ruiz. The dash is the cue, the name behind it the source.

use crate::extract::reading::Reading;
use crate::text::TokenRange;

use super::speakers::SpeakerResolver;
use super::{Attitude, Cue, Field, Statement, StatementKind};

/// Tokens that a signature has at most.
const SIGNATURE_LIMIT: usize = 8;

/// A quotation with its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed {
    /// Index of the quotation.
    pub(super) quote: usize,
    pub(super) dash: TokenRange,
    pub(super) name: TokenRange,
}

/// The quotations that a dash and a name follow, and nothing more in their line.
pub(super) fn find(reading: &Reading<'_, '_>) -> Vec<Signed> {
    let words = &reading.words;
    let sentences = &words.doc.sentences;
    let mut found = Vec::new();
    for (quote, stretch) in reading.quotes.iter().enumerate() {
        let dash = stretch.end;
        if dash >= words.len() || !is_dash(words.text(dash)) {
            continue;
        }
        let mut end = dash + 1;
        let goes_on = |end: usize| end < words.len() && !(end > dash + 1 && words.begins_line(end));
        while goes_on(end) && end - dash <= SIGNATURE_LIMIT && is_of_signature(words.text(end)) {
            end += 1;
        }
        let paragraph = |token: usize| sentences[words.doc.sentence_of(token)].paragraph;
        let is_last = end >= words.len() || paragraph(end) != paragraph(dash) || words.begins_line(end);
        let is_near = end > dash + 1 && paragraph(end - 1) == paragraph(stretch.open);
        if is_last && is_near && words.is_capitalized(dash + 1) {
            found.push(Signed { quote, dash: TokenRange::new(dash, dash + 1), name: TokenRange::new(dash + 1, end) });
        }
    }
    found
}

/// The statement that a signed quotation is.
pub(super) fn statement(reading: &Reading<'_, '_>, field: Field, signed: &Signed) -> Statement {
    let quote = reading.quotes[signed.quote];
    Statement {
        field,
        sentence: reading.words.doc.sentence_of(quote.open),
        kind: StatementKind::Direct,
        attitude: Attitude::Speech,
        source: Some(signed.name),
        speaker: Some(SpeakerResolver::default().resolve(reading, signed.name)),
        cue: Some(Cue { tokens: signed.dash, lemma: reading.words.text(signed.dash.start as usize).to_owned() }),
        content: vec![quote.inner],
        addressees: Vec::new(),
        when: None,
        via: None,
        inside: None,
        confidence: 0.0,
    }
}

fn is_dash(text: &str) -> bool {
    matches!(text, "—" | "–" | "―" | "--" | "-")
}

/// Names, initials and what stands between them: "Ana M. Ruiz, Bogotá".
fn is_of_signature(text: &str) -> bool {
    text.starts_with(char::is_uppercase) || matches!(text, "," | "." | "of" | "de" | "-" | "the")
}
