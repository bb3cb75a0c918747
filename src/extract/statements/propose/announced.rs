//! What a paragraph announces: "The minister added:", and the next one is what she added, quoted or not.

use crate::extract::reading::Reading;
use crate::text::{Role, RoleSpan, SentenceKind, TokenRange};

/// Whether the paragraph before this one ends with a colon.
pub(super) fn is_announced(reading: &Reading<'_, '_>, paragraph: u32) -> bool {
    let sentences = &reading.words.doc.sentences;
    let first = sentences.partition_point(|sentence| sentence.paragraph < paragraph);
    first > 0 && reading.words.eq(sentences[first - 1].tokens.end as usize - 1, ":")
}

/// The paragraph behind the one that ends with this cue and a colon: all of it is content, in 34 of the 40 places of the kind in PolNeAR
/// (train and dev), though the core may see its first sentence alone. Not if somebody else is cited in it outside of quotations, and not a list.
pub(super) fn paragraph(reading: &Reading<'_, '_>, roles: &[RoleSpan], cue: TokenRange) -> Option<TokenRange> {
    let words = &reading.words;
    let sentences = &words.doc.sentences;
    let own = sentences[words.doc.sentence_of(cue.end as usize - 1)];
    let end = sentences.partition_point(|sentence| sentence.paragraph <= own.paragraph);
    let colon = sentences[end - 1].tokens.end - 1;
    if !words.eq(colon as usize, ":") || cue.end < colon {
        return None;
    }
    let next = sentences.get(end)?.paragraph;
    let announced = &sentences[end..sentences.partition_point(|sentence| sentence.paragraph <= next)];
    let range = TokenRange { start: announced[0].tokens.start, end: announced[announced.len() - 1].tokens.end };
    let is_prose = announced.iter().all(|sentence| sentence.kind == SentenceKind::Prose);
    let is_item = !words.text(range.start as usize).starts_with(|c: char| c.is_alphabetic() || is_mark(c));
    let from = roles.partition_point(|role| role.tokens.start < range.start);
    let cites_another = roles[from..]
        .iter()
        .take_while(|role| role.tokens.start < range.end)
        .any(|role| role.role == Role::Cue && reading.quote_around(role.tokens.start as usize).is_none());
    (is_prose && !is_item && !cites_another).then_some(range)
}

fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '‘' | '\'' | '«' | '`')
}
