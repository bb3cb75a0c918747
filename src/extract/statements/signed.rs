//! Quotations that are signed: “We are tired.” — Ana Ruiz. The dash is the cue, the name behind it the source.

use crate::extract::reading::Reading;
use crate::text::TokenRange;

use super::marked::Marked;

/// Tokens that a signature has at most.
const SIGNATURE_LIMIT: usize = 8;

/// A quotation with its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed {
    /// Index of the quotation.
    pub(super) quote: usize,
    pub(super) marked: Marked,
}

/// The quotations that a dash and a name follow, and nothing more in their line.
pub(super) fn find(reading: &Reading<'_, '_>) -> Vec<Signed> {
    let words = &reading.words;
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
        let paragraph = |token: usize| words.doc.paragraph_of(token);
        let is_last = end >= words.len() || paragraph(end) != paragraph(dash) || words.begins_line(end);
        let is_near = end > dash + 1 && paragraph(end - 1) == paragraph(stretch.open);
        if is_last && is_near && words.is_capitalized(dash + 1) {
            let (name, mark) = (TokenRange::new(dash + 1, end), TokenRange::new(dash, dash + 1));
            found.push(Signed { quote, marked: Marked { name, mark, content: stretch.inner } });
        }
    }
    found
}

fn is_dash(text: &str) -> bool {
    matches!(text, "—" | "–" | "―" | "--" | "-")
}

/// Names, initials and what stands between them: "Ana M. Ruiz, Bogotá".
fn is_of_signature(text: &str) -> bool {
    text.starts_with(char::is_uppercase) || matches!(text, "," | "." | "of" | "de" | "-" | "the")
}
